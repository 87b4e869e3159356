"""Changes to a playbook while it is a draft: each takes one and returns another. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from gates.playbooks.schema import CriterionSpec, GateSpec, PhaseSpec, PlaybookFile


class Keyed(Protocol):
    @property
    def key(self) -> str: ...


Item = TypeVar("Item", bound=Keyed)
UP, DOWN = -1, 1


class NotThere(LookupError):
    """The playbook has no phase or criterion of this key (any more)."""


def find_phase(playbook: PlaybookFile, key: str) -> tuple[int, PhaseSpec]:
    """A phase with its place from 0; raises NotThere, as all here do for a key that is not there."""
    return _find(playbook.phases, key)


def find_criterion(gate: GateSpec, key: str) -> tuple[int, CriterionSpec]:
    """A criterion with its place from 0."""
    return _find(gate.criteria, key)


def add_phase(playbook: PlaybookFile, phase: PhaseSpec) -> PlaybookFile:
    """With this phase at the end, or before a last one whose gate recurs, which nothing can follow.

    The same playbook where it is there already, because a form was sent twice.
    """
    if any(replace(there, gate=replace(there.gate, criteria=())) == phase for there in playbook.phases):
        return playbook
    place = place_of_new_phase(playbook)
    return replace(playbook, phases=(*playbook.phases[:place], phase, *playbook.phases[place:]))


def place_of_new_phase(playbook: PlaybookFile) -> int:
    """Where `add_phase` puts it, from 0."""
    ends_in_round = bool(playbook.phases) and playbook.phases[-1].gate.recurring
    return len(playbook.phases) - ends_in_round


def replace_phase(playbook: PlaybookFile, key: str, phase: PhaseSpec) -> PlaybookFile:
    """With this phase where the one of this key was."""
    return replace(playbook, phases=_put(playbook.phases, key, phase))


def move_phase(playbook: PlaybookFile, key: str, step: int) -> PlaybookFile:
    """With this phase one place up or down; the same playbook where there is no place."""
    return replace(playbook, phases=_moved(playbook.phases, key, step))


def remove_phase(playbook: PlaybookFile, key: str) -> PlaybookFile:
    return replace(playbook, phases=_without(playbook.phases, key))


def add_criterion(playbook: PlaybookFile, phase: str, criterion: CriterionSpec) -> PlaybookFile:
    """With this criterion at the end of the phase's gate, unless it is there already."""
    _, found = find_phase(playbook, phase)
    if criterion in found.gate.criteria:
        return playbook
    return _with_criteria(playbook, phase, (*found.gate.criteria, criterion))


def replace_criterion(playbook: PlaybookFile, phase: str, key: str, criterion: CriterionSpec) -> PlaybookFile:
    """With this criterion where the one of this key was; what depends on it follows a new key."""
    _, found = find_phase(playbook, phase)
    criteria = _put(found.gate.criteria, key, criterion)
    renamed = {key: criterion.key}
    following = tuple(
        replace(one, depends_on=tuple(renamed.get(first, first) for first in one.depends_on))
        for one in criteria
    )
    return _with_criteria(playbook, phase, following)


def move_criterion(playbook: PlaybookFile, phase: str, key: str, step: int) -> PlaybookFile:
    """With this criterion one place up or down in its gate."""
    _, found = find_phase(playbook, phase)
    return _with_criteria(playbook, phase, _moved(found.gate.criteria, key, step))


def remove_criterion(playbook: PlaybookFile, phase: str, key: str) -> PlaybookFile:
    _, found = find_phase(playbook, phase)
    return _with_criteria(playbook, phase, _without(found.gate.criteria, key))


def publishing_blockers(playbook: PlaybookFile) -> list[str]:
    """What a draft still lacks before it can be published."""
    if not playbook.phases:
        return ["It has no phase yet."]
    return [
        f"The gate {phase.gate.key} {phase.gate.name} has no criterion yet, so it could never be ready."
        for phase in playbook.phases
        if not phase.gate.criteria
    ]


def free_key(taken: Sequence[str], letter: str) -> str:
    """The first key of this letter that is not taken, such as V4; "" when all are."""
    keys = (f"{letter}{number}" for number in range(1, 100))
    return next((key for key in keys if key not in taken), "")


def _with_criteria(playbook: PlaybookFile, phase: str, criteria: tuple[CriterionSpec, ...]) -> PlaybookFile:
    _, found = find_phase(playbook, phase)
    return replace_phase(playbook, phase, replace(found, gate=replace(found.gate, criteria=criteria)))


def _find(items: Sequence[Item], key: str) -> tuple[int, Item]:
    for place, item in enumerate(items):
        if item.key == key:
            return place, item
    raise NotThere(key)


def _put(items: Sequence[Item], key: str, item: Item) -> tuple[Item, ...]:
    place, _ = _find(items, key)
    return (*items[:place], item, *items[place + 1 :])


def _without(items: Sequence[Item], key: str) -> tuple[Item, ...]:
    place, _ = _find(items, key)
    return (*items[:place], *items[place + 1 :])


def _moved(items: Sequence[Item], key: str, step: int) -> tuple[Item, ...]:
    place, item = _find(items, key)
    goal = min(max(place + step, 0), len(items) - 1)
    others = [other for other in items if other is not item]
    return (*others[:goal], item, *others[goal:])
