"""Go: what must be there, and where it leads."""

from datetime import date, timedelta

import pytest

from gates.choices import AssessmentState, GateStatus, Outcome
from gates.decisions.actions import decide
from gates.models import Decision
from pilots.choices import PilotState
from pilots.models import Pilot
from pilots.rules import RuleViolation
from tests.builders import criterion, make_gate, make_playbook, start
from tests.gates.decisions.deciding import DAY, current, go

pytestmark = pytest.mark.django_db
S = AssessmentState


def test_go_enters_the_next_phase_and_opens_its_gate(gate, pilot, ana):
    planned = pilot.gates.get(definition__key="G2").planned_on

    go(gate, ana)

    pilot.refresh_from_db()
    gate.refresh_from_db()
    assert (gate.status, gate.decided_at is not None) == (GateStatus.DECIDED, True)
    assert (pilot.phase, pilot.phase_number, pilot.phase_entered_on) == ("pilot", 2, DAY)
    assert (current(pilot).definition.key, current(pilot).planned_on) == ("G2", planned)
    assert current(pilot).assessments.count() == 3
    stays = pilot.phase_entries.values_list("phase__key", "left_on", "is_current")
    assert list(stays) == [("proof_of_concept", DAY, False), ("pilot", None, True)]


def test_go_is_not_possible_while_a_must_meet_is_open(gate, ana):
    with pytest.raises(RuleViolation, match=r"Go is not possible: 2 must-meets are still open."):
        decide(gate=gate, outcome=Outcome.GO, reason_code="ready", reason="Trust me.", by=ana)

    gate.refresh_from_db()
    assert gate.status == GateStatus.OPEN
    assert not Decision.objects.exists()


def test_go_is_judged_on_the_facts_of_now_and_not_on_a_stored_score(pilot, ana):
    gate = make_gate([criterion("V1", state=S.MET, stale_on=DAY + timedelta(1))], pilot=pilot, today=DAY)
    gate.assessments.update(stale_on=DAY)
    assert gate.passes

    with pytest.raises(RuleViolation, match="1 must-meet is still open"):
        decide(gate=gate, outcome=Outcome.GO, reason_code="ready", reason="It was ready.", by=ana)


def test_what_checks_decide_is_looked_at_again_at_the_decision(pilot, ana):
    gate = make_gate([criterion("O1", check_name="sponsor_named", state=S.MET)], pilot=pilot)
    Pilot.objects.update(sponsor=None)

    with pytest.raises(RuleViolation, match="1 must-meet is still open"):
        decide(gate=gate, outcome=Outcome.GO, reason_code="ready", reason="It was ready.", by=ana)


def test_reaching_production_is_dated(pilot, ana):
    gate = start(pilot, make_playbook(phases=["production_planning", "production_deployment"]))

    go(gate, ana)

    pilot.refresh_from_db()
    assert (pilot.in_production, pilot.reached_production_on) == (True, DAY)


def test_go_at_the_last_gate_leaves_the_pilot_active_without_a_gate(pilot, ana):
    go(start(pilot, make_playbook(phases=["scaled_adoption"])), ana)

    pilot.refresh_from_db()
    assert (pilot.state, pilot.gates.current().count()) == (PilotState.ACTIVE, 0)


def test_go_at_a_recurring_last_gate_opens_its_next_round(pilot, ana):
    gate = start(pilot, make_playbook(phases=["scaled_adoption"], every_months=6))

    go(gate, ana)

    following = current(pilot)
    assert (following.definition, following.attempt) == (gate.definition, 2)
    assert following.planned_on == date(2026, 9, 2)
    assert {row.state for row in following.assessments.all()} == {S.UNKNOWN}
    assert (following.score, following.blocker_count) == (0, 2)
    assert pilot.phase_entries.count() == 1


def test_a_recurring_gate_comes_round_again_and_again(pilot, ana):
    gate = start(pilot, make_playbook(phases=["scaled_adoption"], every_months=1))

    for attempt in (1, 2, 3):
        assert gate.attempt == attempt
        go(gate, ana)
        gate = current(pilot)
