"""Calling a gate meeting, its agenda, its beginning and end."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from gates import events
from gates.choices import GateStatus, MeetingState
from gates.journey.waiting import settle_many
from gates.meetings import rules
from gates.meetings.queries import invited_to
from gates.models import AgendaItem, Attendee, Gate, GateReview
from pilots import clock
from pilots.events import build, changed_fields, record, record_many
from pilots.models import Programme, User
from pilots.rules import SENT_AGAIN, RuleViolation


@transaction.atomic
def call_meeting(
    *,
    programme: Programme,
    title: str,
    starts_at: datetime,
    place: str = "",
    item_minutes: int = 15,
    gates: Sequence[Gate] = (),
    by: User,
) -> GateReview:
    """Call a meeting of this programme with these gates as its agenda, in their order.

    Invited are those who may decide or sign there. The same call sent again within seconds is the one
    that is there. Raises RuleViolation with every reason why not.
    """
    now = clock.now()
    known = GateReview.objects.filter(
        programme=programme, title=title, starts_at=starts_at, called_by=by, called_at__gt=now - SENT_AGAIN
    ).first()
    if known is not None:
        return known
    reasons = rules.calling_blockers(title=title, starts_at=starts_at, now=now, items=len(gates))
    reasons += _gate_blockers(gates, programme)
    if reasons:
        raise RuleViolation(*reasons)
    review = GateReview.objects.create(
        programme=programme,
        title=title,
        starts_at=starts_at,
        place=place,
        item_minutes=item_minutes,
        called_by=by,
        called_at=now,
    )
    _append(review, gates, after=0)
    people = invited_to(programme, gates)
    Attendee.objects.bulk_create(Attendee(review=review, person=person) for person in people)
    _announce(
        events.MEETING_CALLED,
        review,
        by,
        starts_at=starts_at.isoformat(),
        agenda=[str(gate) for gate in gates],
    )
    _tell_pilots(gates, review, by, added=True)
    settle_many([gate.pk for gate in gates], today=clock.today())
    return review


def _gate_blockers(gates: Iterable[Gate], programme: Programme) -> list[str]:
    reasons = []
    for gate in gates:
        pilot = gate.pilot
        if pilot.programme_id != programme.pk:
            reasons.append(f"{pilot} belongs to another programme.")
        reasons += rules.gate_blockers(
            gate_status=gate.status, archived=pilot.archived_at is not None, name=str(pilot)
        )
    return reasons


def _append(review: GateReview, gates: Iterable[Gate], *, after: int) -> None:
    AgendaItem.objects.bulk_create(
        AgendaItem(review=review, gate=gate, position=position)
        for position, gate in enumerate(gates, start=after + 1)
    )


def _announce(type: str, review: GateReview, by: User, *, changes=None, **data) -> None:
    record(
        type,
        subject=review,
        programme=review.programme,
        actor=by,
        changes=changes,
        meeting=review.title,
        **data,
    )


def _tell_pilots(gates: Iterable[Gate], review: GateReview, by: User, *, added: bool) -> None:
    """Each pilot's own activity says which meeting its gate is on."""
    before_after = [None, review.title] if added else [review.title, None]
    record_many(
        build(
            events.AGENDA_CHANGED, subject=gate, pilot=gate.pilot, actor=by, changes={"meeting": before_after}
        )
        for gate in gates
    )


def _lock(review: GateReview) -> GateReview:
    return GateReview.objects.select_for_update(of=("self",)).select_related("programme").get(pk=review.pk)


@transaction.atomic
def change_meeting(
    *, review: GateReview, title: str, starts_at: datetime, place: str, item_minutes: int, by: User
) -> GateReview:
    """Another title, moment or place for a planned meeting; calendars take the invitation as renewed."""
    review = _lock(review)
    after = {"title": title, "starts_at": starts_at, "place": place, "item_minutes": item_minutes}
    changes = changed_fields(review, after)
    if not changes:
        return review
    reasons = rules.agenda_blockers(state=review.state)
    if "starts_at" in changes or "title" in changes:
        reasons += rules.calling_blockers(title=title, starts_at=starts_at, now=clock.now(), items=0)
    if reasons:
        raise RuleViolation(*reasons)
    for name, value in after.items():
        setattr(review, name, value)
    review.revision += 1
    review.save(update_fields=[*after, "revision"])
    _announce(events.MEETING_CHANGED, review, by, changes=changes)
    return review


