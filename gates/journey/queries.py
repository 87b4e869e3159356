"""Where a pilot is on its way: the steps of its playbook, and the facts of its first page."""

from datetime import date

from django.db.models import Exists, FilteredRelation, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from gates.choices import CURRENT, GateStatus, VersionStatus
from gates.models import Assessment, Condition, Gate, GateDefinition, PlaybookVersion, ReviewTurn
from pilots.charts import Step
from pilots.models import Event, Pilot


def steps(pilot: Pilot, *, today: date) -> list[Step]:
    """The phases and gates of this pilot's playbook, in order; [] before it is started. Two queries.

    Gates decided on an earlier version of the playbook stand at the phase of the same key.
    """
    gates = list(
        Gate.objects.filter(pilot=pilot)
        .order_by("pk")
        .select_related("definition__phase")
        .only("pilot", "status", "planned_on", "forecast_on", "decided_at", "definition__key",
              "definition__phase__key", "definition__phase__version")
    )  # fmt: skip
    if not gates:
        return []
    # What is still ahead follows the pilot to another version; what has been decided stays where it was.
    newest = next((gate for gate in reversed(gates) if gate.status != GateStatus.DECIDED), gates[-1])
    latest = {gate.definition.phase.key: gate for gate in gates}  # the last attempt of each
    definitions = GateDefinition.objects.filter(phase__version=newest.definition.phase.version_id)
    return [
        _step(definition, latest.get(definition.phase.key), pilot, today)
        for definition in definitions.select_related("phase").order_by("phase__position")
    ]


def _step(definition: GateDefinition, gate: Gate | None, pilot: Pilot, today: date) -> Step:
    phase, planned_on, forecast_on, decided_at = definition.phase, None, None, None
    is_current = passed = False
    if gate is not None:
        planned_on, forecast_on, decided_at = gate.planned_on, gate.forecast_on, gate.decided_at
        is_current, passed = gate.is_current, gate.status == GateStatus.DECIDED
    passed = passed or (not is_current and phase.position < pilot.phase_number)
    on = timezone.localdate(decided_at) if decided_at else forecast_on or planned_on
    slipped = not passed and forecast_on and planned_on and (forecast_on - planned_on).days
    days = (today - pilot.phase_entered_on).days if is_current and pilot.phase_entered_on else None
    return Step(
        phase=phase.name,
        state="current" if is_current else "done" if passed else "next",
        gate=definition.key,
        on=date_format(on, "j M Y") if on else "",
        gate_state="decided" if passed else "forecast" if forecast_on else "planned",
        note=f"{slipped:+d} d" if slipped else "",
        detail=f"{days:,} days" if days is not None else "",
        progress=min(95, 100 * days // phase.typical_days) if days is not None and phase.typical_days else 50,
        url=_address(gate, pilot) if gate is not None else "",
    )


def _address(gate: Gate, pilot: Pilot) -> str:
    return reverse("gates:gate", args=[pilot.key, gate.definition.key])


def with_current_gate(pilots):
    """Pilots with the gate they are working towards as `current`; without one the attribute is not there.

    `sent_back`: that gate was, and its reviewers have not been answered.
    """
    current = FilteredRelation("gates", condition=Q(gates__status__in=CURRENT))
    found = pilots.annotate(current=current).select_related(
        "current__definition__phase", "current__waiting_for"
    )
    return found.annotate(sent_back=is_sent_back("current__pk"))


def latest_turn(gate: Gate) -> ReviewTurn | None:
    """The last time the gate was handed over for review or back; what was said then still holds. One query."""
    return gate.turns.select_related("by").first()


def is_sent_back(gate: str = "pk") -> Exists:
    """Whether its reviewers sent a gate back and have not been answered: then it is the owner's turn.

    `gate` is the way to its id from the rows that are annotated.
    """
    return Exists(ReviewTurn.objects.unanswered().filter(gate=OuterRef(gate)))


def checklist_of(gate: Gate) -> list[Assessment]:
    """The gate's criteria with their state, in order. One query."""
    return list(gate.assessments.select_related("criterion", "responsible"))


def open_scope(pilot: str = "pk") -> Subquery:
    """How far the pilot may go while conditions of a conditional go are open; null where none is.

    `pilot` is the way to it from the rows that are annotated.
    """
    still_open = Condition.objects.open().filter(decision__gate__pilot=OuterRef(pilot))
    capped = still_open.exclude(decision__scope_cap="").order_by("decision_id")
    return Subquery(capped.values("decision__scope_cap")[:1])


def published_playbooks():
    """The versions a pilot can be started on. One query."""
    published = PlaybookVersion.objects.filter(status=VersionStatus.PUBLISHED)
    return published.select_related("playbook").defer("source")  # the whole playbook as text


def latest_events(pilot: Pilot, count: int = 6) -> list[Event]:
    """The newest of what happened to it. One query."""
    return list(Event.objects.filter(pilot=pilot).select_related("actor").order_by("-pk")[:count])
