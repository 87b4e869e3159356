"""Moving a pilot along its playbook. Entering a phase opens its gate and freezes the criteria."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max

from gates import events
from gates.checks import evaluate
from gates.choices import AssessmentState, GateStatus, ReviewStep, VersionStatus
from gates.journey.asking import ask_seats
from gates.journey.proof import ask_proof
from gates.journey.readiness import refresh_gates, score_gates, verdict_of
from gates.journey.waiting import WAITING, settle
from gates.models import (
    Assessment,
    Criterion,
    Gate,
    GateDefinition,
    Phase,
    PhaseEntry,
    PlaybookVersion,
    ReviewTurn,
)
from gates.rules import PILOTED, plan_blockers, review_blockers, start_blockers
from metrics.readings.judging import begin_counting
from pilots import clock
from pilots.choices import PilotState
from pilots.events import changed_fields, record
from pilots.models import Pilot, User
from pilots.rules import RuleViolation


@dataclass(frozen=True)
class Move:
    """A pilot enters a phase. Unknown dates stay None; `plan` is gate definition id → planned day."""

    pilot: Pilot
    phase: Phase
    entered_on: date | None
    plan: dict[int, date]


@transaction.atomic
def start_pilot(*, pilot: Pilot, version: PlaybookVersion, on: date, by: User) -> Gate:
    """Put a pilot in intake on a playbook: it enters the first phase on this day.

    Its gates are planned one after the other by how long each phase typically takes. Returns the
    gate now open. Raises RuleViolation.
    """
    pilot = Pilot.objects.select_for_update(no_key=True).get(pk=pilot.pk)
    blockers = start_blockers(
        state=pilot.state,
        archived=pilot.archived_at is not None,
        phase=pilot.phase,
        published=version.status == VersionStatus.PUBLISHED,
        in_future=on > clock.today(),
    )
    if blockers:
        raise RuleViolation(*blockers)
    phases = list(version.phases.select_related("gate").order_by("position"))
    if not phases:
        raise RuleViolation("This playbook has no phases.")
    return enter_phase(pilot=pilot, phase=phases[0], on=on, plan=planned_days(phases, on), by=by)


def planned_days(phases: Sequence[Phase], start: date) -> dict[int, date]:
    """Gate definition id → planned day, each phase taking its typical time from `start` on."""
    plan, day = {}, start
    for phase in phases:
        day += timedelta(days=phase.typical_days)
        plan[phase.gate.pk] = day
    return plan


@transaction.atomic
def enter_phase(
    *, pilot: Pilot, phase: Phase, on: date, by: User | None, plan: dict[int, date] | None = None
) -> Gate:
    """A locked pilot enters a phase: the stay is written down and the phase's gate opens, frozen.

    `plan` gives planned days to gates that are made now (gate definition id → day).
    """
    before, state_before = pilot.phase_name, pilot.state
    stamp_phase(pilot, phase, on, of=phase.version.phases.count())
    pilot.save(update_fields=PHASE_FIELDS)
    told: dict[str, Any] = {}
    if phase.position == PILOTED:
        begin_counting(pilot, on)
        told["readings_count_from"] = on.isoformat()
    # Checks say what is true today, also where the phase was entered earlier.
    gate = open_gates([Move(pilot, phase, on, plan or {})], today=clock.today())[0]
    changes = {"phase": [before or None, phase.name]}
    if pilot.state != state_before:
        changes["state"] = [state_before, pilot.state]
    record(
        events.PHASE_ENTERED,
        subject=gate,
        pilot=pilot,
        actor=by,
        changes=changes,
        gate=f"{gate.definition.key} {gate.definition.name}",
        **told,
    )
    gate.refresh_from_db()
    return gate


PHASE_FIELDS = [
    "state",
    "phase",
    "phase_name",
    "phase_number",
    "phase_count",
    "phase_entered_on",
    "in_production",
    "reached_production_on",
]


def stamp_phase(pilot: Pilot, phase: Phase, entered_on: date | None, *, of: int) -> None:
    """Copy onto the pilot where it is, for lists that must not join: this phase, of so many. Not saved."""
    pilot.state = PilotState.ACTIVE
    pilot.phase, pilot.phase_name = phase.key, phase.name
    pilot.phase_number, pilot.phase_count = phase.position, of
    pilot.phase_entered_on = entered_on
    pilot.in_production = phase.in_production
    if phase.in_production and pilot.reached_production_on is None:
        pilot.reached_production_on = entered_on


@transaction.atomic
def open_gates(moves: Sequence[Move], *, today: date) -> list[Gate]:
    """Write the stays of these moves, make the gates still ahead, open each phase's own gate.

    Set-based: the number of queries depends on batches, not on pilots. The caller has stamped and
    saved the pilots, and records the events. Returns the opened gates in the order of the moves.
    """
    pilots = [move.pilot.pk for move in moves]
    ahead = _definitions_by_version(moves)
    _write_stays(moves)
    gates = _gates_ahead(moves, pilots, ahead)
    opened = [gates[move.pilot.pk, move.phase.pk] for move in moves]
    _open([move.pilot for move in moves], opened, today)
    return opened


@transaction.atomic
def open_next_round(*, gate: Gate, planned_on: date, today: date) -> Gate:
    """A recurring gate that has been decided opens again, with its criteria fresh. Returns the new gate."""
    move = Move(gate.pilot, gate.definition.phase, None, {gate.definition_id: planned_on})
    following = _new_gate(move, gate.definition, gate.attempt + 1)
    following.save()
    _open([gate.pilot], [following], today)
    return following


def _open(pilots: Sequence[Pilot], gates: Sequence[Gate], today: date) -> None:
    ids = [gate.pk for gate in gates]
    Gate.objects.filter(pk__in=ids).update(status=GateStatus.OPEN, opened_at=clock.now())
    _freeze_criteria(gates, {pilot.pk: pilot for pilot in pilots}, today)
    score_gates(ids, today=today)
    if ask_proof(gates):
        refresh_gates(Gate.objects.filter(pk__in=ids), today=today)


def _definitions_by_version(moves: Iterable[Move]) -> dict[int, list[GateDefinition]]:
    versions = {move.phase.version_id for move in moves}
    found: dict[int, list[GateDefinition]] = {pk: [] for pk in versions}
    for definition in GateDefinition.objects.filter(phase__version__in=versions).select_related("phase"):
        found[definition.phase.version_id].append(definition)
    return found


def _write_stays(moves: Sequence[Move]) -> None:
    pilots = [move.pilot.pk for move in moves]
    ends = {move.pilot.pk: move.entered_on for move in moves}
    left = list(PhaseEntry.objects.filter(pilot__in=pilots, is_current=True))
    for stay in left:
        stay.is_current, stay.left_on = False, ends[stay.pilot_id]
    PhaseEntry.objects.bulk_update(left, ["is_current", "left_on"], batch_size=500)
    PhaseEntry.objects.bulk_create(
        (PhaseEntry(pilot=move.pilot, phase=move.phase, entered_on=move.entered_on) for move in moves),
        batch_size=500,
    )


def _gates_ahead(moves, pilots, ahead) -> dict[tuple[int, int], Gate]:
    """(pilot id, phase id) → the undecided gate of every phase from the entered one on, made if missing."""
    existing = Gate.objects.filter(pilot__in=pilots).select_related("definition")
    undecided = {(g.pilot_id, g.definition.phase_id): g for g in existing if g.status == GateStatus.UPCOMING}
    attempts = _attempts(pilots)
    made = []
    for move in moves:
        for definition in ahead[move.phase.version_id]:
            place = (move.pilot.pk, definition.phase_id)
            if definition.phase.position >= move.phase.position and place not in undecided:
                attempt = attempts.get((move.pilot.pk, definition.key), 0) + 1
                undecided[place] = _new_gate(move, definition, attempt)
                made.append(undecided[place])
    Gate.objects.bulk_create(made, batch_size=500)
    return undecided


def _attempts(pilots: list[int]) -> dict[tuple[int, str], int]:
    """(pilot id, key of the gate) → how often it was tried, in whatever version of the playbook."""
    tried = Gate.objects.filter(pilot__in=pilots).order_by().values_list("pilot_id", "definition__key")
    return {(pilot, key): last for pilot, key, last in tried.annotate(last=Max("attempt"))}


def _new_gate(move: Move, definition: GateDefinition, attempt: int) -> Gate:
    return Gate(
        pilot=move.pilot,
        definition=definition,
        attempt=attempt,
        planned_on=move.plan.get(definition.pk),
        score_threshold=definition.score_threshold,
        floor_threshold=definition.floor_threshold,
    )


def _freeze_criteria(gates: Sequence[Gate], pilots: dict[int, Pilot], today: date) -> None:
    """Copy the terms of each gate's criteria onto the gate, already decided where a check decides."""
    criteria: dict[int, list[Criterion]] = {gate.definition_id: [] for gate in gates}
    for criterion in Criterion.objects.filter(gate__in=criteria).order_by("position"):
        criteria[criterion.gate_id].append(criterion)
    names = {c.check_name for found in criteria.values() for c in found if c.check_name}
    failures = evaluate(names, Pilot.objects.filter(pk__in=pilots), today=today)
    now = clock.now()
    rows = (
        _frozen(gate, criterion, pilots[gate.pilot_id], failures, now)
        for gate in gates
        for criterion in criteria[gate.definition_id]
    )
    # A gate left undecided and entered again is as it was left: what was said there stays.
    Assessment.objects.bulk_create(rows, batch_size=2_000, ignore_conflicts=True)


