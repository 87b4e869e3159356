"""What would happen to each thing that was picked: preview and move both ask this, so they agree.

The number of queries does not depend on the number of things.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from gates.handover.queries import work_of
from gates.handover.rules import thing_blockers
from gates.handover.table import HOLDINGS, Holding
from gates.models import Gate, Gatekeeper, HandedThing
from gates.seats.queries import roles_of
from pilots.models import Membership, Pilot, User

GONE = "It has moved on meanwhile, or is over."
Place = tuple[int | None, str]  # programme, role in lower case


@dataclass
class Step:
    """One thing on its way from one person to another."""

    thing: HandedThing
    source: User
    target: User
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


def back(things: Iterable[HandedThing], holder: User) -> list[Step]:
    """Each thing on its way back to who held it."""
    return judged([Step(one, one.receiver, holder) for one in things])


def judged(steps: list[Step]) -> list[Step]:
    """These steps with the row each is about, and every reason why it cannot be.

    A role stays where its holder still needs it, and what needs that role for its receiver stays then too.
    """
    _read(steps)
    circle = Circle(steps)
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


def _read(steps: list[Step]) -> None:
    """Find the row of each step, unless it has moved on. One query per kind."""
    ids: dict[str, list[int]] = defaultdict(list)
    for step in steps:
        ids[step.thing.holding].append(step.thing.object_id)
    rows = {key: HOLDINGS[key].standing().in_bulk(found) for key, found in ids.items()}
    for step in steps:
        row = rows[step.thing.holding].get(step.thing.object_id)
        held = row is not None and getattr(row, f"{step.holding.field}_id") == step.source.pk
        step.row = row if held else None


class Circle:
    """The people and gates that these steps are about, each read once for all of them. Four queries."""

    def __init__(self, steps: list[Step]):
        self.steps = [step for step in steps if step.row is not None]
        people = {person.pk for step in steps for person in (step.source, step.target)}
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
        self.targets = {(step.thing.holding, step.row.pk): step.target.pk for step in self.steps}

    def look_again(self) -> None:
        """Take as given what moves as far as is known now."""
        held = {(one.user_id, one.programme_id) for one in self.roles}
        given = {(step.target.pk, step.row.programme_id) for step in self._moving("role")}
        self.members = held | given
        self.signing = self.seats | {
            (step.target.pk, step.row.programme_id, step.row.role.casefold()) for step in self._moving("seat")
        }

    def _moving(self, key: str) -> list[Step]:
        return [step for step in self.steps if step.thing.holding == key and step.moves]

    def why_not(self, step: Step) -> list[str]:
        programme = step.holding.programme_of(step.row)
        if why := self._held_already(step):
            return why
        signs_as, gate = self._signs_as(step)
        is_role = step.holding.key == "role"
        return thing_blockers(
            receiver=str(step.target),
            has_left=not step.target.is_active,
            is_member=is_role
            or bool(self.members & {(step.target.pk, None), (step.target.pk, programme and programme.pk)}),
            programme=str(programme or "every programme"),
            signs_as=signs_as,
            gate=gate,
            still_owns=self._still_owns(step) if is_role else 0,
            holder=str(step.source),
        )

    def _held_already(self, step: Step) -> list[str]:
        target, row = step.target, step.row
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
        if owner != step.target.pk:
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
        own = [one for one in self.roles if one.user_id == step.source.pk]
        left = {one.programme_id for one in own if one.pk not in going}
        if None in left:
            return 0
        moved = {one.row.pk for one in self._moving("owner")}
        return sum(
            owner == step.source.pk
            and pk not in moved
            and programme not in left
            and step.row.programme_id in (None, programme)
            for pk, owner, programme in self.owned
        )


def _named_pilot(step: Step) -> Pilot | None:
    """The pilot whose owner or sponsor this names."""
    return step.row if step.thing.holding in ("owner", "sponsor") else None
