"""Playbook files on disk: those shipped with Pilotage, and any other that a person names."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from gates.models import PlaybookVersion
from gates.playbooks.actions import publish
from gates.playbooks.schema import PlaybookError, PlaybookFile, parse
from pilots.models import User


@dataclass(frozen=True)
class Loaded:
    """What became of one file: the version it stands for, and whether loading it made that version."""

    path: Path
    version: PlaybookVersion
    is_new: bool


def shipped() -> list[Path]:
    """The playbooks that come with Pilotage."""
    return sorted(Path(__file__).parent.glob("*.yaml"))


@transaction.atomic
def load(paths: Iterable[Path], *, known_checks: frozenset[str], by: User | None) -> list[Loaded]:
    """Publish each file as its playbook's next version unless it is there already.

    All or nothing: PlaybookError says everything that is wrong with any of the files.
    """
    sources = _read_all(paths, known_checks)
    return [
        Loaded(path, *publish(playbook_file=meaning, source=source, by=by))
        for path, (source, meaning) in sources.items()
    ]


def _read_all(paths: Iterable[Path], known_checks: frozenset[str]) -> dict[Path, tuple[str, PlaybookFile]]:
    found, complaints = {}, []
    for path in paths:
        try:
            source = _text_of(path)
            found[path] = source, parse(source, known_checks=known_checks)
        except PlaybookError as error:
            complaints += [f"{path.name}: {message}" for message in error.messages]
    if complaints:
        raise PlaybookError(tuple(complaints))
    return found


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise PlaybookError(("the file is not text in UTF-8.",)) from None
    except OSError as error:
        raise PlaybookError((f"the file cannot be read: {error.strerror or error}.",)) from None
