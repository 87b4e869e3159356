"""Where a pilot is on its way: the steps of its playbook, and the facts of its first page."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Exists, FilteredRelation, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from gates.choices import CURRENT, GateStatus, VersionStatus
from gates.models import Assessment, Condition, Gate, GateDefinition, PlaybookVersion, ReviewTurn
from pilots.charts import Step
from pilots.models import Event, Pilot
from pilots.models.lists import ListOf
from pilots.queries import as_person


def way_of(pilot: str = "pk") -> dict[str, ListOf]:
    """What `steps` reads: every attempt at a gate, and the gates of the playbooks these are of.

    `pilot` is the way to its id from the rows that are annotated.
    """
    attempts = Gate.objects.filter(pilot=OuterRef(pilot)).order_by("pk")
    followed = Gate.objects.filter(pilot=OuterRef(OuterRef(pilot))).values("definition__phase__version")
    definitions = GateDefinition.objects.filter(phase__version__in=followed).order_by("phase__position")
    return {"attempts": ListOf(attempts, *ATTEMPT), "playbook_gates": ListOf(definitions, *DEFINITION)}


ATTEMPT = (
    *("status", "planned_on", "forecast_on", "decided_at"),
    *("definition__key", "definition__phase__key", "definition__phase__version_id"),
)
DEFINITION = (
    *("key", "phase__version_id", "phase__key", "phase__name", "phase__position", "phase__typical_days"),
)


def steps(pilot: Pilot, way: Any, *, today: date) -> list[Step]:
    """The phases and gates of a pilot's playbook, in order; [] before it is started. No query.

    `way` is the row with its `way_of`: the pilot itself, or one of its gates.
    Gates decided on an earlier version of the playbook stand at the phase of the same key.
    """
    attempts = way.attempts
    if not attempts:
        return []
    # What is still ahead follows the pilot to another version; what has been decided stays where it was.
    ahead = (one for one in reversed(attempts) if one["status"] != GateStatus.DECIDED)
    version = next(ahead, attempts[-1])["definition__phase__version_id"]
    latest = {one["definition__phase__key"]: one for one in attempts}  # the last attempt of each
    return [
        _step(definition, latest.get(definition["phase__key"]), pilot, today)
        for definition in way.playbook_gates
        if definition["phase__version_id"] == version
    ]


def _step(definition: dict[str, Any], attempt: dict[str, Any] | None, pilot: Pilot, today: date) -> Step:
    planned_on = forecast_on = decided_at = None
    is_current = passed = False
    if attempt is not None:
        planned_on, forecast_on = attempt["planned_on"], attempt["forecast_on"]
        decided_at = attempt["decided_at"]
        is_current, passed = attempt["status"] in CURRENT, attempt["status"] == GateStatus.DECIDED
    passed = passed or (not is_current and definition["phase__position"] < pilot.phase_number)
    on = timezone.localdate(decided_at) if decided_at else forecast_on or planned_on
    slipped = not passed and forecast_on and planned_on and (forecast_on - planned_on).days
    days = (today - pilot.phase_entered_on).days if is_current and pilot.phase_entered_on else None
    typical = definition["phase__typical_days"]
    return Step(
        phase=definition["phase__name"],
        state="current" if is_current else "done" if passed else "next",
        gate=definition["key"],
        on=date_format(on, "j M Y") if on else "",
        gate_state="decided" if passed else "forecast" if forecast_on else "planned",
        note=f"{slipped:+d} d" if slipped else "",
        detail=f"{days:,} days" if days is not None else "",
        progress=min(95, 100 * days // typical) if days is not None and typical else 50,
        url=reverse("gates:gate", args=[pilot.key, attempt["definition__key"]]) if attempt else "",
    )


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


def latest_turns() -> ListOf:
    """The same to annotate gates with: a list of one, or of none."""
    newest = ReviewTurn.objects.filter(gate=OuterRef("pk")).order_by("-pk")
    return ListOf(newest[:1], "said", "at", "by__name", "by__email")


def as_turn(rows: Iterable[dict[str, Any]]) -> ReviewTurn | None:
    """What `latest_turns` found; None where there was none. No query."""
    for row in rows:
        return ReviewTurn(said=row["said"], at=row["at"], by=as_person(row, "by"))
    return None


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


def latest_events(count: int = 6) -> ListOf:
    """The newest of what happened to a pilot, to annotate pilots with; `as_events` makes events of it."""
    newest = Event.objects.filter(pilot=OuterRef("pk")).order_by("-pk")
    return ListOf(newest[:count], "type", "at", "data", "actor__name", "actor__email")


def as_events(rows: Iterable[dict[str, Any]]) -> list[Event]:
    """Events that know their type, when they were, what they were about and who did them. No query."""
    known = ("type", "at", "data")
    return [Event(**{name: row[name] for name in known}, actor=as_person(row, "actor")) for row in rows]
