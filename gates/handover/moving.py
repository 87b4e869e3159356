"""Changing who holds a thing, many at once, and telling each move as it is told elsewhere."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, Q

from gates import events
from gates.choices import MeetingState, Standing
from gates.handover.planning import Step
from gates.handover.table import HOLDINGS, Holding
from gates.meetings.actions.telling import in_event
from gates.meetings.queries import Told
from gates.models import Attendee, Delegation, Gatekeeper, GateReview, HandedThing
from pilots import clock
from pilots import events as pilot_events
from pilots.events import build, record_many
from pilots.models import Event, Membership, User
from pilots.models.entry import Entry


def move(steps: Sequence[Step], *, by: User, at: datetime, **why: Any) -> None:
    """Let each thing be held by who is to get it, or end at this moment; `why` stands in every event of it.

    A query for each kind of thing and receiver, and a few for the events.
    """
    told: list[Event] = []
    ids: dict[tuple[str, int | None], list[int]] = defaultdict(list)
    for step in steps:
        receiver = step.target.pk if step.target else None
        ids[step.thing.holding, receiver].append(step.row.pk)
        told += _told(step, by, why)
    for (key, receiver), pks in ids.items():
        if HOLDINGS[key].ends:
            _end(pks, None if receiver else at, by)
        elif receiver:
            _name(HOLDINGS[key], pks, receiver)
    record_many(told)


def lock_meetings(things: Iterable[HandedThing]) -> None:
    """A meeting is locked before the gates on its agenda, here as everywhere. At most one query."""
    ids = defaultdict(list)
    for thing in things:
        ids[thing.holding].append(thing.object_id)
    own, invited = ids["meeting"] + ids["presenter"], ids["invitation"]
    if own or invited:
        named = Q(pk__in=Attendee.objects.filter(pk__in=invited).values("review"))
        found = GateReview.objects.filter(Q(pk__in=own) | named)
        list(found.select_for_update().order_by("pk").values_list("pk", flat=True))


def _end(pks: Iterable[int], at: datetime | None, by: User) -> None:
    """End these delegations; without a moment take them up again."""
    Delegation.objects.filter(pk__in=pks).update(ended_at=at, ended_by=by if at else None)


def _name(holding: Holding, pks: Iterable[int], receiver: int) -> None:
    named: dict[str, Any] = {f"{holding.field}_id": receiver}
    if holding.model in (Gatekeeper, Membership):
        named["created_at"] = clock.now()  # theirs begins now
    if issubclass(holding.model, Entry):
        named["version"] = F("version") + 1  # whoever has it open in a form is told that it changed
    holding.model._default_manager.filter(pk__in=pks).update(**named)


def _told(step: Step, by: User, why: dict[str, Any]) -> Iterator[Event]:
    holding, row = step.holding, step.row
    if holding.key == "seat":
        yield from _seat_told(step, by, why)
    elif holding.key == "role":
        yield from _role_told(step, by, why)
    elif holding.ends:
        yield _delegation_told(step, by, why)
    else:
        yield build(
            holding.event,
            subject=holding.subject_of(row),
            pilot=holding.pilot_of(row),
            programme=holding.programme_of(row),
            actor=by,
            changes={holding.field: [str(step.source), str(step.target)]},
            **holding.told(row),
            **(_invitation(step) if holding.key == "invitation" else {}),
            **why,
        )


def _invitation(step: Step) -> dict[str, Any]:
    """Where invitations went out, whoever comes instead gets theirs, with its calendar file."""
    review, person = step.row.review, step.target
    went_out = review.state == MeetingState.PLANNED and review.invited_revision is not None
    reached = person is not None and person.is_active and person.email
    told = Told(person.pk, person.name, Standing.INVITED) if person and reached and went_out else None
    return {"told": in_event([told] if told else []), "again": False}


def _delegation_told(step: Step, by: User, why: dict[str, Any]) -> Event:
    ended = step.target is None
    return build(
        events.DELEGATION_ENDED if ended else events.DELEGATION_GIVEN,
        subject=step.row,
        programme=step.row.programme,
        actor=by,
        changes={"in_force": [ended, not ended]},
        **step.row.facts,
        **why,
    )


def _seat_told(step: Step, by: User, why: dict[str, Any]) -> Iterator[Event]:
    sides = ((events.GATEKEEPER_DISMISSED, step.source, False), (events.GATEKEEPER_NAMED, step.target, True))
    for type_, person, named in sides:
        yield build(
            type_,
            subject=step.row,
            programme=step.row.programme,
            actor=by,
            changes={"holds_the_role": [not named, named]},
            role=step.row.role,
            person=str(person),
            **why,
        )


def _role_told(step: Step, by: User, why: dict[str, Any]) -> Iterator[Event]:
    role = step.row.role
    sides = (
        (pilot_events.MEMBER_REMOVED, step.source, [role, None]),
        (pilot_events.MEMBER_ADDED, step.target, [None, role]),
    )
    for type_, person, change in sides:
        yield build(
            type_,
            subject=step.row,
            programme=step.row.programme,
            actor=by,
            changes={"role": change},
            person=str(person),
            **why,
        )
