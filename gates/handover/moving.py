"""Changing who holds a thing, many at once, and telling each move as it is told elsewhere."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import F

from gates import events
from gates.handover.planning import Step
from gates.handover.table import HOLDINGS, Holding
from gates.models import Gatekeeper
from pilots import clock
from pilots import events as pilot_events
from pilots.events import build, record_many
from pilots.models import Event, Membership, User
from pilots.models.entry import Entry


def move(steps: Sequence[Step], *, by: User, **why: Any) -> None:
    """Let each thing be held by who is to get it; `why` stands in every event of it.

    A query for each kind of thing and receiver, and a few for the events.
    """
    told: list[Event] = []
    ids: dict[tuple[str, int], list[int]] = defaultdict(list)
    for step in steps:
        ids[step.thing.holding, step.target.pk].append(step.row.pk)
        told += _told(step, by, why)
    for (key, receiver), pks in ids.items():
        _name(HOLDINGS[key], pks, receiver)
    record_many(told)


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
    else:
        yield build(
            holding.event,
            subject=row,
            pilot=holding.pilot_of(row),
            actor=by,
            changes={holding.field: [str(step.source), str(step.target)]},
            **holding.told(row),
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
