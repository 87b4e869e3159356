"""Recording decisions and what follows from them. A decision is never edited."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dateutil.relativedelta import relativedelta
from django.db import transaction

from gates import events
from gates.choices import GateStatus, Outcome
from gates.journey.actions import enter_phase, open_next_round, planned_days
from gates.journey.readiness import explain, refresh_gates
from gates.models import Assessment, Condition, Decision, Gate, Phase, PhaseEntry
from gates.readiness import Readiness
from gates.rules import decision_blockers
from pilots import clock
from pilots.choices import PilotState
from pilots.events import Changes, changed_fields, record
from pilots.models import Pilot, User
from pilots.rules import SENT_AGAIN, RuleViolation


@dataclass(frozen=True)
class Promise:
    """A condition asked for with a conditional go."""

    text: str
    due_on: date
    owner: User | None = None


@transaction.atomic
def decide(
    *,
    gate: Gate,
    outcome: str,
    reason: str,
    by: User,
    review_on: date | None = None,
    recycle_to: Phase | None = None,
    stop_reason: str = "",
    lesson: str = "",
    freed_amount: Decimal | None = None,
    conditions: tuple[Promise, ...] = (),
) -> Decision:
    """Record a decision at a current gate on readiness as it is now, and let it take effect.

    Of two people deciding at once one wins; the other is told that the gate is not open.
    The same decision sent again within seconds is the one that is there. Raises RuleViolation with
    every reason why not.
    """
    today = clock.today()
    gate, assessments, readiness = _as_it_is_now(gate, today)
    known = gate.decisions.filter(
        decided_by=by, outcome=outcome, reason=reason, decided_at__gt=clock.now() - SENT_AGAIN
    ).first()
    if known is not None:
        return known
    decision = Decision(
        gate=gate,
        outcome=outcome,
        reason=reason,
        review_on=review_on if outcome == Outcome.HOLD else None,
        recycle_to=recycle_to if outcome == Outcome.RECYCLE else None,
        stop_reason=stop_reason if outcome == Outcome.STOP else "",
        lesson=lesson if outcome == Outcome.STOP else "",
        freed_amount=freed_amount if outcome == Outcome.STOP else None,
        decided_by=by,
        decided_at=clock.now(),
        seen=snapshot(gate, assessments, readiness),
    )
    blockers = _blockers(decision, readiness, conditions, today)
    if blockers:
        raise RuleViolation(*blockers)
    decision.save()
    if outcome == Outcome.CONDITIONAL_GO:
        _promise(decision, conditions)
    _record(decision, gate, by, _changes(decision, gate, today))
    _take_effect(decision, gate, today)
    return decision


def _as_it_is_now(gate: Gate, today: date) -> tuple[Gate, list[Assessment], Readiness]:
    """The gate locked, with what the checks say today."""
    refresh_gates(Gate.objects.filter(pk=gate.pk), today=today)
    gate = (
        Gate.objects.select_for_update(of=("self",))
        .select_related("pilot", "definition__phase")
        .get(pk=gate.pk)
    )
    assessments = list(gate.assessments.select_related("criterion"))
    return gate, assessments, explain(gate, assessments, today=today)


def _blockers(
    decision: Decision, readiness: Readiness, conditions: tuple[Promise, ...], today: date
) -> list[str]:
    gate = decision.gate
    return decision_blockers(
        outcome=decision.outcome,
        gate_status=gate.status,
        passes=readiness.passes,
        open_must_meets=len(readiness.blockers),
        fired=len(readiness.fired),
        decider_owns_pilot=gate.pilot.owner_id == decision.decided_by_id,
        reason=decision.reason,
        today=today,
        review_on=decision.review_on,
        recycle_position=_position(decision.recycle_to, gate),
        gate_position=gate.definition.phase.position,
        stop_reason=decision.stop_reason,
        lesson=decision.lesson,
        conditions=[promise.due_on for promise in conditions],
    )


def _position(recycle_to: Phase | None, gate: Gate) -> int | None:
    """The phase's place in this pilot's own playbook; a phase of another playbook has none."""
    if recycle_to is None or recycle_to.version_id != gate.definition.phase.version_id:
        return None
    return recycle_to.position


def snapshot(gate: Gate, assessments, readiness: Readiness) -> dict:
    """What the decider saw, in JSON values: enough to show that moment again."""
    return {
        "score": int(readiness.score),
        "floor": int(readiness.floor),
        "floor_area": readiness.floor_area,
        "unknown": int(readiness.unknown),
        "passes": readiness.passes,
        "blockers": list(readiness.blockers),
        "score_threshold": gate.score_threshold,
        "floor_threshold": gate.floor_threshold,
        "criteria": [
            {
                "key": row.criterion.key,
                "title": row.criterion.title,
                "kind": row.kind,
                "area": row.area,
                "state": row.state,
                "note": row.note,
            }
            for row in assessments
        ],
    }


def _promise(decision: Decision, conditions: tuple[Promise, ...]) -> None:
    Condition.objects.bulk_create(
        Condition(decision=decision, text=promise.text, owner=promise.owner, due_on=promise.due_on)
        for promise in conditions
    )


def _changes(decision: Decision, gate: Gate, today: date) -> Changes:
    """What the decision itself changes, before and after; entering a phase is an event of its own."""
    pilot = gate.pilot
    if decision.outcome == Outcome.HOLD:
        held = {"status": GateStatus.OPEN, "planned_on": decision.review_on, "forecast_on": None}
        return changed_fields(gate, held) | changed_fields(pilot, {"state": PilotState.ON_HOLD})
    changes = changed_fields(gate, {"status": GateStatus.DECIDED})
    if decision.outcome == Outcome.STOP:
        return changes | changed_fields(pilot, {"state": _last_state(pilot), "ended_on": today})
    return changes | changed_fields(pilot, {"state": PilotState.ACTIVE})


def _record(decision: Decision, gate: Gate, by: User, changes: Changes) -> None:
    record(
        events.GATE_DECIDED,
        subject=decision,
        pilot=gate.pilot,
        actor=by,
        changes=changes,
        gate=f"{gate.definition.key} {gate.definition.name}",
        outcome=decision.outcome,
        reason=decision.reason,
        score=decision.seen["score"],
        blockers=len(decision.seen["blockers"]),
    )


def _take_effect(decision: Decision, gate: Gate, today: date) -> None:
    if decision.outcome == Outcome.HOLD:
        _hold(gate, decision.review_on)
        return
    _close(gate, decision)
    pilot = Pilot.objects.select_for_update().get(pk=gate.pilot_id)
    if decision.outcome == Outcome.STOP:
        _end(pilot, today)
        return
    pilot.state = PilotState.ACTIVE  # a hold is over
    if decision.recycle_to is not None:
        _go_back(pilot, decision.recycle_to, today, decision.decided_by)
    else:
        _go_on(pilot, gate, today, decision.decided_by)


def _go_back(pilot: Pilot, phase: Phase, today: date, by: User) -> None:
    """Into the named phase again, with new plans for the gates that come again."""
    ahead = phase.version.phases.filter(position__gte=phase.position).select_related("gate")
    plan = planned_days(list(ahead.order_by("position")), today)
    enter_phase(pilot=pilot, phase=phase, on=today, plan=plan, by=by)


def _hold(gate: Gate, review_on: date | None) -> None:
    """The gate stays open and is due again on the review date; the pilot pauses."""
    gate.status, gate.planned_on, gate.forecast_on = GateStatus.OPEN, review_on, None
    gate.save(update_fields=["status", "planned_on", "forecast_on"])
    Pilot.objects.filter(pk=gate.pilot_id).update(state=PilotState.ON_HOLD)


def _close(gate: Gate, decision: Decision) -> None:
    gate.status, gate.decided_at = GateStatus.DECIDED, decision.decided_at
    gate.save(update_fields=["status", "decided_at"])


def _last_state(pilot: Pilot) -> PilotState:
    """Before production a pilot is stopped, after it has run there it is retired."""
    has_run = pilot.in_production or pilot.reached_production_on is not None
    return PilotState.RETIRED if has_run else PilotState.STOPPED


def _end(pilot: Pilot, today: date) -> None:
    """It runs no more, so it is not counted among those in production; that it got there stays known."""
    pilot.state, pilot.ended_on, pilot.in_production = _last_state(pilot), today, False
    pilot.save(update_fields=["state", "ended_on", "in_production"])
    PhaseEntry.objects.filter(pilot=pilot, is_current=True).update(is_current=False, left_on=today)


def _go_on(pilot: Pilot, gate: Gate, today: date, by: User) -> None:
    """Into the next phase; at a recurring last gate, into its next round."""
    phase = gate.definition.phase
    following = phase.version.phases.filter(position=phase.position + 1).first()
    months = gate.definition.every_months
    if following is not None:
        enter_phase(pilot=pilot, phase=following, on=today, by=by)
        return
    if months:
        open_next_round(gate=gate, planned_on=today + relativedelta(months=months), today=today)
    pilot.save(update_fields=["state"])


@transaction.atomic
def meet_condition(*, condition: Condition, by: User) -> Condition:
    """Say that a condition of a conditional go has been met. Doing it twice changes nothing."""
    condition = (
        Condition.objects.select_for_update(of=("self",))
        .select_related("decision__gate__pilot")
        .get(pk=condition.pk)
    )
    if condition.met_at is None:
        condition.met_at, condition.met_by = clock.now(), by
        condition.save(update_fields=["met_at", "met_by"])
        pilot = condition.decision.gate.pilot
        record(events.CONDITION_MET, subject=condition, pilot=pilot, actor=by, text=condition.text)
    return condition
