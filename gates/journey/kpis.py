"""What a pilot's gates have to do with one of its KPIs: marks on its chart, and the criteria it decides."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils import timezone

from gates.checks.kpis import checks_about
from gates.choices import CURRENT, AssessmentState
from gates.models import Assessment, Criterion, Decision, Gate, PhaseEntry
from gates.rules import freeze_day
from metrics.models import Kpi
from pilots.charts import Mark
from pilots.models import Pilot


def gate_marks(pilot: Pilot) -> list[Mark]:
    """What was decided at this pilot's gates and the phases it entered, oldest first. Two queries.

    A phase entered on the day of a decision stands in the words of that one.
    """
    entries = PhaseEntry.objects.filter(pilot=pilot, entered_on__isnull=False).select_related("phase")
    began = {entry.entered_on: f"{entry.phase.name} began" for entry in entries if entry.entered_on}
    marks = []
    decisions = Decision.objects.filter(gate__pilot=pilot).standing().select_related("gate__definition")
    for decision in decisions.order_by("decided_at"):
        on = timezone.localdate(decision.decided_at)
        phase = began.pop(on, "")
        words = decision.get_outcome_display() + (f", {phase}" if phase else "")
        marks.append(Mark(on, decision.gate.definition.key, words, "gate"))
    marks += [Mark(on, "", words, "phase") for on, words in began.items()]
    return sorted(marks, key=lambda mark: (mark.on, mark.label))


def freeze_of(pilot_id: int) -> date | None:
    """The day on which the evidence of the pilot's open gate freezes by its plan; None without one. One query."""
    gates = Gate.objects.filter(pilot=pilot_id, status__in=CURRENT)
    plan = gates.values_list("planned_on", "definition__freeze_days_before").first()
    return freeze_day(*plan) if plan else None


@dataclass(frozen=True)
class Use:
    """A criterion that a KPI decides, alone or with others."""

    gate: str  # key
    criterion: str  # key
    title: str
    state: str  # in words
    url: str  # "" where the gate lies ahead


def uses_of(kpi: Kpi) -> list[Use]:
    """The criteria this KPI decides: those of the gates its pilot has reached, then those ahead. Two queries."""
    names = checks_about(kpi.kind)
    reached: dict[tuple[str, str], Use] = {}
    version = None
    assessed = (
        Assessment.objects.filter(gate__pilot=kpi.pilot_id, check_name__in=names)
        .select_related("gate__definition__phase", "criterion")
        .order_by("gate__definition__phase__position", "gate__attempt", "criterion__position")
    )
    for one in assessed:
        gate, criterion = one.gate.definition, one.criterion
        version = gate.phase.version_id
        url = reverse("gates:criterion", args=[kpi.pilot.key, gate.key, criterion.key])
        state = str(AssessmentState(one.state).label)
        reached[gate.key, criterion.key] = Use(gate.key, criterion.key, criterion.title, state, url)
    ahead = (
        Criterion.objects.filter(gate__phase__version=version, check_name__in=names)
        .select_related("gate")
        .order_by("gate__phase__position", "position")
    )
    entered = {gate for gate, _ in reached}
    return [
        *reached.values(),
        *(Use(one.gate.key, one.key, one.title, "Ahead", "") for one in ahead if one.gate.key not in entered),
    ]
