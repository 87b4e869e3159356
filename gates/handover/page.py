"""What the pages of handovers show, put together from what was asked of the database."""

from dataclasses import dataclass, field

from django.forms import BoundField

from gates.choices import Passing
from gates.handover.forms import HandoverForm
from gates.handover.planning import Step
from gates.handover.queries import Group, Thing
from gates.handover.table import HOLDINGS, Holding
from gates.models import HandedThing
from pilots.permissions import Permission


@dataclass(frozen=True)
class Block:
    """One kind of thing on the page where it is picked."""

    group: Group
    rows: list[tuple[Thing, bool]]  # with whether it is ticked
    other: BoundField | None  # who else takes this kind; None: it ends


def blocks(form: HandoverForm, groups: list[Group]) -> list[Block]:
    """All is ticked at first, save roles and delegations: who only passes work on keeps them."""
    ticked = set(form["thing"].value() or []) if form.is_bound else None
    return [
        Block(
            group,
            [(one, one.key in ticked if ticked is not None else is_ticked(group)) for one in group.things],
            None if group.holding.ends else form[f"receiver_{group.holding.key}"],
        )
        for group in groups
    ]


def is_ticked(group: Group) -> bool:
    return group.holding.permission != Permission.MANAGE_PEOPLE and not group.holding.ends


@dataclass
class Lines:
    """Some things of a handover under their kind."""

    holding: Holding
    things: list[tuple[HandedThing, str]] = field(default_factory=list)  # each with why it stays


def sorted_steps(steps: list[Step]) -> tuple[list[Lines], list[Lines]]:
    """What would move, and what would not with its reason, by kind."""
    return (
        _lines((step.thing, "") for step in steps if step.moves),
        _lines((step.thing, step.why) for step in steps if not step.moves),
    )


def sorted_things(things: list[HandedThing]) -> tuple[list[Lines], list[Lines], list[Lines]]:
    """What moved and is still there, what went back, and what never moved."""
    moved, back, kept = (
        _lines((one, one.why) for one in things if one.passing == passing)
        for passing in (Passing.MOVED, Passing.RETURNED, Passing.KEPT)
    )
    return moved, back, kept


def _lines(things) -> list[Lines]:
    found: dict[str, Lines] = {}
    for thing, why in things:
        lines = found.setdefault(thing.holding, Lines(HOLDINGS[thing.holding]))
        lines.things.append((thing, why))
    return [found[key] for key in HOLDINGS if key in found]
