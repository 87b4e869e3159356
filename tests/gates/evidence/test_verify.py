"""The command that hashes every file anew."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from gates.evidence.actions import add_evidence


@pytest.fixture
def paths(gate, olga) -> list[Path]:
    assessment = gate.assessments.first()
    add_evidence(assessment=assessment, kind="note", note="No file.", by=olga)
    return [
        Path(
            add_evidence(
                assessment=assessment, kind="file", file=SimpleUploadedFile(name, name.encode()), by=olga
            ).current.file.path
        )
        for name in ("a.txt", "b.txt")
    ]


def said() -> str:
    out = StringIO()
    try:
        call_command("verify_evidence", stdout=out)
    except CommandError as error:
        return out.getvalue() + str(error)
    return out.getvalue()


def test_untouched_files_are_what_was_given(paths):
    assert said() == "All 2 files are what was given.\n"


def test_a_changed_and_a_missing_file_are_named(paths, pilot):
    paths[0].write_bytes(b"other")
    paths[1].unlink()

    assert said().splitlines() == [
        f"{pilot.key} “a.txt” v1: the content is not what was given.",
        f"{pilot.key} “b.txt” v1: the file is missing or cannot be read (FileNotFoundError).",
        "2 of 2 files are not what was given.",
    ]
