"""What would happen to each thing that was picked: preview and move both ask this, so they agree.

The number of queries does not depend on the number of things.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from gates.handover.queries import work_of
from gates.handover.rules import thing_blockers
from gates.handover.table import HOLDINGS, Holding
from gates.models import AgendaItem, Attendee, Gate, Gatekeeper, HandedThing
from gates.seats.queries import roles_of
from pilots.models import Membership, Pilot, Programme, User
from pilots.permissions import GRANTS

GONE = "It has moved on meanwhile, or is over."
Place = tuple[int | None, str]  # programme, role in lower case


@dataclass
class Step:
    """One thing on its way from one person to another, to its end (no target) or back from there (no source)."""

    thing: HandedThing
    source: User | None
    target: User | None
    row: Any = None  # as it is now; None: no longer with `source`
    why_not: list[str] = field(default_factory=list)

    @property
    def holding(self) -> Holding:
        return HOLDINGS[self.thing.holding]

    @property
    def moves(self) -> bool:
        return self.row is not None and not self.why_not

    @property
    def why(self) -> str:
        return GONE if self.row is None else " ".join(self.why_not)


def forth(things: Iterable[HandedThing], holder: User, *, by: User) -> list[Step]:
    """Each thing on its way from its holder to who is to get it, as far as `by` may pass it on today."""
    theirs = {(one.holding.key, one.row.pk) for group in work_of(holder, by=by) for one in group.things}
    steps = judged([Step(one, holder, one.receiver) for one in things])
    for step in steps:
        if (step.thing.holding, step.thing.object_id) not in theirs:
            step.row = None
    return steps


def back(things: Iterable[HandedThing], holder: User, *, done_at: datetime) -> list[Step]:
    """Each thing on its way back to who held it; what ended with the handover, at `done_at`, is taken up again."""
    return judged([Step(one, one.receiver, holder) for one in things], ended_at=done_at)


def judged(steps: list[Step], *, ended_at: datetime | None = None) -> list[Step]:
    """These steps with the row each is about, and every reason why it cannot be.

    A role stays where its holder still needs it, and what needs that role for its receiver stays then too.
    """
    _read(steps, ended_at)
    circle = Circle(steps, back=ended_at is not None)
    found = [step for step in steps if step.row is not None]
    roles, others = _parted(found)
    before = None
    while before != (moving := {step.thing.pk for step in roles if step.moves}):
        before = moving
        circle.look_again()
        for step in (*others, *roles):
            step.why_not = circle.why_not(step)
    return steps


def _parted(steps: Iterable[Step]) -> tuple[list[Step], list[Step]]:
    roles: list[Step] = []
    others: list[Step] = []
    for step in steps:
        (roles if step.thing.holding == "role" else others).append(step)
    return roles, others


def _read(steps: list[Step], ended_at: datetime | None) -> None:
    """Find the row of each step, unless it has moved on. One query per kind."""
    ids: dict[str, list[int]] = defaultdict(list)
    for step in steps:
        ids[step.thing.holding].append(step.thing.object_id)
    rows = {key: _where(HOLDINGS[key], ended_at).in_bulk(found) for key, found in ids.items()}
    for step in steps:
        row = rows[step.thing.holding].get(step.thing.object_id)
        holder = step.source or step.target
        held = row is not None and holder and getattr(row, f"{step.holding.field}_id") == holder.pk
        step.row = row if held else None


def _where(holding: Holding, ended_at: datetime | None) -> QuerySet:
    return holding.ended(ended_at) if holding.ended and ended_at else holding.standing()


class Circle:
    """The people and gates that these steps are about, each read once for all of them. At most six queries."""

    def __init__(self, steps: list[Step], *, back: bool):
        self.back = back  # to who held it before, whatever they may do there
        self.steps = [step for step in steps if step.row is not None]
        people = {person.pk for step in steps for person in (step.source, step.target) if person}
        self.roles = list(Membership.objects.filter(user__in=people))
        self.seats = {
            (row.person_id, row.programme_id, row.role.casefold())
            for row in Gatekeeper.objects.filter(person__in=people)
        }
        pilots = {pilot.pk for step in self.steps if (pilot := _named_pilot(step))}
        current = Gate.objects.current().filter(pilot__in=pilots).select_related("definition")
        self.gates = {gate.pilot_id: gate for gate in current}
        owned = Pilot.objects.running().filter(owner__in=people)
        self.owned = list(owned.values_list("pk", "owner_id", "programme_id"))
        self.targets = {
            (step.thing.holding, step.row.pk): step.target.pk for step in self.steps if step.target
        }

    @cached_property
    def invited(self) -> set[tuple[int, int]]:
        """(person, meeting) of the meetings whose invitations pass on."""
        meetings = [step.row.review_id for step in self.steps if step.thing.holding == "invitation"]
        return set(Attendee.objects.filter(review__in=meetings).values_list("person_id", "review_id"))

    @cached_property
    def on_agenda(self) -> dict[int, list[Pilot]]:
        """Meeting → the pilots on its agenda."""
        meetings = [step.row.review_id for step in self.steps if step.thing.holding == "invitation"]
        items = AgendaItem.objects.filter(review__in=meetings, gate__isnull=False)
        found: dict[int, list[Pilot]] = defaultdict(list)
        for item in items.select_related("gate__pilot"):
            found[item.review_id].append(item.gate.pilot)  # type: ignore[union-attr]
        return found

    def look_again(self) -> None:
        """Take as given what moves as far as is known now."""
        self.held: dict[tuple[int, int | None], set[str]] = defaultdict(set)
        for one in self.roles:
            self.held[one.user_id, one.programme_id].add(one.role)
        for step in self._moving("role"):
            self.held[self._to(step), step.row.programme_id].add(step.row.role)
        self.signing = self.seats | {
            (self._to(step), step.row.programme_id, step.row.role.casefold()) for step in self._moving("seat")
        }

    def _to(self, step: Step) -> int:
        return self.targets[step.thing.holding, step.row.pk]

    def _roles_of(self, person: User, programme: Programme | None) -> set[str]:
        here = self.held[person.pk, programme.pk] if programme else set()
        return here | self.held[person.pk, None]

    def _moving(self, key: str) -> list[Step]:
        return [step for step in self.steps if step.thing.holding == key and step.moves]

    def why_not(self, step: Step) -> list[str]:
        target, programme = step.target, step.holding.programme_of(step.row)
        if target is None or step.holding.ends:
            return []
        if why := self._held_already(step, target):
            return why
        signs_as, gate = self._signs_as(step)
        is_role = step.holding.key == "role"
        return thing_blockers(
            receiver=str(target),
            has_left=not target.is_active,
            is_member=is_role or bool(self._roles_of(target, programme)),
            programme=str(programme or "every programme"),
            lacks=self._lacks(step, target, programme),
            signs_as=signs_as,
            gate=gate,
            still_owns=self._still_owns(step) if is_role else 0,
            holder=str(step.source),
        )

    def _lacks(self, step: Step, target: User, programme: Programme | None) -> str:
        """What the target would have to be allowed there, in words; sponsors come to meetings about their pilots."""
        needs = step.holding.needs
        if (
            needs is None
            or self.back
            or any(needs in GRANTS[role] for role in self._roles_of(target, programme))
        ):
            return ""
        if step.thing.holding == "invitation" and any(
            self.targets.get(("sponsor", pilot.pk), pilot.sponsor_id) == target.pk
            for pilot in self.on_agenda[step.row.review_id]
        ):
            return ""
        return str(needs)

    def _held_already(self, step: Step, target: User) -> list[str]:
        row = step.row
        if step.thing.holding == "invitation" and (target.pk, row.review_id) in self.invited:
            return [f"{target} is invited already."]
        if step.holding.key == "seat" and (target.pk, row.programme_id, row.role.casefold()) in self.seats:
            return [f"{target} signs in this role already."]
        if step.holding.key == "role" and any(
            (one.user_id, one.programme_id, one.role) == (target.pk, row.programme_id, row.role)
            for one in self.roles
        ):
            return [f"{target} has this role already."]
        return []

    def _signs_as(self, step: Step) -> tuple[str, str]:
        """The role in which the target would sign at the gate of a pilot they then own, and that gate."""
        pilot = _named_pilot(step)
        gate = self.gates.get(pilot.pk) if pilot else None
        if pilot is None or gate is None:
            return "", ""
        owner = self.targets.get(("owner", pilot.pk), pilot.owner_id)
        sponsor = self.targets.get(("sponsor", pilot.pk), pilot.sponsor_id)
        if step.target is None or owner != step.target.pk:
            return "", ""
        for label in (role.label for role in roles_of(gate.definition)):
            is_sponsor = label.casefold() == "sponsor"
            if is_sponsor and sponsor == owner:
                return label, str(gate.definition)
            named = (owner, pilot.programme_id, label.casefold()) in self.signing
            if named and not is_sponsor and step.thing.holding == "owner":
                return label, str(gate.definition)
        return "", ""

    def _still_owns(self, step: Step) -> int:
        """How many running pilots the source would own where no role is left."""
        going = {pk for key, pk in self.targets if key == "role"}
        holder = step.source and step.source.pk
        own = [one for one in self.roles if one.user_id == holder]
        left = {one.programme_id for one in own if one.pk not in going}
        if None in left:
            return 0
        moved = {one.row.pk for one in self._moving("owner")}
        return sum(
            owner == holder
            and pk not in moved
            and programme not in left
            and step.row.programme_id in (None, programme)
            for pk, owner, programme in self.owned
        )


def _named_pilot(step: Step) -> Pilot | None:
    """The pilot whose owner or sponsor this names."""
    return step.row if step.thing.holding in ("owner", "sponsor") else None
