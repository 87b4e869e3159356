"""The checklist page: criteria shaped for reading, what blocks, how ready. Seven queries with sign-in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import F
from django.utils import timezone

from gates.choices import Area, AssessmentState, CriterionKind
from gates.journey.readiness import explain, item_of
from gates.models import Assessment, Evidence, Gate
from gates.readiness import Readiness
from pilots.models import Pilot, User

# Where a person puts right what a check found: the words on the button, the page.
FIXES = {
    "accountable_owner": ("Name the owner", "pilots:edit"),
    "sponsor_named": ("Name the sponsor", "pilots:edit"),
    "risk_tier_recorded": ("Rate the risk", "pilots:edit"),
    "business_kpi_defined": ("Define a business KPI", "metrics:kpis"),
    "baselines_taken": ("Enter the baselines", "metrics:kpis"),
    "business_kpis_measured": ("Record a measurement", "metrics:kpis"),
    "business_kpis_at_target": ("See the KPIs", "metrics:kpis"),
    "kpis_fresh": ("Record a measurement", "metrics:kpis"),
    "no_guardrail_broken": ("See the KPIs", "metrics:kpis"),
    "adoption_at_target": ("See the KPIs", "metrics:kpis"),
    "no_condition_open": ("See the conditions", "gates:decisions"),
}


@dataclass(frozen=True)
class CriterionRow:
    """One criterion as the checklist shows it."""

    pk: int
    key: str
    title: str
    area: str
    kind: str
    hint: str
    guidance: str
    evidence_example: str
    role: str
    state: str
    label: str
    tone: str  # ok, bad, info (your move), wait (someone else's), plain
    segment: str  # open, or the assessment's state
    who: User | None
    is_yours: bool
    since: date | None
    days: int
    evidence: list[Evidence] = field(default_factory=list)
    check_name: str = ""
    blocks: bool = False
    applies: bool = True
    stale: bool = False

    @property
    def is_must(self) -> bool:
        return self.kind == CriterionKind.MUST_MEET

    @property
    def is_met(self) -> bool:
        return self.segment == "met"

    @property
    def fix(self) -> tuple[str, str] | None:
        return FIXES.get(self.check_name)


@dataclass(frozen=True)
class AreaGroup:
    """The criteria of one area, with how many of those that apply are met."""

    area: str
    name: str
    rows: list[CriterionRow]
    met: int
    total: int


@dataclass(frozen=True)
class Checklist:
    """Everything the checklist page shows of a gate."""

    gate: Gate
    pilot: Pilot
    readiness: Readiness
    rows: list[CriterionRow]
    blockers: list[CriterionRow]

    def groups(self, shown: Sequence[CriterionRow] | None = None) -> list[AreaGroup]:
        """By area, in the order of the areas; only `shown` rows are listed, all are counted."""
        listed = {row.pk for row in (self.rows if shown is None else shown)}
        groups = [self._group(area, listed) for area in Area]
        return [group for group in groups if group.rows]

    def _group(self, area: Area, listed: set[int]) -> AreaGroup:
        rows = [row for row in self.rows if row.area == area]
        counted = [row for row in rows if row.applies and row.kind != CriterionKind.KILL]
        met = sum(row.is_met for row in counted)
        shown = [row for row in rows if row.pk in listed]
        return AreaGroup(area.value, str(area.label), shown, met, len(counted))

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


def checklist(gate: Gate, assessments: Sequence[Assessment], *, reader: User, today: date) -> Checklist:
    """The page of a gate from its loaded assessments (criterion, responsible). One query, for evidence."""
    readiness = explain(gate, assessments, today=today)
    evidence = evidence_of(gate)
    rows = [row_of(row, gate, evidence.get(row.pk, []), reader=reader, today=today) for row in assessments]
    return Checklist(
        gate=gate,
        pilot=gate.pilot,
        readiness=readiness,
        rows=rows,
        blockers=[row for row in rows if row.blocks],
    )


def evidence_of(gate: Gate) -> dict[int, list[Evidence]]:
    """Assessment id → its evidence, newest first. One query."""
    found: dict[int, list[Evidence]] = {}
    used = Evidence.objects.filter(assessments__gate=gate).annotate(serves=F("assessments"))
    for evidence in used.select_related("added_by"):
        found.setdefault(evidence.serves, []).append(evidence)
    return found


def row_of(
    assessment: Assessment, gate: Gate, evidence: list[Evidence], *, reader: User, today: date
) -> CriterionRow:
    item = item_of(assessment, today=today)
    criterion = assessment.criterion
    who = assessment.responsible or gate.pilot.owner
    moment = assessment.state_since or gate.opened_at
    since = timezone.localdate(moment) if moment else None
    yours = who == reader and not item.is_met and item.applies
    return CriterionRow(
        pk=assessment.pk,
        key=criterion.key,
        title=criterion.title,
        area=assessment.area,
        kind=assessment.kind,
        hint=assessment.note or criterion.guidance,
        guidance=criterion.guidance,
        evidence_example=criterion.evidence_example,
        role=criterion.role,
        state=assessment.state,
        label="Expired" if item.stale else str(AssessmentState(assessment.state).label),
        tone=_tone(assessment.state, item.stale, yours),
        segment=_segment(assessment.state, item.stale),
        who=who,
        is_yours=yours,
        since=since,
        days=(today - since).days if since else 0,
        evidence=evidence,
        check_name=assessment.check_name,
        blocks=item.blocks,
        applies=item.applies,
        stale=item.stale,
    )


def _tone(state: str, stale: bool, yours: bool) -> str:
    if stale or state == AssessmentState.NOT_MET:
        return "bad"
    if state == AssessmentState.MET:
        return "ok"
    if state in (AssessmentState.WAIVED, AssessmentState.NOT_APPLICABLE):
        return "plain"
    return "info" if yours else "wait"


def _segment(state: str, stale: bool) -> str:
    """How the small bar of this criterion is drawn."""
    if stale:
        return AssessmentState.NOT_MET
    return "open" if state == AssessmentState.UNKNOWN else state


SHOWS = (
    ("all", "All"),
    ("yours", "With you"),
    ("open", "Open"),
    ("met", "Met"),
)


def shown_rows(rows: Sequence[CriterionRow], show: str, must_only: bool) -> list[CriterionRow]:
    """The rows of one of SHOWS, must-meets only if asked."""
    wanted = {
        "yours": lambda row: row.is_yours,
        "open": lambda row: row.applies and not row.is_met,
        "met": lambda row: row.is_met,
    }.get(show, lambda row: True)
    return [row for row in rows if wanted(row) and (row.is_must or not must_only)]
