"""Deciding at a gate: five outcomes and what follows, who may not, and that it is never edited."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from gates import events
from gates.choices import AssessmentState, GateStatus, Outcome, StopReason
from gates.decisions.actions import Promise, decide, meet_condition
from gates.journey.actions import request_review
from gates.journey.readiness import refresh_gates
from gates.models import Condition, Decision, Gate
from pilots.choices import PilotState
from pilots.models import Event, Pilot
from pilots.rules import RuleViolation
from tests.builders import PHASES, criterion, make_gate, make_kpi, make_pilot, make_playbook, measure, start

pytestmark = pytest.mark.django_db
S = AssessmentState
DAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def today(on):
    with on(DAY):
        yield DAY


@pytest.fixture
def gate(pilot):
    """The first gate of three, with everything open."""
    return start(pilot, on=DAY - timedelta(40))


def met(gate: Gate) -> Gate:
    gate.assessments.update(state=S.MET)
    return gate


def go(gate: Gate, by) -> Decision:
    return decide(gate=met(gate), outcome=Outcome.GO, reason="All is there.", by=by)


def stop(gate: Gate, by, **facts) -> Decision:
    facts = {"stop_reason": StopReason.DATA, "lesson": "Ask for the data first."} | facts
    return decide(gate=gate, outcome=Outcome.STOP, reason="No data.", by=by, **facts)


def current(pilot: Pilot) -> Gate:
    return pilot.gates.current().get()


# --- Go ----------------------------------------------------------------------------------------
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
        decide(gate=gate, outcome=Outcome.GO, reason="Trust me.", by=ana)

    gate.refresh_from_db()
    assert gate.status == GateStatus.OPEN
    assert not Decision.objects.exists()


def test_go_is_judged_on_the_facts_of_now_and_not_on_a_stored_score(pilot, ana):
    gate = make_gate([criterion("V1", state=S.MET, stale_on=DAY + timedelta(1))], pilot=pilot, today=DAY)
    gate.assessments.update(stale_on=DAY)
    assert gate.passes

    with pytest.raises(RuleViolation, match="1 must-meet is still open"):
        decide(gate=gate, outcome=Outcome.GO, reason="It was ready.", by=ana)


def test_what_checks_decide_is_looked_at_again_at_the_decision(pilot, ana):
    gate = make_gate([criterion("O1", check_name="sponsor_named", state=S.MET)], pilot=pilot)
    Pilot.objects.update(sponsor=None)

    with pytest.raises(RuleViolation, match="1 must-meet is still open"):
        decide(gate=gate, outcome=Outcome.GO, reason="It was ready.", by=ana)


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


# --- Conditional go ----------------------------------------------------------------------------
def test_conditional_go_enters_the_next_phase_with_conditions(gate, pilot, ana, sven):
    promises = (
        Promise("Agree the data contract", DAY + timedelta(30), sven),
        Promise("Train", DAY + timedelta(9)),
    )

    decision = decide(
        gate=gate, outcome=Outcome.CONDITIONAL_GO, reason="Nearly.", by=ana, conditions=promises
    )

    pilot.refresh_from_db()
    kept = decision.conditions.values_list("text", "owner", "due_on", "met_at")
    assert pilot.phase == "pilot"
    assert list(kept) == [
        ("Train", None, DAY + timedelta(9), None),
        ("Agree the data contract", sven.pk, DAY + timedelta(30), None),
    ]


def test_conditions_of_another_outcome_are_not_kept(gate, ana):
    decision = stop(gate, ana, conditions=(Promise("Never mind", DAY + timedelta(9)),))

    assert not decision.conditions.exists()


def test_a_condition_is_met_once_by_a_person(gate, pilot, ana, olga, on):
    decide(
        gate=gate,
        outcome=Outcome.CONDITIONAL_GO,
        reason="Nearly.",
        by=ana,
        conditions=(Promise("Train", DAY + timedelta(9)),),
    )
    condition = Condition.objects.get()

    meet_condition(condition=condition, by=olga)
    with on("2026-03-05"):
        again = meet_condition(condition=condition, by=ana)

    assert (again.met_by, again.met_at.date()) == (olga, DAY)
    assert Event.objects.get(type=events.CONDITION_MET).data == {"text": "Train"}


# --- Hold --------------------------------------------------------------------------------------
def test_hold_pauses_the_pilot_and_keeps_the_gate_until_the_review(gate, pilot, olga, ana):
    request_review(gate=gate, by=olga)

    decide(gate=gate, outcome=Outcome.HOLD, reason="Wait.", by=ana, review_on=date(2026, 6, 1))

    gate.refresh_from_db()
    pilot.refresh_from_db()
    assert (pilot.state, gate.status, gate.decided_at) == (PilotState.ON_HOLD, GateStatus.OPEN, None)
    assert (gate.planned_on, gate.forecast_on) == (date(2026, 6, 1), None)


def test_what_was_held_can_go_on_and_is_active_again(gate, pilot, ana):
    decide(gate=gate, outcome=Outcome.HOLD, reason="Wait.", by=ana, review_on=date(2026, 6, 1))

    go(gate, ana)

    pilot.refresh_from_db()
    assert (pilot.state, pilot.phase) == (PilotState.ACTIVE, "pilot")
    assert [decision.outcome for decision in gate.decisions.order_by("pk")] == ["hold", "go"]


def test_a_held_pilot_in_its_last_phase_is_active_again_after_go(pilot, ana):
    gate = start(pilot, make_playbook(phases=["scaled_adoption"], every_months=6))
    decide(gate=gate, outcome=Outcome.HOLD, reason="Wait.", by=ana, review_on=date(2026, 6, 1))

    go(gate, ana)

    pilot.refresh_from_db()
    assert pilot.state == PilotState.ACTIVE


# --- Recycle -----------------------------------------------------------------------------------
@pytest.fixture
def second(gate, pilot, ana):
    """The pilot has passed its first gate and works towards the second."""
    go(gate, ana)
    return current(pilot)


def recycle(gate: Gate, phase, by) -> Decision:
    return decide(gate=gate, outcome=Outcome.RECYCLE, reason="Once more.", by=by, recycle_to=phase)


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


# --- Stop --------------------------------------------------------------------------------------
def test_stop_ends_the_pilot_with_reason_lesson_and_what_it_freed(gate, pilot, ana):
    decision = stop(gate, ana, freed_amount=Decimal("120000.00"))

    pilot.refresh_from_db()
    assert (pilot.state, pilot.ended_on) == (PilotState.STOPPED, DAY)
    assert pilot.gates.current().count() == 0
    assert [(stay.is_current, stay.left_on) for stay in pilot.phase_entries.all()] == [(False, DAY)]
    assert (decision.stop_reason, decision.lesson) == (StopReason.DATA, "Ask for the data first.")
    assert decision.freed_amount == 120_000


def test_a_pilot_that_ran_in_production_is_retired_and_no_longer_counted_there(pilot, ana):
    gate = start(pilot, make_playbook(phases=["production_deployment"]), on=DAY - timedelta(9))

    stop(gate, ana)

    pilot.refresh_from_db()
    assert (pilot.state, pilot.in_production) == (PilotState.RETIRED, False)
    assert pilot.reached_production_on == DAY - timedelta(9)


def test_a_pilot_can_be_stopped_while_on_hold(gate, pilot, ana):
    decide(gate=gate, outcome=Outcome.HOLD, reason="Wait.", by=ana, review_on=date(2026, 6, 1))

    stop(gate, ana)

    pilot.refresh_from_db()
    assert pilot.state == PilotState.STOPPED


# --- Refusals ----------------------------------------------------------------------------------
def test_an_owner_does_not_decide_whatever_the_role(gate, olga):
    with pytest.raises(RuleViolation, match=r"Owners do not decide at their own gates."):
        go(gate, olga)


@pytest.mark.parametrize(
    ("outcome", "facts", "reason"),
    [
        (Outcome.HOLD, {}, "A hold needs a review date in the future."),
        (Outcome.CONDITIONAL_GO, {}, "A conditional go needs at least one dated condition."),
        (Outcome.RECYCLE, {}, "Name the phase to go back to"),
        (Outcome.STOP, {"lesson": "x"}, "Choose why the pilot is stopped."),
        (Outcome.STOP, {"stop_reason": "data"}, "Write down what this pilot taught."),
    ],
)
def test_an_incomplete_decision_is_refused_and_changes_nothing(gate, pilot, ana, outcome, facts, reason):
    with pytest.raises(RuleViolation, match=reason):
        decide(gate=gate, outcome=outcome, reason="So.", by=ana, **facts)

    before = pilot.state, pilot.phase
    pilot.refresh_from_db()
    assert (pilot.state, pilot.phase) == before
    assert not Decision.objects.exists()


def test_a_decided_gate_is_not_decided_again(gate, ana):
    go(gate, ana)

    with pytest.raises(RuleViolation) as refusal:
        stop(gate, ana)

    assert refusal.value.reasons == ["This gate is not open, so there is nothing to decide."]


def test_a_gate_still_ahead_is_not_decided(gate, pilot, ana):
    with pytest.raises(RuleViolation, match="not open"):
        stop(pilot.gates.get(definition__key="G3"), ana)


# --- What is remembered ------------------------------------------------------------------------
def test_a_decision_keeps_what_was_seen(pilot, ana):
    gate = make_gate(
        [
            criterion("V1", state=S.MET, weight=3, title="Problem named", note="Yes."),
            criterion("T1", state=S.NOT_MET, area="technical", title="Tried", note="No."),
        ],
        pilot=pilot,
    )

    decision = stop(gate, ana)

    assert Decision.objects.get(pk=decision.pk).seen == {
        "score": 75,
        "floor": 0,
        "floor_area": "technical",
        "unknown": 0,
        "passes": False,
        "blockers": ["T1"],
        "score_threshold": 60,
        "floor_threshold": 0,
        "criteria": [
            {
                "key": "V1",
                "title": "Problem named",
                "kind": "must_meet",
                "area": "value",
                "state": "met",
                "note": "Yes.",
            },
            {
                "key": "T1",
                "title": "Tried",
                "kind": "must_meet",
                "area": "technical",
                "state": "not_met",
                "note": "No.",
            },
        ],
    }


def test_what_was_seen_stays_when_the_world_moves_on(pilot, ana):
    kpi = make_kpi(pilot)
    measure(kpi, 25, on=DAY - timedelta(1))
    gate = make_gate([criterion("V1", check_name="business_kpis_at_target", state=S.MET)], pilot=pilot)
    decision = go(gate, ana)

    measure(kpi, 1, on=DAY)
    refresh_gates(Gate.objects.all(), today=DAY)

    assert Decision.objects.get(pk=decision.pk).seen["criteria"][0]["state"] == "met"
    assert gate.assessments.get().state == S.MET


@pytest.mark.parametrize(
    ("outcome", "facts", "changes"),
    [
        (Outcome.GO, {}, {"status": ["open", "decided"]}),
        (
            Outcome.HOLD,
            {"review_on": date(2026, 6, 1)},
            {"planned_on": ["2026-02-20", "2026-06-01"], "state": ["active", "on_hold"]},
        ),
        (
            Outcome.STOP,
            {"stop_reason": "data", "lesson": "Ask."},
            {"status": ["open", "decided"], "state": ["active", "stopped"], "ended_on": [None, "2026-03-02"]},
        ),
    ],
)
def test_the_event_says_what_the_decision_changed(gate, pilot, ana, outcome, facts, changes):
    decision = decide(gate=met(gate), outcome=outcome, reason="So.", by=ana, **facts)

    told = Event.objects.get(type=events.GATE_DECIDED)
    assert (told.actor, told.pilot, told.subject) == (ana, pilot, f"gates.Decision:{decision.pk}")
    assert told.changes == changes
    assert told.data["outcome"] == outcome
    assert (told.data["score"], told.data["blockers"]) == (100, 0)


def test_resuming_from_a_hold_is_told_as_a_change_of_state(gate, ana):
    decide(gate=gate, outcome=Outcome.HOLD, reason="Wait.", by=ana, review_on=date(2026, 6, 1))

    go(gate, ana)

    told = Event.objects.filter(type=events.GATE_DECIDED).first()
    assert told.changes == {"status": ["open", "decided"], "state": ["on_hold", "active"]}


def test_a_decision_is_never_changed_or_deleted(gate, ana):
    decision = go(gate, ana)
    decision.reason = "Another."

    with pytest.raises(TypeError, match="never changed"):
        decision.save()
    with pytest.raises(TypeError, match="never deleted"):
        decision.delete()
    with pytest.raises(TypeError, match="never changed"):
        Decision.objects.update(reason="Another.")
    with pytest.raises(TypeError, match="never changed"):
        Decision.objects.bulk_update([decision], ["reason"])
    with pytest.raises(TypeError, match="never deleted"):
        Decision.objects.all().delete()
    assert Decision.objects.get().reason == "All is there."


def test_decisions_of_a_programme_are_seen_by_its_people_only(gate, ana, nils):
    decision = go(gate, ana)

    assert list(Decision.objects.visible_to(ana)) == [decision]
    assert not Decision.objects.visible_to(nils).exists()


def test_another_pilot_is_not_touched_by_a_decision(gate, pilot, programme, ana, olga):
    other = make_pilot(programme, owner=olga)
    other_gate = start(other, make_playbook(phases=PHASES))

    stop(gate, ana)

    other.refresh_from_db()
    other_gate.refresh_from_db()
    assert (other.state, other_gate.status) == (PilotState.ACTIVE, GateStatus.OPEN)
