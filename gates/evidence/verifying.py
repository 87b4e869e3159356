"""Holds the files on the disk against the SHA-256 that was kept of them."""

import hashlib
from collections.abc import Iterator

from gates.models import EvidenceRevision


def checked_files() -> Iterator[tuple[EvidenceRevision, str]]:
    """Every revision that is a file, with what is wrong with it: "" where nothing is."""
    files = EvidenceRevision.objects.exclude(file="").select_related("evidence__pilot").order_by("pk")
    for revision in files.iterator():
        yield revision, _problem(revision)


def _problem(revision: EvidenceRevision) -> str:
    try:
        with revision.file.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        return f"the file is missing or cannot be read ({type(error).__name__})."
    return "" if digest == revision.sha256 else "the content is not what was given."
