"""Where a pilot is on its way: the steps of its playbook, and the facts of its first page."""

from dataclasses import dataclass
from datetime import date

from django.db.models import FilteredRelation, Q
from django.utils import timezone

from gates.choices import CURRENT, GateStatus, VersionStatus
from gates.models import Assessment, Gate, GateDefinition, PlaybookVersion
from pilots.models import Event, Pilot


@dataclass(frozen=True)
class Step:
    """One phase with the gate that closes it, as the stepper shows it."""

    phase: str
    gate_key: str
    gate_name: str
    state: str  # done, current or ahead
    marker: str  # actual, forecast or planned: which date it is
    on: date | None
    slip_days: int
    attempt: int
    days: int | None  # in the current phase
    has_gate: bool  # False for phases passed before the pilot was recorded here

    @property
    def note(self) -> str:
        """The date in words, with the slip where there is one."""
        if self.on is None:
            return "no date"
        text = f"{self.on:%-d %b %Y}"
        return f"{text}, {self.slip_days:+d} d" if self.slip_days else text


def steps(pilot: Pilot, *, today: date) -> list[Step]:
    """The phases and gates of this pilot's playbook, in order; [] before it is started. One query."""
    version = Gate.objects.filter(pilot=pilot).order_by("-pk").values("definition__phase__version")[:1]
    rows = (
        GateDefinition.objects.filter(phase__version__in=version)
        .annotate(mine=FilteredRelation("gates", condition=Q(gates__pilot=pilot)))
        .order_by("phase__position", "mine__attempt")
        .values_list(
            "key",
            "name",
            "phase__name",
            "phase__position",
            "mine__status",
            "mine__planned_on",
            "mine__forecast_on",
            "mine__decided_at",
            "mine__attempt",
        )
    )
    latest = {row[0]: row for row in rows}  # the last attempt of each
    return [_step(row, pilot, today) for row in latest.values()]


def _step(row, pilot: Pilot, today: date) -> Step:
    key, name, phase, position, status, planned_on, forecast_on, decided_at, attempt = row
    decided_on = timezone.localdate(decided_at) if decided_at else None
    is_current = status in CURRENT
    passed = status == GateStatus.DECIDED or position < pilot.phase_number
    entered = pilot.phase_entered_on
    return Step(
        phase=phase,
        gate_key=key,
        gate_name=name,
        state="current" if is_current else "done" if passed else "ahead",
        marker="actual" if passed and not is_current else "forecast" if forecast_on else "planned",
        on=decided_on or forecast_on or planned_on,
        slip_days=(forecast_on - planned_on).days if forecast_on and planned_on and not decided_on else 0,
        attempt=attempt or 0,
        days=(today - entered).days if is_current and entered else None,
        has_gate=status is not None,
    )


def current_gate(pilot: Pilot) -> Gate | None:
    """The gate the pilot is working towards. One query."""
    gates = Gate.objects.current().select_related("definition__phase")
    return gates.filter(pilot=pilot).first()


def checklist_of(gate: Gate) -> list[Assessment]:
    """The gate's criteria with their state, in order. One query."""
    return list(gate.assessments.select_related("criterion", "responsible"))


def published_playbooks():
    """The versions a pilot can be started on. One query."""
    return PlaybookVersion.objects.filter(status=VersionStatus.PUBLISHED).select_related("playbook")


def latest_events(pilot: Pilot, count: int = 6) -> list[Event]:
    """The newest of what happened to it. One query."""
    return list(Event.objects.filter(pilot=pilot).select_related("actor").order_by("-pk")[:count])
