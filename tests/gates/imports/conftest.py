"""The import command as people call it, and the tables it may touch."""

import csv
import io
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from gates.checks import CHECKS
from gates.playbooks.files import load, shipped

SHARED = Path(os.environ.get("PILOTAGE_SHARED_DATA", Path(__file__).resolve().parents[4] / "shared/data"))


@dataclass(frozen=True)
class Said:
    out: str
    progress: str
    error: str = ""

    @property
    def json(self) -> dict:
        return json.loads(self.out)


def import_pilots(*args: str | Path) -> Said:
    """Runs the command; a refusal is in `error`."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("import_pilots", *map(str, args), stdout=out, stderr=err)
    except CommandError as error:
        assert error.returncode == 1
        return Said(out.getvalue(), err.getvalue(), str(error))
    return Said(out.getvalue(), err.getvalue())


def counts(*args: str | Path) -> tuple[int, int, int, int]:
    """Created, updated, unchanged, rejected; checked that they add up."""
    said = import_pilots(*args, "--format", "json")
    assert not said.error, said.error
    told = said.json
    four = (told["created"], told["updated"], told["unchanged"], told["rejected"])
    assert sum(four) == told["rows"]
    return four


def everything() -> dict[str, list[tuple]]:
    """Every row of every table."""
    return {
        model._meta.label: sorted(model._base_manager.values_list(), key=repr)
        for model in apps.get_models(include_auto_created=True)
    }


@pytest.fixture(scope="session")
def shared_data() -> Path:
    if not SHARED.is_dir():
        pytest.skip(f"the shared data is not at {SHARED}")
    return SHARED


@pytest.fixture
def playbooks(db):
    load(shipped(), known_checks=frozenset(CHECKS), by=None)


@pytest.fixture
def table(tmp_path):
    """`table(header, row, row)` writes a CSV file, the same one each time unless named."""

    def write(header: Sequence[str], *rows: Sequence, name: str = "pilots.csv", **spelling) -> Path:
        path = tmp_path / name
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, **spelling).writerows([header, *rows])
        return path

    return write
