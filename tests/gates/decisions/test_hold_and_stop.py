"""Hold, recycle and stop, and what follows."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from gates.choices import AssessmentState, GateStatus, ReasonCode
from gates.journey.actions import request_review
from pilots.choices import PilotState
from pilots.rules import RuleViolation
from tests.builders import make_playbook, start
from tests.gates.decisions.deciding import DAY, current, go, hold, recycle, stop

pytestmark = pytest.mark.django_db
S = AssessmentState


def test_hold_pauses_the_pilot_and_keeps_the_gate_until_the_review(gate, pilot, olga, ana):
    request_review(gate=gate, by=olga)

    hold(gate, ana)

    gate.refresh_from_db()
    pilot.refresh_from_db()
    assert (pilot.state, gate.status, gate.decided_at) == (PilotState.ON_HOLD, GateStatus.OPEN, None)
    assert (gate.planned_on, gate.forecast_on) == (date(2026, 6, 1), None)


def test_what_was_held_can_go_on_and_is_active_again(gate, pilot, ana):
    hold(gate, ana)

    go(gate, ana)

    pilot.refresh_from_db()
    assert (pilot.state, pilot.phase) == (PilotState.ACTIVE, "pilot")
    assert [decision.outcome for decision in gate.decisions.order_by("pk")] == ["hold", "go"]


def test_a_held_pilot_in_its_last_phase_is_active_again_after_go(pilot, ana):
    gate = start(pilot, make_playbook(phases=["scaled_adoption"], every_months=6))
    hold(gate, ana)

    go(gate, ana)

    pilot.refresh_from_db()
    assert pilot.state == PilotState.ACTIVE


def test_recycle_goes_back_and_makes_a_second_attempt(second, gate, pilot, ana):
    recycle(second, gate.definition.phase, ana)

    pilot.refresh_from_db()
    again = current(pilot)
    assert (pilot.phase, pilot.phase_number, pilot.state) == ("proof_of_concept", 1, PilotState.ACTIVE)
    assert (again.definition, again.attempt) == (gate.definition, 2)
    assert {row.state for row in again.assessments.all()} == {S.UNKNOWN}
    attempts = pilot.gates.values_list("definition__key", "attempt", "status")
    assert list(attempts) == [
        ("G1", 1, "decided"),
        ("G1", 2, "open"),
        ("G2", 1, "decided"),
        ("G2", 2, "upcoming"),
        ("G3", 1, "upcoming"),
    ]


def test_gates_that_come_again_are_planned_anew(second, gate, pilot, ana):
    recycle(second, gate.definition.phase, ana)

    first, again = pilot.gates.filter(status__in=["open", "upcoming"], attempt=2).order_by("planned_on")
    assert first.planned_on == DAY + timedelta(first.definition.phase.typical_days)
    assert again.planned_on == first.planned_on + timedelta(again.definition.phase.typical_days)


def test_the_first_attempt_keeps_what_was_found_then(second, gate, ana):
    recycle(second, gate.definition.phase, ana)

    gate.refresh_from_db()
    assert {row.state for row in gate.assessments.all()} == {S.MET}
    assert gate.score == 100


def test_recycle_to_this_very_phase_tries_it_again(second, pilot, ana):
    recycle(second, second.definition.phase, ana)

    assert (current(pilot).definition, current(pilot).attempt) == (second.definition, 2)


def test_a_recycled_pilot_can_come_all_the_way_again(second, gate, pilot, ana):
    recycle(second, gate.definition.phase, ana)

    for _ in range(3):
        go(current(pilot), ana)

    pilot.refresh_from_db()
    assert (pilot.phase_number, pilot.gates.current().count()) == (3, 0)


def test_recycle_only_goes_back_within_the_pilots_own_playbook(second, pilot, ana):
    ahead = pilot.gates.get(definition__key="G3").definition.phase
    foreign = make_playbook().phases.get(position=1)

    for phase in (ahead, foreign, None):
        with pytest.raises(RuleViolation, match="Name the phase to go back to"):
            recycle(second, phase, ana)


def test_having_been_in_production_is_not_forgotten_when_sent_back(pilot, ana):
    gate = start(pilot, make_playbook(phases=["production_planning", "production_deployment"]))
    go(gate, ana)
    recycle(current(pilot), gate.definition.phase, ana)
    pilot.refresh_from_db()
    assert (pilot.in_production, pilot.reached_production_on) == (False, DAY)

    stop(current(pilot), ana)

    pilot.refresh_from_db()
    assert pilot.state == PilotState.RETIRED


def test_stop_ends_the_pilot_with_reason_lesson_and_what_it_freed(gate, pilot, ana):
    decision = stop(gate, ana, freed_amount=Decimal("120000.00"))

    pilot.refresh_from_db()
    assert (pilot.state, pilot.ended_on) == (PilotState.STOPPED, DAY)
    assert pilot.gates.current().count() == 0
    assert [(stay.is_current, stay.left_on) for stay in pilot.phase_entries.all()] == [(False, DAY)]
    assert (decision.reason_code, decision.lesson) == (ReasonCode.DATA, "Ask for the data first.")
    assert decision.freed_amount == 120_000


def test_a_pilot_that_ran_in_production_is_retired_and_no_longer_counted_there(pilot, ana):
    gate = start(pilot, make_playbook(phases=["production_deployment"]), on=DAY - timedelta(9))

    stop(gate, ana)

    pilot.refresh_from_db()
    assert (pilot.state, pilot.in_production) == (PilotState.RETIRED, False)
    assert pilot.reached_production_on == DAY - timedelta(9)


def test_a_pilot_can_be_stopped_while_on_hold(gate, pilot, ana):
    hold(gate, ana)

    stop(gate, ana)

    pilot.refresh_from_db()
    assert pilot.state == PilotState.STOPPED
