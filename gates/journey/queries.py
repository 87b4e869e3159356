"""Where a pilot is on its way: the steps of its playbook, and the facts of its first page."""

from datetime import date

from django.db.models import FilteredRelation, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from gates.choices import CURRENT, GateStatus, VersionStatus
from gates.models import Assessment, Gate, GateDefinition, PlaybookVersion, ReviewTurn
from pilots.charts import Step
from pilots.models import Event, Pilot


def steps(pilot: Pilot, *, today: date) -> list[Step]:
    """The phases and gates of this pilot's playbook, in order; [] before it is started. One query."""
    version = Gate.objects.filter(pilot=pilot).order_by("-pk").values("definition__phase__version")[:1]
    rows = (
        GateDefinition.objects.filter(phase__version__in=version)
        .annotate(mine=FilteredRelation("gates", condition=Q(gates__pilot=pilot)))
        .order_by("phase__position", "mine__attempt")
        .values_list(
            "key",
            "phase__name",
            "phase__position",
            "phase__typical_days",
            "mine__status",
            "mine__planned_on",
            "mine__forecast_on",
            "mine__decided_at",
        )
    )
    latest = {row[0]: row for row in rows}  # the last attempt of each
    return [_step(row, pilot, today) for row in latest.values()]


def _step(row, pilot: Pilot, today: date) -> Step:
    key, phase, position, typical, status, planned_on, forecast_on, decided_at = row
    is_current = status in CURRENT
    passed = not is_current and (status == GateStatus.DECIDED or position < pilot.phase_number)
    on = timezone.localdate(decided_at) if decided_at else forecast_on or planned_on
    slipped = not passed and forecast_on and planned_on and (forecast_on - planned_on).days
    days = (today - pilot.phase_entered_on).days if is_current and pilot.phase_entered_on else None
    return Step(
        phase=phase,
        state="current" if is_current else "done" if passed else "next",
        gate=key,
        on=date_format(on, "j M Y") if on else "",
        gate_state="decided" if passed else "forecast" if forecast_on else "planned",
        note=f"{slipped:+d} d" if slipped else "",
        detail=f"{days:,} days" if days is not None else "",
        progress=min(95, 100 * days // typical) if days is not None and typical else 50,
        url=reverse("gates:gate", args=[pilot.key, key]) if status is not None else "",
    )


def with_current_gate(pilots):
    """Pilots with the gate they are working towards as `current`; without one the attribute is not there."""
    current = FilteredRelation("gates", condition=Q(gates__status__in=CURRENT))
    return pilots.annotate(current=current).select_related(
        "current__definition__phase", "current__waiting_for"
    )


def latest_turn(gate: Gate) -> ReviewTurn | None:
    """The last time the gate was handed over for review or back; what was said then still holds. One query."""
    return gate.turns.select_related("by").first()


def checklist_of(gate: Gate) -> list[Assessment]:
    """The gate's criteria with their state, in order. One query."""
    return list(gate.assessments.select_related("criterion", "responsible"))


def published_playbooks():
    """The versions a pilot can be started on. One query."""
    published = PlaybookVersion.objects.filter(status=VersionStatus.PUBLISHED)
    return published.select_related("playbook").defer("source")  # the whole playbook as text


def latest_events(pilot: Pilot, count: int = 6) -> list[Event]:
    """The newest of what happened to it. One query."""
    return list(Event.objects.filter(pilot=pilot).select_related("actor").order_by("-pk")[:count])
