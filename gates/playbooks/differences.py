"""What is different between two versions of a playbook, in words. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum, StrEnum
from typing import Any

from gates.choices import CriterionKind, Direction, GatekeeperRole
from gates.playbooks.schema import CriterionSpec, GateSpec, PhaseSpec, PlaybookFile
from gates.rules import direction_of_change


class Change(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    CHANGED = "changed"


@dataclass(frozen=True)
class Difference:
    """One thing that is different. `field`, `before` and `after` are words, blank where none are needed."""

    change: Change
    where: str  # "Phase Pilot", "Gate G2 Value proven", "G2 V1 Measure every KPI", "Playbook"
    field: str = ""
    before: str = ""
    after: str = ""
    direction: Direction = Direction.NEITHER

    @property
    def text(self) -> str:
        """The difference as a sentence."""
        if self.change != Change.CHANGED:
            return f"{self.where} {'was' if self.change != Change.MOVED else 'has'} {self.change}."
        return f"{self.where}: {self.field} {self.before or 'nothing'} → {self.after or 'nothing'}."


@dataclass(frozen=True)
class PhaseDifferences:
    """Everything different in one phase, its gate and the gate's criteria."""

    heading: str
    differences: list[Difference]


# Each field with its name on the page; those left out are keys, or compared by themselves.
PLAYBOOK_FIELDS = {"name": "name", "description": "description"}
PHASE_FIELDS = {
    "name": "name",
    "description": "description",
    "typical_days": "typical days",
    "in_production": "in production",
}
GATE_FIELDS = {
    "key": "key",
    "name": "name",
    "question": "question",
    "gatekeeper_roles": "gatekeeper roles",
    "quorum": "quorum",
    "score_threshold": "score needed",
    "floor_threshold": "needed in every area",
    "freeze_days_before": "evidence freezes, days before",
    "every_months": "comes again after months",
    "override_roles": "who may override",
}
CRITERION_FIELDS = {
    "title": "title",
    "area": "area",
    "kind": "kind",
    "weight": "weight",
    "guidance": "guidance",
    "evidence_example": "example of evidence",
    "role": "role",
    "effort_days": "effort in days",
    "validity_days": "valid for days",
    "risk_tiers": "risk tiers",
    "check": "deciding check",
    "depends_on": "depends on",
    "readings": "readings needed (usually 8)",
    "hold": "latest readings at target (usually 3)",
    "confidence": "confidence in percent (usually 95)",
}


def differences(before: PlaybookFile, after: PlaybookFile) -> list[PhaseDifferences]:
    """By phase, in the order of the later version; first the playbook's own, last what was removed."""
    moved = _moved([phase.key for phase in before.phases], [phase.key for phase in after.phases])
    old, new = _by_key(before.phases), _by_key(after.phases)
    found = [PhaseDifferences("Playbook", list(_fields("Playbook", before, after, PLAYBOOK_FIELDS)))]
    for key, phase in new.items():
        if key in old:
            found.append(_in_phase(old[key], phase, has_moved=key in moved))
        else:
            found.append(_whole_phase(phase, Change.ADDED))
    found += [_whole_phase(phase, Change.REMOVED) for key, phase in old.items() if key not in new]
    return [one for one in found if one.differences]


def sentences(before: PlaybookFile, after: PlaybookFile) -> list[str]:
    """Every difference as a sentence."""
    return [one.text for phase in differences(before, after) for one in phase.differences]


def changes(before: PlaybookFile, after: PlaybookFile) -> dict[str, list[Any]]:
    """What an event keeps: what → [before, after]."""
    kept: dict[str, list[Any]] = {}
    for one in (one for phase in differences(before, after) for one in phase.differences):
        if one.change == Change.CHANGED:
            kept[f"{one.where}, {one.field}"] = [one.before, one.after]
        else:
            gone, there = one.change != Change.ADDED, one.change != Change.REMOVED
            moved = one.change == Change.MOVED
            kept[one.where] = ["there" if gone else None, ("moved" if moved else "there") if there else None]
    return kept


def _by_key(items: Sequence[Any]) -> dict[str, Any]:
    return {item.key: item for item in items}


