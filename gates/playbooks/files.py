"""Playbook files on disk: those shipped with Pilotage, and any other that a person names."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from gates.choices import VersionStatus
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
    left_alone: str = ""  # why it was not loaded, a sentence


def shipped() -> list[Path]:
    """The playbooks that come with Pilotage."""
    return sorted(Path(__file__).parent.glob("*.yaml"))


@transaction.atomic
def load(
    paths: Iterable[Path], *, known_checks: frozenset[str], by: User | None, over_ours: bool = True
) -> list[Loaded]:
    """Publish each file as its playbook's next version unless it is there already.

    Without `over_ours` a playbook that people here have changed or retired is left as they want it.
    All or nothing: PlaybookError says everything that is wrong with any of the files.
    """
    sources = _read_all(paths, known_checks)
    return [
        (None if over_ours else _left_alone(path, meaning))
        or Loaded(path, *publish(playbook_file=meaning, source=source, by=by))
        for path, (source, meaning) in sources.items()
    ]


def _left_alone(path: Path, meaning: PlaybookFile) -> Loaded | None:
    final = PlaybookVersion.objects.filter(playbook__key=meaning.key).exclude(status=VersionStatus.DRAFT)
    latest = final.select_related("playbook").order_by("-number").first()
    if latest is None:
        return None
    published = final.filter(status=VersionStatus.PUBLISHED).select_related("playbook").first()
    if published is None:
        return Loaded(path, latest, False, f"{latest.playbook} was retired here")
    if published.published_by_id is not None:
        return Loaded(path, published, False, f"people here published {published} themselves")
    return None


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
