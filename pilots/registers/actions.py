"""Writing entries of any register, changing and removing them."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import capfirst

from pilots import clock, events
from pilots.actions.programmes import fix_currency
from pilots.events import Changes, changed_fields, first_facts, record
from pilots.models import Entry, Pilot, User
from pilots.rules import SENT_AGAIN, RuleViolation, edit_blockers

GONE = "This has been removed. Put it back before changing it."


@transaction.atomic
def add_entry(*, model: type[Entry], pilot: Pilot, by: User | None, **facts: Any) -> Entry:
    """Write a new entry; `facts` are fields of the model. Raises RuleViolation.

    The same facts sent again within seconds give the entry that is there: a form sent twice makes one.
    """
    pilot = _locked_pilot(pilot.pk)
    entry = model(pilot=pilot, written_by=by, **facts)
    if known := _sent_before(entry):
        return known
    _check(entry, owner=facts.get("owner"))
    _fix_currency(entry)
    entry.save()
    _tell(events.ENTRY_ADDED, entry, first_facts(facts), by)
    return entry


def _sent_before(entry: Entry) -> Entry | None:
    written = [field.name for field in entry._meta.fields if field.editable and not field.primary_key]
    same = {name: getattr(entry, name) for name in ("written_by", *written)}
    since = entry.written_at - SENT_AGAIN
    return type(entry).objects.standing().filter(**same, written_at__gt=since).first()


@transaction.atomic
def edit_entry(*, entry: Entry, by: User | None, seen: int | None = None, **facts: Any) -> Entry:
    """Change facts of an entry. Raises RuleViolation.

    `seen` is the version that the change was made on: when somebody else has changed the entry since, what
    stands now is told in place of being overwritten.
    """
    entry = _locked(entry)
    if entry.removed_at is not None:
        raise RuleViolation(GONE)
    changes = changed_fields(entry, facts)
    if changes and seen is not None and seen != entry.version:
        raise RuleViolation(*_meanwhile(entry, facts, changes))
    if changes:
        for name in changes:
            setattr(entry, name, facts[name])
        _check(entry, owner=facts["owner"] if "owner" in changes else None)
        _fix_currency(entry)
        entry.version += 1
        entry.save(update_fields=[*changes, "version"])
        _tell(events.ENTRY_EDITED, entry, changes, by)
    return entry


@transaction.atomic
def remove_entry(*, entry: Entry, by: User | None) -> Entry:
    """Take an entry out of its register; it is kept, and the log says so. Doing it twice changes nothing."""
    entry = _locked(entry)
    if entry.removed_at is None:
        entry.removed_at = clock.now()
        entry.save(update_fields=["removed_at"])
        _tell(events.ENTRY_REMOVED, entry, {"removed": [False, True]}, by)
    return entry


@transaction.atomic
def restore_entry(*, entry: Entry, by: User | None) -> Entry:
    """Put a removed entry back. Doing it twice changes nothing. Raises RuleViolation."""
    entry = _locked(entry)
    if entry.removed_at is not None:
        entry.removed_at = None
        _check(entry, owner=None)
        entry.save(update_fields=["removed_at"])
        _tell(events.ENTRY_RESTORED, entry, {"removed": [True, False]}, by)
    return entry


def _locked_pilot(pk: int) -> Pilot:
    """The pilot; of two people who write in its registers at once one waits. Raises RuleViolation."""
    pilot = Pilot.objects.select_for_update(of=("self",), no_key=True).select_related("programme").get(pk=pk)
    if blockers := edit_blockers(archived=pilot.archived_at is not None):
        raise RuleViolation(*blockers)
    return pilot


def _locked(entry: Entry) -> Entry:
    pilot = _locked_pilot(entry.pilot_id)
    entry = type(entry).objects.select_related("owner").get(pk=entry.pk)
    entry.pilot = pilot
    return entry


def _check(entry: Entry, *, owner: User | None) -> None:
    """Whether an entry can be as it is about to be. `owner` is who is newly named, if anybody."""
    if owner is not None and not owner.access.roles_in(entry.pilot.programme_id):
        raise RuleViolation(f"{owner} has no role in {entry.pilot.programme}, so cannot look after this.")
    try:
        entry.clean()
        entry.validate_constraints()
    except ValidationError as error:
        raise RuleViolation(*error.messages) from None


def _fix_currency(entry: Entry) -> None:
    if any(getattr(entry, name) is not None for name in entry.MONEY):
        fix_currency(entry.pilot.programme_id)


def _meanwhile(entry: Entry, facts: dict[str, Any], changes: Changes) -> list[str]:
    """What somebody else wrote since a form was opened, next to what the form says, as sentences."""
    last = (
        entry.pilot.events.filter(subject=_subject(entry), type=events.ENTRY_EDITED).order_by("-pk").first()
    )
    who = str(last.actor) if last and last.actor else "Somebody"
    told = [f"{_label(entry, name)} is now {_words(entry, name)}." for name in changes]
    return [
        f"{who} has changed this since you opened it; version {entry.version} stands now. Nothing of yours is lost: "
        "save once more to replace it.",
        *told,
    ]


def _label(entry: Entry, name: str) -> str:
    field: Any = entry._meta.get_field(name)
    return capfirst(str(field.verbose_name))


def _words(entry: Entry, name: str) -> str:
    display = getattr(entry, f"get_{name}_display", None)
    value = display() if display else getattr(entry, name)
    return "empty" if value in (None, "") else f"“{value}”"


def _subject(entry: Entry) -> str:
    return f"{entry._meta.label}:{entry.pk}"


def _tell(type_: str, entry: Entry, changes: Changes, by: User | None) -> None:
    register = str(entry._meta.verbose_name_plural)
    record(
        type_,
        subject=entry,
        pilot=entry.pilot,
        actor=by,
        changes=changes,
        register=register,
        title=str(entry),
    )
