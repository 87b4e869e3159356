"""The agenda of a meeting: what is put on it, moved and taken off, and its evidence freeze."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from gates import events
from gates.journey.waiting import settle_many
from gates.meetings import rules
from gates.meetings.actions.records import announce, lock, refuse, tell_pilots
from gates.meetings.queries import frozen_late, invited_to, next_open
from gates.models import AgendaItem, Attendee, Gate, GateReview
from gates.packs.actions import freeze_pack
from pilots import clock
from pilots.models import Programme, User


def gate_reasons(gates: Iterable[Gate], programme: Programme) -> list[str]:
    """Why these gates cannot be on an agenda of this programme."""
    reasons = []
    for gate in gates:
        pilot = gate.pilot
        if pilot.programme_id != programme.pk:
            reasons.append(f"{pilot} belongs to another programme.")
        reasons += rules.gate_blockers(
            gate_status=gate.status, archived=pilot.archived_at is not None, name=str(pilot)
        )
    return reasons


def put_on(review: GateReview, gates: Sequence[Gate], by: User, *, after: int) -> None:
    """Number these gates from the place behind `after`, and invite who decides or sponsors there."""
    AgendaItem.objects.bulk_create(
        AgendaItem(review=review, gate=gate, position=position)
        for position, gate in enumerate(gates, start=after + 1)
    )
    there = set(review.attendees.values_list("person_id", flat=True))
    Attendee.objects.bulk_create(
        Attendee(review=review, person=person)
        for person in invited_to(review.programme, gates)
        if person.pk not in there
    )
    tell_pilots(gates, review, by, added=True)
    settle_many([gate.pk for gate in gates], today=clock.today())


@transaction.atomic
def add_to_agenda(*, review: GateReview, gates: Sequence[Gate] = (), topic: str = "", by: User) -> int:
    """Put these gates at the end of the agenda, and behind them a topic; what is on it stays where it is.

    Returns how many were added. Raises RuleViolation.
    """
    review = lock(review)
    items = list(review.items.all())
    known = {item.gate_id for item in items}
    new = [gate for gate in gates if gate.pk not in known]
    is_new = bool(topic) and topic not in {item.topic for item in items}
    count = len(new) + is_new
    reasons = rules.agenda_blockers(state=review.state, items=len(items) + count)
    refuse(reasons + gate_reasons(new, review.programme))
    last = max((item.position for item in items), default=0)
    if new:
        put_on(review, new, by, after=last)
    if is_new:
        AgendaItem.objects.create(review=review, topic=topic, position=last + count)
        announce(events.AGENDA_CHANGED, review, by, changes={"topic": [None, topic]})
    if count:
        _renew(review)
    return count


@transaction.atomic
def remove_from_agenda(*, item: AgendaItem, by: User) -> None:
    """Take an item off the agenda that has not been decided; those below move up. Raises RuleViolation."""
    review = lock(item.review)
    item = AgendaItem.objects.select_related("gate__pilot__programme", "gate__definition").get(pk=item.pk)
    reasons = rules.agenda_blockers(state=review.state)
    refuse(reasons + (["This item has been decided."] if item.decision_id is not None else []))
    if review.current_id == item.pk:  # nobody is left looking at what is no longer there
        review.current, review.current_since = next_open(review, after=item), clock.now()
        review.save(update_fields=["current", "current_since"])
    if item.gate is None:
        announce(events.AGENDA_CHANGED, review, by, changes={"topic": [item.topic, None]})
        item.delete()
    else:
        tell_pilots([item.gate], review, by, added=False)
        item.delete()
        settle_many([item.gate.pk], today=clock.today())
    _renew(review)
    _number(review, list(review.items.order_by("position", "pk").values_list("pk", flat=True)))


@transaction.atomic
def move_item(*, item: AgendaItem, by_places: int, by: User) -> None:
    """Move an item up (−1) or down (+1). At an end it stays. Raises RuleViolation."""
    review = lock(item.review)
    refuse(rules.agenda_blockers(state=review.state))
    before = list(review.items.order_by("position", "pk").values_list("pk", flat=True))
    after = rules.moved(before, item.pk, by_places)
    if after != before:
        _number(review, after)
        announce(
            events.AGENDA_CHANGED,
            review,
            by,
            changes={"position": [before.index(item.pk) + 1, after.index(item.pk) + 1]},
            item=item.title,
        )


def _number(review: GateReview, order: Sequence[int]) -> None:
    items = {item.pk: item for item in review.items.all()}
    for position, pk in enumerate(order, start=1):
        items[pk].position = position
    AgendaItem.objects.bulk_update(items.values(), ["position"])


def _renew(review: GateReview) -> None:
    """A longer or shorter agenda ends at another time: calendars must take the invitation as renewed."""
    review.revision += 1
    review.save(update_fields=["revision"])


def freeze_for_meetings(*, now: datetime) -> int:
    """Freeze the packs that meetings asked for by now, each gate by itself. Returns how many were frozen.

    May run twice, late or half: a gate that has a pack since the freeze gets no other.
    """
    late = frozen_late(now)
    for gate, asked_by in late:
        freeze_pack(gate=gate, by=asked_by)
    return len(late)