def _moved(before: Sequence[str], after: Sequence[str]) -> set[str]:
    """Of those in both, such as must have moved for this order to become that one."""
    old = [key for key in before if key in after]
    new = [key for key in after if key in before]
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    stayed = {key for match in matcher.get_matching_blocks() for key in old[match.a : match.a + match.size]}
    return set(new) - stayed


def _in_phase(before: PhaseSpec, after: PhaseSpec, *, has_moved: bool) -> PhaseDifferences:
    where, gate = f"Phase {after.name}", f"Gate {after.gate.key} {after.gate.name}"
    found = [Difference(Change.MOVED, where)] if has_moved else []
    found += _fields(where, before, after, PHASE_FIELDS)
    found += _fields(gate, before.gate, after.gate, GATE_FIELDS)
    found += _criteria(before.gate, after.gate)
    return PhaseDifferences(_heading(after), found)


def _whole_phase(phase: PhaseSpec, change: Change) -> PhaseDifferences:
    found = [Difference(change, f"Phase {phase.name} with gate {phase.gate.key} {phase.gate.name}")]
    found += [_whole_criterion(phase.gate, criterion, change) for criterion in phase.gate.criteria]
    return PhaseDifferences(_heading(phase), found)


def _heading(phase: PhaseSpec) -> str:
    return f"{phase.name} → {phase.gate.key} {phase.gate.name}"


def _criteria(before: GateSpec, after: GateSpec) -> Iterator[Difference]:
    old, new = _by_key(before.criteria), _by_key(after.criteria)
    moved = _moved(list(old), list(new))
    for key, criterion in new.items():
        if key not in old:
            yield _whole_criterion(after, criterion, Change.ADDED)
            continue
        where = _name(after, criterion)
        if key in moved:
            yield Difference(Change.MOVED, where)
        yield from _fields(where, old[key], criterion, CRITERION_FIELDS)
    for key, criterion in old.items():
        if key not in new:
            yield _whole_criterion(before, criterion, Change.REMOVED)


def _whole_criterion(gate: GateSpec, criterion: CriterionSpec, change: Change) -> Difference:
    # A should-meet only scores, so that one more of them can make a gate easier as well as harder.
    blocks = criterion.kind != CriterionKind.SHOULD_MEET
    direction = Direction.TIGHTER if change == Change.ADDED else Direction.LOOSER
    kind = f" ({CriterionKind(criterion.kind).label})"
    return Difference(
        change, _name(gate, criterion) + kind, direction=direction if blocks else Direction.NEITHER
    )


def _name(gate: GateSpec, criterion: CriterionSpec) -> str:
    return f"{gate.key} {criterion.key} {criterion.title}"


def _fields(where: str, before: Any, after: Any, named: dict[str, str]) -> Iterator[Difference]:
    for field, label in named.items():
        old, new = getattr(before, field), getattr(after, field)
        if old != new:
            yield Difference(
                Change.CHANGED, where, label, in_words(old), in_words(new), _direction(field, old, new)
            )


def _direction(field: str, before: Any, after: Any) -> Direction:
    if field != "gatekeeper_roles":
        return direction_of_change(field, before, after)
    old, new = ({role.label: role for role in roles} for roles in (before, after))
    ways = {direction_of_change(field, old.keys(), new.keys())}
    ways |= {
        direction_of_change("quorum", old[label].quorum, new[label].quorum) for label in old if label in new
    }
    ways.discard(Direction.NEITHER)
    # Looser for one role and tighter for another is neither.
    return ways.pop() if len(ways) == 1 else Direction.NEITHER


def in_words(value: Any) -> str:
    """A value as people read it: an enum's label, a list with commas, yes or no; "" for nothing."""
    match value:
        case None | ():
            return ""
        case GatekeeperRole():
            more = "" if value.quorum == "any" else f"{value.quorum} sign"
            areas = f"for {in_words(value.areas).lower()}" if value.areas else ""
            said = ", ".join(part for part in (more, areas) if part)
            return f"{value.label} ({said})" if said else value.label
        case tuple():
            return ", ".join(in_words(item) for item in value)
        case bool():
            return "yes" if value else "no"
        case Enum():
            return str(getattr(value, "label", value.value))
        case _:
            return f"{value:f}" if hasattr(value, "as_tuple") else str(value)
