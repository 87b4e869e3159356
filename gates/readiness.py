"""How ready a gate is: the one definition. Pure and exact; explains one gate, oracle of the batch."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from gates.choices import AssessmentState, CriterionKind

UNMET = (AssessmentState.UNKNOWN, AssessmentState.IN_PROGRESS, AssessmentState.NOT_MET)


@dataclass(frozen=True)
class Item:
    """One criterion at one gate, reduced to what readiness needs.

    `weight` is in points of the playbook (1 or more). `stale` says that its evidence or waiver has
    expired, so a met or waived criterion no longer counts as such.
    """

    key: str
    area: str
    kind: str
    weight: int
    state: str
    stale: bool = False

    @property
    def applies(self) -> bool:
        return self.state != AssessmentState.NOT_APPLICABLE

    @property
    def scores(self) -> bool:
        """Whether it takes part in the score: a kill criterion only ever fires."""
        return self.applies and self.kind != CriterionKind.KILL

    @property
    def is_met(self) -> bool:
        return self.state == AssessmentState.MET and not self.stale

    @property
    def blocks(self) -> bool:
        return self.applies and self.kind == CriterionKind.MUST_MEET and (self.state in UNMET or self.stale)

    @property
    def opens_others(self) -> bool:
        """Whether what depends on it may start: it is met or waived, or is not asked for here."""
        settled = self.state in (AssessmentState.MET, AssessmentState.WAIVED) and not self.stale
        return settled or not self.applies

    @property
    def fires(self) -> bool:
        return self.kind == CriterionKind.KILL and self.state == AssessmentState.MET


@dataclass(frozen=True)
class Readiness:
    """The readiness of one gate. Percentages are exact fractions from 0 to 100."""

    score: Fraction
    floor: Fraction
    floor_area: str  # the weakest area; blank when no criterion applies
    unknown: Fraction  # share of the weight that nobody has assessed
    blockers: tuple[str, ...]  # keys of must-meets in the way, in the order given
    fired: tuple[str, ...]  # keys of kill criteria that have come true
    gaps: Mapping[str, Fraction]  # key → points missing; they add up to 100 − score
    passes: bool


def assess(items: Iterable[Item], *, score_threshold: int, floor_threshold: int) -> Readiness:
    """Score the criteria of one gate against its thresholds (percent). No criterion at all scores 0."""
    items = list(items)
    scored = [item for item in items if item.scores]
    total = sum(item.weight for item in scored)
    score = _share(sum(item.weight for item in scored if item.is_met), total)
    floor, floor_area = _weakest_area(scored)
    blockers = tuple(item.key for item in items if item.blocks)
    fired = tuple(item.key for item in items if item.fires)
    unknown = sum(item.weight for item in scored if item.state == AssessmentState.UNKNOWN)
    return Readiness(
        score=score,
        floor=floor,
        floor_area=floor_area,
        unknown=_share(unknown, total) if total else Fraction(100),
        blockers=blockers,
        fired=fired,
        gaps={item.key: _share(item.weight, total) for item in scored if not item.is_met},
        passes=bool(
            total and not blockers and not fired and score >= score_threshold and floor >= floor_threshold
        ),
    )


def _share(part: int, whole: int) -> Fraction:
    return Fraction(100 * part, whole) if whole else Fraction(0)


def _weakest_area(scored: list[Item]) -> tuple[Fraction, str]:
    met: dict[str, int] = defaultdict(int)
    total: dict[str, int] = defaultdict(int)
    for item in scored:
        total[item.area] += item.weight
        met[item.area] += item.weight if item.is_met else 0
    # Equal shares: the first by name, as the batch does, so that every database says the same.
    return min(((_share(met[area], total[area]), area) for area in total), default=(Fraction(0), ""))