@transaction.atomic
def add_to_agenda(*, review: GateReview, gates: Sequence[Gate], by: User) -> int:
    """Put these gates at the end of the agenda; those already on it stay where they are.

    Returns how many were added. Raises RuleViolation.
    """
    review = _lock(review)
    items = list(review.items.values_list("gate_id", "position"))
    known = {gate for gate, _ in items}
    new = [gate for gate in gates if gate.pk not in known]
    reasons = rules.agenda_blockers(state=review.state, items=len(items) + len(new))
    reasons += _gate_blockers(new, review.programme)
    if reasons:
        raise RuleViolation(*reasons)
    _append(review, new, after=max((position for _, position in items), default=0))
    _invite(review, new)
    _tell_pilots(new, review, by, added=True)
    settle_many([gate.pk for gate in new], today=clock.today())
    return len(new)


def _invite(review: GateReview, gates: Sequence[Gate]) -> None:
    there = set(review.attendees.values_list("person_id", flat=True))
    Attendee.objects.bulk_create(
        Attendee(review=review, person=person)
        for person in invited_to(review.programme, gates)
        if person.pk not in there
    )


@transaction.atomic
def remove_from_agenda(*, item: AgendaItem, by: User) -> None:
    """Take an item off the agenda that has not been decided; those below move up. Raises RuleViolation."""
    review = _lock(item.review)
    item = AgendaItem.objects.select_related("gate__pilot", "gate__definition").get(pk=item.pk)
    reasons = rules.agenda_blockers(state=review.state)
    if item.decision_id is not None:
        reasons.append("This item has been decided.")
    if reasons:
        raise RuleViolation(*reasons)
    _tell_pilots([item.gate], review, by, added=False)
    item.delete()
    settle_many([item.gate_id], today=clock.today())
    _number(review, list(review.items.order_by("position", "pk").values_list("pk", flat=True)))


@transaction.atomic
def move_item(*, item: AgendaItem, by_places: int, by: User) -> None:
    """Move an item up (−1) or down (+1). At an end it stays. Raises RuleViolation."""
    review = _lock(item.review)
    reasons = rules.agenda_blockers(state=review.state)
    if reasons:
        raise RuleViolation(*reasons)
    before = list(review.items.order_by("position", "pk").values_list("pk", flat=True))
    after = rules.moved(before, item.pk, by_places)
    if after != before:
        _number(review, after)
        _announce(
            events.AGENDA_CHANGED,
            review,
            by,
            changes={"position": [before.index(item.pk) + 1, after.index(item.pk) + 1]},
            item=str(item.gate),
        )


def _number(review: GateReview, order: Sequence[int]) -> None:
    items = {item.pk: item for item in review.items.all()}
    for position, pk in enumerate(order, start=1):
        items[pk].position = position
    AgendaItem.objects.bulk_update(items.values(), ["position"])


@transaction.atomic
def cancel_meeting(*, review: GateReview, by: User) -> GateReview:
    """Call off a planned meeting; its gates wait for their gatekeepers again. Raises RuleViolation."""
    review = _lock(review)
    reasons = rules.cancel_blockers(state=review.state)
    if reasons:
        raise RuleViolation(*reasons)
    return _turn(review, MeetingState.CANCELLED, events.MEETING_CANCELLED, by, revision=review.revision + 1)


@transaction.atomic
def start_meeting(*, review: GateReview, by: User) -> GateReview:
    """Begin: the first item is shown, votes are open. Raises RuleViolation."""
    review = _lock(review)
    items = list(review.items.all())
    reasons = rules.start_blockers(state=review.state, items=len(items))
    if reasons:
        raise RuleViolation(*reasons)
    now = clock.now()
    return _turn(
        review,
        MeetingState.RUNNING,
        events.MEETING_STARTED,
        by,
        started_at=now,
        current=items[0],
        current_since=now,
    )


@transaction.atomic
def close_meeting(*, review: GateReview, by: User) -> GateReview:
    """End: every item is decided or parked, and the minutes stand. Raises RuleViolation."""
    review = _lock(review)
    open_items = review.items.filter(decision__isnull=True, parked_at__isnull=True)
    left = open_items.exclude(gate__status=GateStatus.DECIDED).select_related("gate__pilot")
    reasons = rules.closing_blockers(state=review.state, open_items=[item.gate.pilot.title for item in left])
    if reasons:
        raise RuleViolation(*reasons)
    return _turn(
        review,
        MeetingState.HELD,
        events.MEETING_CLOSED,
        by,
        closed_at=clock.now(),
        current=None,
        current_since=None,
    )


def _turn(review: GateReview, state: MeetingState, event: str, by: User, **fields) -> GateReview:
    changes = changed_fields(review, {"state": state.value})
    review.state = state
    for name, value in fields.items():
        setattr(review, name, value)
    review.save(update_fields=["state", *fields])
    _announce(event, review, by, changes=changes)
    # A meeting that is over keeps no gate waiting for it.
    settle_many(list(review.items.values_list("gate_id", flat=True)), today=clock.today())
    return review
