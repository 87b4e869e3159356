"""Creating, changing and archiving pilots."""

from typing import Any

from django.db import transaction

from pilots import clock, events
from pilots.events import changed_fields, first_facts, record
from pilots.models import Pilot, Programme, Sequence, User
from pilots.rules import SENT_AGAIN, RuleViolation, archive_blockers, date_blockers, edit_blockers

EDITABLE = (
    "title",
    "problem",
    "workflow",
    "unit",
    "approach",
    "vendor",
    "model_name",
    "risk_tier",
    "risk_rationale",
    "priority",
    "owner",
    "sponsor",
    "intake_on",
    "ends_on",
)


def new_keys(count: int = 1) -> list[str]:
    """Keys such as PIL-014 that nobody else gets. Call inside the transaction that uses them."""
    return [f"PIL-{number:03d}" for number in Sequence.take("pilot", count)]


@transaction.atomic
def create_pilot(*, programme: Programme, by: User | None, **facts: Any) -> Pilot:
    """Make a pilot in intake. `facts` are fields of EDITABLE, `title` at least. Raises RuleViolation.

    The same facts sent again within seconds give the pilot that is there: a form sent twice makes one.
    """
    _check(facts, people=facts, ended_on=None, programme=programme)
    Programme.objects.select_for_update().get(pk=programme.pk)  # of two forms at once one waits for the other
    pilot = Pilot(programme=programme, **facts)
    known = _sent_before(pilot)
    if known is not None:
        return known
    pilot.key = new_keys()[0]
    pilot.save()
    first = first_facts({name: getattr(pilot, name) for name in EDITABLE if name != "title"})
    record(events.PILOT_CREATED, subject=pilot, pilot=pilot, actor=by, changes=first, title=pilot.title)
    return pilot


def _sent_before(pilot: Pilot) -> Pilot | None:
    same = {name: getattr(pilot, name) for name in ("programme", "state", *EDITABLE)}
    return Pilot.objects.filter(**same, created_at__gt=pilot.created_at - SENT_AGAIN).first()


@transaction.atomic
def edit_pilot(*, pilot: Pilot, by: User, **facts: Any) -> Pilot:
    """Change facts of a pilot (fields of EDITABLE). Raises RuleViolation."""
    pilot = (
        Pilot.objects.select_for_update(of=("self",), no_key=True)
        .select_related("owner", "sponsor")
        .get(pk=pilot.pk)
    )
    blockers = edit_blockers(archived=pilot.archived_at is not None)
    if blockers:
        raise RuleViolation(*blockers)
    after = {name: getattr(pilot, name) for name in EDITABLE} | facts
    changes = changed_fields(pilot, facts)
    # Somebody who has lost the role since stands in the way of nothing else.
    newly_named = {name: facts[name] for name in changes}
    _check(after, people=newly_named, ended_on=pilot.ended_on, programme=pilot.programme)
    if changes:
        for name in changes:
            setattr(pilot, name, facts[name])
        pilot.save(update_fields=list(changes))
        record(events.PILOT_EDITED, subject=pilot, pilot=pilot, actor=by, changes=changes)
    return pilot


def _check(facts: dict[str, Any], *, people: dict[str, Any], ended_on, programme: Programme) -> None:
    reasons = date_blockers(intake_on=facts.get("intake_on"), ends_on=facts.get("ends_on"), ended_on=ended_on)
    for word in ("owner", "sponsor"):
        person = people.get(word)
        if person is not None and not person.access.roles_in(programme.pk):
            reasons.append(f"{person} has no role in {programme}, so cannot be its {word}.")
    if reasons:
        raise RuleViolation(*reasons)


@transaction.atomic
def archive_pilot(*, pilot: Pilot, by: User) -> Pilot:
    """Take a pilot that is not running off the lists. Nothing is deleted. Raises RuleViolation."""
    pilot = Pilot.objects.select_for_update(no_key=True).get(pk=pilot.pk)
    blockers = archive_blockers(archived=pilot.archived_at is not None, state=pilot.state)
    if blockers:
        raise RuleViolation(*blockers)
    pilot.archived_at = clock.now()
    pilot.save(update_fields=["archived_at"])
    changes = {"archived": [False, True]}
    record(events.PILOT_ARCHIVED, subject=pilot, pilot=pilot, actor=by, changes=changes)
    return pilot


@transaction.atomic
def restore_pilot(*, pilot: Pilot, by: User) -> Pilot:
    """Put an archived pilot back on the lists. Doing it twice changes nothing."""
    pilot = Pilot.objects.select_for_update(no_key=True).get(pk=pilot.pk)
    if pilot.archived_at is not None:
        pilot.archived_at = None
        pilot.save(update_fields=["archived_at"])
        changes = {"archived": [True, False]}
        record(events.PILOT_RESTORED, subject=pilot, pilot=pilot, actor=by, changes=changes)
    return pilot
