"""What follows from a decision: where the gate and the pilot stand afterwards."""

from datetime import date

from dateutil.relativedelta import relativedelta

from gates.choices import GateStatus, Outcome
from gates.journey.actions import enter_phase, open_next_round, planned_days
from gates.models import Decision, Gate, Phase, PhaseEntry
from pilots.choices import PilotState
from pilots.events import Changes, changed_fields
from pilots.models import Pilot, User


def changes_of(decision: Decision, gate: Gate, today: date) -> Changes:
    """What the decision itself changes, before and after; entering a phase is an event of its own."""
    pilot = gate.pilot
    if decision.outcome == Outcome.HOLD:
        held = {"status": GateStatus.OPEN, "planned_on": decision.review_on, "forecast_on": None}
        return changed_fields(gate, held) | changed_fields(pilot, {"state": PilotState.ON_HOLD})
    changes = changed_fields(gate, {"status": GateStatus.DECIDED})
    if decision.outcome == Outcome.STOP:
        return changes | changed_fields(pilot, {"state": _last_state(pilot), "ended_on": today})
    return changes | changed_fields(pilot, {"state": PilotState.ACTIVE})


def take_effect(decision: Decision, gate: Gate, today: date) -> None:
    """Let a decision of a person act on its locked gate and on the pilot."""
    if decision.outcome == Outcome.HOLD:
        hold(gate, decision.review_on)
        return
    _close(gate, decision)
    pilot = Pilot.objects.select_for_update(no_key=True).get(pk=gate.pilot_id)
    if decision.outcome == Outcome.STOP:
        _end(pilot, today)
        return
    assert decision.decided_by is not None
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


def hold(gate: Gate, review_on: date | None) -> None:
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