def _frozen(gate: Gate, criterion: Criterion, pilot: Pilot, failures, now) -> Assessment:
    assessment = Assessment.frozen(gate, criterion)
    if not applies(criterion, pilot.risk_tier):
        assessment.state = AssessmentState.NOT_APPLICABLE
    elif criterion.check_name:
        failure = failures[criterion.check_name].get(pilot.pk)
        assessment.state, assessment.note = verdict_of(failure)
        assessment.state_since = now
    return assessment


def applies(criterion: Criterion, risk_tier: str) -> bool:
    """Whether a criterion is for this risk tier. An unknown tier is spared nothing."""
    return not criterion.risk_tiers or not risk_tier or risk_tier in criterion.risk_tiers


@transaction.atomic
def plan_gate(
    *, gate: Gate, planned_on: date | None, forecast_on: date | None, reason: str = "", by: User
) -> Gate:
    """Set a gate's planned and forecast days. Moving a plan needs a reason. Raises RuleViolation."""
    gate = Gate.objects.select_for_update(of=("self",)).select_related("pilot").get(pk=gate.pk)
    blockers = plan_blockers(
        gate_status=gate.status, planned_before=gate.planned_on, planned_on=planned_on, reason=reason
    )
    if blockers:
        raise RuleViolation(*blockers)
    changes = changed_fields(gate, {"planned_on": planned_on, "forecast_on": forecast_on})
    if changes:
        gate.planned_on, gate.forecast_on = planned_on, forecast_on
        gate.save(update_fields=["planned_on", "forecast_on"])
        record(events.GATE_PLANNED, subject=gate, pilot=gate.pilot, actor=by, changes=changes, reason=reason)
    return gate


@transaction.atomic
def request_review(*, gate: Gate, message: str = "", by: User) -> Gate:
    """Ask the gatekeepers to decide. Allowed with open criteria; the page says what is open.

    `message` is what the owner wants to tell them. Raises RuleViolation.
    """
    gate = Gate.objects.select_for_update(of=("self",)).select_related("pilot__owner").get(pk=gate.pk)
    blockers = review_blockers(gate_status=gate.status)
    if blockers:
        raise RuleViolation(*blockers)
    gate.status, gate.submitted_at = GateStatus.SUBMITTED, clock.now()
    settle(gate, [])  # in review it is nobody's turn among those with what blocks it
    gate.save(update_fields=["status", "submitted_at", *WAITING])
    ask_seats([gate.pk], today=clock.today())
    ReviewTurn.objects.create(gate=gate, step=ReviewStep.REQUESTED, said=message, by=by, at=gate.submitted_at)
    record(
        events.REVIEW_REQUESTED,
        subject=gate,
        pilot=gate.pilot,
        actor=by,
        changes={"status": [GateStatus.OPEN, GateStatus.SUBMITTED]},
        score=gate.score,
        blockers=gate.blocker_count,
        message=message,
    )
    return gate
