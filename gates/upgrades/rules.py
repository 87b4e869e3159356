"""What a newer version of the playbook changes at a gate under way. Pure: preview and move both ask this."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from gates.amendments.rules import Value, direction_of_change
from gates.choices import PROOF_TERMS, USUAL_PROOF, AmendedField, AssessmentState

TERMS = ("area", "kind", "weight", "check_name", "validity_days", "applies", *PROOF_TERMS)
AMENDED = (
    AmendedField.KIND,
    AmendedField.WEIGHT,
    AmendedField.VALIDITY,
    AmendedField.APPLIES,
    *(AmendedField(term) for term in PROOF_TERMS),
)


@dataclass(frozen=True)
class Terms:
    """On what one criterion is judged. `applies`: to this pilot's risk tier, and not set aside.

    `readings`, `hold` and `confidence` (percent) say when a KPI counts as at target.
    """

    area: str
    kind: str
    weight: int
    check_name: str = ""
    validity_days: int | None = None
    applies: bool = True
    readings: int = USUAL_PROOF["readings"]
    hold: int = USUAL_PROOF["hold"]
    confidence: float = USUAL_PROOF["confidence"]


@dataclass(frozen=True)
class Change:
    """One term that moves: of the criterion `key`, or of the gate itself where that is blank."""

    key: str
    field: str
    before: Value
    after: Value

    @property
    def direction(self) -> str:
        return direction_of_change(self.field, self.before, self.after)


@dataclass(frozen=True)
class GatePlan:
    """What happens to one gate: keys of criteria and their terms afterwards, and every term that moves."""

    kept: dict[str, Terms] = field(default_factory=dict)
    added: dict[str, Terms] = field(default_factory=dict)
    removed: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    thresholds: tuple[int, int] = (0, 0)


def gate_plan(
    *,
    frozen: Mapping[str, Terms],
    old: Mapping[str, Terms],
    new: Mapping[str, Terms],
    frozen_thresholds: Sequence[int],
    old_thresholds: Sequence[int],
    new_thresholds: Sequence[int],
) -> GatePlan:
    """What moving a gate from one version to another does to it, by the keys of its criteria.

    `frozen` is what the gate is judged on now, `old` and `new` what the two versions say for this pilot.
    A term that was amended here stays so unless the versions differ in that very term. Thresholds are
    pairs: score, floor.
    """
    kept = {key: _merged(frozen[key], old.get(key), terms) for key, terms in new.items() if key in frozen}
    added = {key: terms for key, terms in new.items() if key not in frozen}
    # What an earlier version left behind is set aside already.
    removed = tuple(key for key in frozen if key not in new and frozen[key].applies)
    thresholds = tuple(
        after if after != before else now
        for now, before, after in zip(frozen_thresholds, old_thresholds, new_thresholds, strict=True)
    )
    changes = [
        *_threshold_changes(frozen_thresholds, thresholds),
        *(change for key in kept for change in _changes(key, frozen[key], kept[key])),
        *(Change(key, AmendedField.APPLIES, True, False) for key in removed),
        *(Change(key, AmendedField.APPLIES, False, True) for key, terms in added.items() if terms.applies),
    ]
    return GatePlan(kept, added, removed, tuple(changes), (thresholds[0], thresholds[1]))


def _merged(frozen: Terms, old: Terms | None, new: Terms) -> Terms:
    if old is None:
        return new
    moved = {name: getattr(new, name) for name in TERMS if getattr(new, name) != getattr(old, name)}
    return replace(frozen, **moved)


def _threshold_changes(before: Sequence[int], after: Sequence[int]) -> Iterable[Change]:
    names = (AmendedField.SCORE_THRESHOLD, AmendedField.FLOOR_THRESHOLD)
    for name, was, becomes in zip(names, before, after, strict=True):
        if was != becomes:
            yield Change("", name, was, becomes)


def _changes(key: str, before: Terms, after: Terms) -> Iterable[Change]:
    for name in AMENDED:
        was, becomes = getattr(before, name), getattr(after, name)
        if was != becomes:
            yield Change(key, name, was, becomes)


def state_after(*, state: str, before: Terms, after: Terms, verdict: str | None) -> str:
    """How a kept criterion stands afterwards. `verdict` is what the check that decides it says today.

    A waiver stays in force: only that the check finds it met takes its place.
    """
    if not after.applies:
        return AssessmentState.NOT_APPLICABLE
    if verdict is not None:
        stays = state == AssessmentState.WAIVED and verdict != AssessmentState.MET
        return AssessmentState.WAIVED if stays else verdict
    return state if before.applies else AssessmentState.UNKNOWN


def upgrade_blockers(
    *, is_running: bool, phase: str, phases: Iterable[str], is_older: bool, is_published: bool, target: str
) -> list[str]:
    """Why a pilot cannot be moved to a version. `phase` is the key of its phase now, `phases` those there."""
    if not is_published:
        return [f"{target} is not published."]
    if not is_running:
        return ["This pilot is not under way."]
    if not is_older:
        return [f"This pilot is on {target} or a later version already."]
    return (
        [] if phase in set(phases) else [f"{target} has no such phase, so nobody can say where it would be."]
    )
