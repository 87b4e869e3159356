"""Short words for handing everything over, as tests do it."""

from gates.handover.actions import hand_over, prepare_handover
from gates.handover.page import is_ticked
from gates.handover.queries import work_of
from gates.models import Handover
from pilots.models import User


def prepare(person: User, receiver: User, *, by: User, kinds=None, note: str = "She moves on.") -> Handover:
    """All that is ticked at first, or the things of these kinds."""
    groups = work_of(person, by=by)
    things = [
        thing
        for group in groups
        for thing in group.things
        if (is_ticked(group) if kinds is None else group.holding.key in kinds)
    ]
    receivers = {group.holding.key: None if group.holding.ends else receiver for group in groups}
    return prepare_handover(person=person, things=things, receivers=receivers, note=note, by=by)


def give(person: User, receiver: User, *, by: User, **how) -> Handover:
    """The same, done."""
    return hand_over(handover=prepare(person, receiver, by=by, **how), by=by)


def what(handover: Handover) -> dict[str, tuple[str, str]]:
    """Kind → what became of its things and why; one thing of each."""
    return {one.holding: (one.passing, one.why) for one in handover.things.all()}


def held(person: User, *, by: User) -> dict[str, list[str]]:
    """Kind → what this person holds of it."""
    return {g.holding.key: [thing.words for thing in g.things] for g in work_of(person, by=by)}
