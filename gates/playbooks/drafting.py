"""Writing drafts. A draft is the text of a playbook file and nothing else until it is published.

Every change goes through the text, so a draft means what its file would mean.
"""

import hashlib

from django.db import transaction
from django.db.models import Max

from gates import events
from gates.choices import VersionStatus
from gates.models import Playbook, PlaybookVersion
from gates.playbooks.differences import changes
from gates.playbooks.queries import meaning_of
from gates.playbooks.schema import PlaybookFile, dump, parse
from pilots.events import record
from pilots.models import User
from pilots.rules import RuleViolation


class EditedMeanwhile(RuleViolation):
    """The draft is no longer the one that was on the screen; nothing was changed."""

    def __init__(self) -> None:
        super().__init__("This draft was changed by someone else in the meantime. Nothing was saved.")


def digest_of_text(source: str) -> str:
    """Tells one text of a draft from another; sent along with each change as what was seen."""
    return hashlib.sha256(source.encode()).hexdigest()


@transaction.atomic
def draft_from_version(*, version: PlaybookVersion, by: User) -> PlaybookVersion:
    """A new draft that says what this version says. Raises RuleViolation where there is another draft."""
    return _new_draft(version.playbook, version.source, by, copy_of=version.number)


@transaction.atomic
def draft_from_text(
    *, source: str, known_checks: frozenset[str], by: User, playbook: Playbook | None = None
) -> PlaybookVersion:
    """A new draft from the text of a playbook file, whose key says of which playbook; new ones are made.

    Raises PlaybookError for what cannot be read, RuleViolation where there is a draft or where the
    text is not about `playbook`.
    """
    meaning = parse(source, known_checks=known_checks, unfinished=True)
    if playbook is not None:
        _check_key(playbook, meaning)
    return _new_draft(_playbook_of(meaning), source, by)


@transaction.atomic
def blank_draft(*, key: str, name: str, description: str, by: User) -> PlaybookVersion:
    """The draft of a new playbook without any phase. Raises RuleViolation where the key is taken."""
    meaning = PlaybookFile(key=key, name=name, description=description, phases=())
    if Playbook.objects.filter(
        key=key, versions__status__in=(VersionStatus.PUBLISHED, VersionStatus.RETIRED)
    ):
        raise RuleViolation(f"There is a playbook with the key {key} already. Choose another key.")
    source = dump(meaning)
    parse(source, known_checks=frozenset(), unfinished=True)
    return _new_draft(_playbook_of(meaning), source, by)


@transaction.atomic
def edit_draft(
    *, draft: PlaybookVersion, after: PlaybookFile, seen: str, known_checks: frozenset[str], by: User
) -> PlaybookVersion:
    """Let the draft say this instead. `seen` is the digest of the draft that the person changed.

    Raises PlaybookError for what a file could not say, EditedMeanwhile, RuleViolation.
    """
    return write_draft(draft=draft, source=dump(after), seen=seen, known_checks=known_checks, by=by)


@transaction.atomic
def write_draft(
    *, draft: PlaybookVersion, source: str, seen: str, known_checks: frozenset[str], by: User
) -> PlaybookVersion:
    """Replace the text of the draft as a whole; raises as `edit_draft` does."""
    draft = lock_draft(draft)
    digest = digest_of_text(source)
    if digest == draft.digest:
        return draft  # saved without a change, or sent twice
    if draft.digest != seen:
        raise EditedMeanwhile
    meaning = parse(source, known_checks=known_checks, unfinished=True)
    _check_key(draft.playbook, meaning)
    before = meaning_of(draft)
    draft.source, draft.digest = source, digest
    draft.save(update_fields=["source", "digest"])
    _follow_name(draft.playbook, meaning)
    record(
        events.PLAYBOOK_EDITED,
        subject=draft,
        actor=by,
        changes=changes(before, meaning) if before else {},
        playbook=draft.playbook.name,
        number=draft.number,
    )
    return draft


@transaction.atomic
def discard_draft(*, draft: PlaybookVersion, by: User) -> None:
    """Throw the draft away, and the playbook with it where there never was more. Raises RuleViolation."""
    draft = lock_draft(draft)
    playbook = draft.playbook
    record(
        events.PLAYBOOK_DISCARDED,
        subject=draft,
        actor=by,
        changes={"status": [VersionStatus.DRAFT.value, None]},
        playbook=playbook.name,
        number=draft.number,
        sha256=draft.digest,
    )
    draft.delete()
    if not playbook.versions.exists():
        playbook.delete()


def lock_draft(draft: PlaybookVersion) -> PlaybookVersion:
    """The draft as it is now, its playbook locked first. Raises RuleViolation when it is none any more."""
    Playbook.objects.select_for_update().get(pk=draft.playbook_id)
    versions = PlaybookVersion.objects.select_for_update(of=("self",)).select_related("playbook")
    found = versions.filter(pk=draft.pk, status=VersionStatus.DRAFT).first()
    if found is None:
        raise RuleViolation("This draft is no longer there. It was published or discarded.")
    return found


def _playbook_of(meaning: PlaybookFile) -> Playbook:
    facts = {"name": meaning.name, "description": meaning.description}
    Playbook.objects.get_or_create(key=meaning.key, defaults=facts)
    return Playbook.objects.select_for_update().get(key=meaning.key)


def _new_draft(playbook: Playbook, source: str, by: User, *, copy_of: int | None = None) -> PlaybookVersion:
    playbook = Playbook.objects.select_for_update().get(pk=playbook.pk)
    digest = digest_of_text(source)
    there = playbook.versions.filter(status=VersionStatus.DRAFT).first()
    if there is not None and there.digest == digest:
        return there
    if there is not None:
        raise RuleViolation(
            f"There is a draft of {playbook} already, v{there.number}. Publish or discard that first."
        )
    last = playbook.versions.aggregate(last=Max("number"))["last"] or 0
    draft = PlaybookVersion.objects.create(
        playbook=playbook, number=last + 1, status=VersionStatus.DRAFT, digest=digest, source=source
    )
    record(
        events.PLAYBOOK_DRAFTED,
        subject=draft,
        actor=by,
        changes={"status": [None, VersionStatus.DRAFT.value]},
        playbook=playbook.name,
        number=draft.number,
        copy_of=copy_of,
    )
    return draft


def _check_key(playbook: Playbook, meaning: PlaybookFile) -> None:
    if meaning.key != playbook.key:
        raise RuleViolation(
            f"The key of this playbook is {playbook.key} and stays so. A file with the key {meaning.key} is "
            "another playbook."
        )


def _follow_name(playbook: Playbook, meaning: PlaybookFile) -> None:
    """A playbook of which nothing is published yet is called what its draft says."""
    if playbook.versions.exclude(status=VersionStatus.DRAFT).exists():
        return
    playbook.name, playbook.description = meaning.name, meaning.description
    playbook.save(update_fields=["name", "description"])
