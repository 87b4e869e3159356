"""The checklist page: criteria shaped for reading, what blocks, how ready."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from django.utils import timezone

from gates.checks import CHECKS, Fix
from gates.choices import PROOF_TERMS, Area, AssessmentState, CriterionKind
from gates.evidence.queries import Piece
from gates.evidence.rules import expired_sentence
from gates.journey.readiness import explain, item_of, waits_for
from gates.models import Assessment, Gate
from gates.readiness import Readiness
from gates.rules import opens_when, proof_words
from gates.waivers.rules import written
from pilots.charts import Segment
from pilots.models import Pilot, User


@dataclass(frozen=True)
class CriterionRow:
    """One criterion as the checklist shows it."""

    pk: int
    key: str
    title: str
    area: str
    kind: str
    weight: int
    hint: str
    reason: str  # why it is not met, as far as anyone has said
    note: str
    guidance: str
    evidence_example: str
    role: str
    state: str
    label: str
    tone: str  # ok, bad, new or half (your move), wait (someone else's), waived, plain
    segment: str  # open, or the assessment's state
    who: User | None
    is_yours: bool
    since: date | None
    days: int
    evidence: list[Piece] = field(default_factory=list)
    check_name: str = ""
    proof: str = ""  # what it asks of KPIs that are to be at target, where that is not the usual
    blocks: bool = False
    applies: bool = True
    stale: bool = False
    stale_on: date | None = None  # from then on it no longer counts
    depends_on: Sequence[str] = ()  # keys of criteria of the gate
    cannot_start: bool = False  # what it depends on is open, and nobody has begun it

    @property
    def is_waived(self) -> bool:
        """Waived, be it that the waiver has expired by now."""
        return self.state == AssessmentState.WAIVED

    @property
    def is_must(self) -> bool:
        return self.kind == CriterionKind.MUST_MEET

    @property
    def kind_label(self) -> str:
        return str(CriterionKind(self.kind).label)

    @property
    def is_met(self) -> bool:
        return self.segment == AssessmentState.MET

    @property
    def counts(self) -> bool:
        """Whether it takes part in the score."""
        return self.applies and self.kind != CriterionKind.KILL

    @property
    def fix(self) -> Fix | None:
        """What makes the check pass that decides it; None where it is met or people decide."""
        decided_by = None if self.is_met else CHECKS.get(self.check_name)
        return decided_by.fix if decided_by else None


@dataclass(frozen=True)
class AreaGroup:
    """The criteria of one area, with how many of those that apply are met."""

    area: str
    name: str
    rows: list[CriterionRow]
    segments: list[Segment]  # of all its criteria, shown or not

    @property
    def met(self) -> int:
        return sum(segment.state == AssessmentState.MET for segment in self.segments)

    @property
    def total(self) -> int:
        return len(self.segments)


@dataclass(frozen=True)
class Checklist:
    """Everything the checklist page shows of a gate."""

    gate: Gate
    pilot: Pilot
    readiness: Readiness
    rows: list[CriterionRow]
    blockers: list[CriterionRow]

    def groups(self, shown: Sequence[CriterionRow]) -> list[AreaGroup]:
        """By area, in the order of the areas; only `shown` rows are listed, all are counted."""
        listed = {row.pk for row in shown}
        groups = [self._group(area, listed) for area in Area]
        return [group for group in groups if group.rows]

    def opened_by(self, row: CriterionRow) -> list[CriterionRow]:
        """The rows that depend on this one and could start now."""
        return [other for other in self.rows if row.key in other.depends_on and not other.cannot_start]

    @property
    def all_groups(self) -> list[AreaGroup]:
        return self.groups(self.rows)

    def _group(self, area: Area, listed: set[int]) -> AreaGroup:
        rows = [row for row in self.rows if row.area == area]
        segments = [Segment(row.segment, must=row.is_must, label=row.title) for row in rows if row.counts]
        return AreaGroup(area.value, str(area.label), [row for row in rows if row.pk in listed], segments)

    @property
    def score(self) -> int:
        return int(self.readiness.score)

    @property
    def floor(self) -> int:
        return int(self.readiness.floor)

    @property
    def floor_name(self) -> str:
        return str(Area(self.readiness.floor_area).label) if self.readiness.floor_area else ""

    @property
    def unknown(self) -> int:
        return int(self.readiness.unknown)

    @property
    def must(self) -> list[CriterionRow]:
        return [row for row in self.rows if row.counts and row.is_must]

    @property
    def should(self) -> list[CriterionRow]:
        return [row for row in self.rows if row.counts and not row.is_must]

    @property
    def must_met(self) -> int:
        return sum(row.is_met for row in self.must)

    @property
    def must_total(self) -> int:
        return len(self.must)

    @property
    def should_total(self) -> int:
        return len(self.should)

    @property
    def should_met(self) -> int:
        return sum(row.is_met for row in self.should)

    @property
    def formula(self) -> str:
        """How the score comes about, so that it can be checked by hand."""
        counted = [row for row in self.rows if row.counts]
        total = sum(row.weight for row in counted)
        met = sum(row.weight for row in counted if row.is_met)
        return f"{met} of {total} points are met; a criterion brings its weight." if total else ""

    @property
    def title(self) -> str:
        """The heading above the blockers."""
        count = len(self.blockers)
        if self.readiness.passes:
            return "This gate is ready to be decided"
        if count == 0:
            return "No must-meet is open, but the gate is not ready"
        return f"{number_word(count)} {'thing blocks' if count == 1 else 'things block'} this gate"


WORDS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


def number_word(count: int) -> str:
    return WORDS[count] if count < len(WORDS) else str(count)


def checklist(
    gate: Gate,
    assessments: Sequence[Assessment],
    *,
    reader: User,
    today: date,
    evidence: Mapping[int, list[Piece]] = MappingProxyType({}),
) -> Checklist:
    """The page of a gate from its loaded assessments (criterion, responsible) and its evidence. No query.

    Where nobody sees the single criteria, there is no need to load evidence.
    """
    readiness = explain(gate, assessments, today=today)
    waiting = waits_for(assessments, today=today)
    rows = [
        row_of(row, gate, evidence.get(row.pk, []), reader=reader, today=today, waiting_for=waiting[row.pk])
        for row in assessments
    ]
    return Checklist(
        gate=gate,
        pilot=gate.pilot,
        readiness=readiness,
        rows=rows,
        blockers=[row for row in rows if row.blocks],
    )


def row_of(
    assessment: Assessment,
    gate: Gate,
    evidence: list[Piece],
    *,
    reader: User,
    today: date,
    waiting_for: Sequence[str],
) -> CriterionRow:
    """One criterion; `waiting_for` are the keys it depends on that are still open."""
    item = item_of(assessment, today=today)
    criterion = assessment.criterion
    who = assessment.responsible or gate.pilot.owner
    moment = assessment.state_since or gate.opened_at
    since = timezone.localdate(moment) if moment else None
    waived = assessment.state == AssessmentState.WAIVED and not item.stale
    cannot_start = bool(waiting_for) and assessment.state == AssessmentState.UNKNOWN
    reason = f"This {opens_when(waiting_for)}." if cannot_start else assessment.note
    yours = who == reader and not item.is_met and item.applies and not cannot_start and not waived
    return CriterionRow(
        pk=assessment.pk,
        key=criterion.key,
        title=criterion.title,
        area=assessment.area,
        kind=assessment.kind,
        weight=assessment.weight,
        hint=first_sentence(reason or criterion.guidance),
        reason=_expired(assessment) if item.stale else reason,
        note=assessment.note,
        guidance=criterion.guidance,
        evidence_example=criterion.evidence_example,
        role=criterion.role,
        state=assessment.state,
        label=_label(assessment, item.stale, cannot_start),
        tone=_tone(assessment.state, item.stale, yours),
        segment=_segment(assessment.state, item.stale),
        who=who,
        is_yours=yours,
        since=since,
        days=(today - since).days if since else 0,
        evidence=evidence,
        check_name=assessment.check_name,
        proof=proof_words({term: getattr(criterion, term) for term in PROOF_TERMS}),
        blocks=item.blocks,
        applies=item.applies,
        stale=item.stale,
        stale_on=assessment.stale_on,
        depends_on=criterion.depends_on,
        cannot_start=cannot_start,
    )


def first_sentence(text: str) -> str:
    """What fits on one line of the list; the rest is in the opened row."""
    return re.split(r"(?<=[.!?])\s", text.strip(), maxsplit=1)[0]


def _label(assessment: Assessment, stale: bool, cannot_start: bool) -> str:
    """Where it stands, in a few words; of a waiver the day on which it ends."""
    if assessment.state == AssessmentState.WAIVED and assessment.stale_on:
        return f"{'Waiver expired on' if stale else 'Waived until'} {written(assessment.stale_on)}"
    if stale:
        return "Expired"
    return "Cannot start yet" if cannot_start else str(AssessmentState(assessment.state).label)


def _expired(assessment: Assessment) -> str:
    """Why something that once let the gate pass does so no more."""
    if assessment.state == AssessmentState.WAIVED and assessment.stale_on:
        return f"Its waiver expired on {written(assessment.stale_on)}."
    return expired_sentence(assessment.stale_on)


def _tone(state: str, stale: bool, yours: bool) -> str:
    if stale:
        return "bad"
    yours_or_not: dict[str, str] = {
        AssessmentState.UNKNOWN: "new" if yours else "wait",
        AssessmentState.IN_PROGRESS: "half" if yours else "wait",
    }
    settled: dict[str, str] = {
        AssessmentState.MET: "ok",
        AssessmentState.NOT_MET: "bad",
        AssessmentState.WAIVED: "waived",
    }
    return (yours_or_not | settled).get(state, "plain")


def _segment(state: str, stale: bool) -> str:
    """How the small bar of this criterion is drawn."""
    if stale:
        return AssessmentState.NOT_MET
    return "open" if state == AssessmentState.UNKNOWN else state
