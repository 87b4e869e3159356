"""A correction takes a decision's place: both stay, nothing is edited, and only the last one counts."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from gates import events
from gates.choices import ReasonCode
from gates.decisions.actions import Promise
from gates.decisions.conditions import meet_condition, step_down_lapsed
from gates.decisions.corrections import Changed, correct_decision
from gates.models import Condition, Decision
from gates.summary.counting import count_facts
from pilots.choices import PilotState
from pilots.models import Event
from pilots.rules import RuleViolation
from tests.gates.decisions.deciding import DAY, conditional, current, go, hold, met, stop

pytestmark = pytest.mark.django_db
WHY = "The amount was typed without its thousands."


def test_a_correction_keeps_who_decided_and_says_who_corrected(gate, ana, sven, on):
    decision = stop(gate, ana, freed_amount=Decimal(120))
    with on(DAY + timedelta(3)):
        correction = correct_decision(
            decision=decision, correction_reason=WHY, freed_amount=Decimal(120_000), by=sven
        )

    assert (correction.decided_by, correction.decided_at) == (ana, decision.decided_at)
    assert (correction.corrected_by, correction.corrected_at.date()) == (sven, DAY + timedelta(3))
    assert (correction.lesson, correction.seen, correction.digest) == (
        decision.lesson,
        decision.seen,
        decision.digest,
    )
    assert Decision.objects.get(pk=decision.pk).freed_amount == 120
    assert correction.freed_amount == 120_000


def test_the_event_tells_what_was_corrected(gate, pilot, ana):
    decision = stop(gate, ana, freed_amount=Decimal(120))
    correction = correct_decision(
        decision=decision, correction_reason=WHY, freed_amount=Decimal(121), reason_code="cost", by=ana
    )

    told = Event.objects.get(type=events.DECISION_CORRECTED)
    assert (told.subject, told.pilot) == (f"gates.Decision:{correction.pk}", pilot)
    assert told.changes == {"freed_amount": ["120.00", "121"], "reason_code": ["data", "cost"]}
    assert told.data["supersedes"] == decision.pk


def test_only_the_last_of_corrections_counts(programme, gate, ana):
    decision = stop(gate, ana, freed_amount=Decimal(100))
    for amount in (200, 300):
        decision = correct_decision(
            decision=decision, correction_reason=WHY, freed_amount=Decimal(amount), by=ana
        )

    facts = count_facts(programme, today=DAY)["decisions"]
    assert (facts["stopped"], Decimal(facts["freed"]), facts["quarter"]) == (1, 300, {"stop": 1})
    assert Decision.objects.count() == 3
    assert Decision.objects.standing().get() == decision


def test_what_was_corrected_is_not_corrected_again(gate, ana):
    decision = hold(gate, ana)
    correct_decision(decision=decision, correction_reason=WHY, reason="Another.", by=ana)

    with pytest.raises(RuleViolation, match="corrected already"):
        correct_decision(decision=decision, correction_reason=WHY, reason="Yet another.", by=ana)


def test_a_correction_that_changes_nothing_is_none(gate, ana):
    with pytest.raises(RuleViolation, match="Nothing is different"):
        correct_decision(decision=hold(gate, ana), correction_reason=WHY, reason="Wait.", by=ana)


def test_owners_do_not_correct_what_was_decided_about_their_pilots(gate, ana, olga):
    with pytest.raises(RuleViolation, match="Owners do not correct"):
        correct_decision(decision=hold(gate, ana), correction_reason=WHY, reason="Why.", by=olga)


def test_correcting_the_review_day_of_a_hold_moves_the_gate(gate, pilot, ana):
    decision = hold(gate, ana)

    correct_decision(decision=decision, correction_reason=WHY, review_on=date(2026, 7, 1), by=ana)

    assert current(pilot).planned_on == date(2026, 7, 1)


def test_correcting_a_hold_that_is_over_moves_nothing(gate, pilot, ana, on):
    decision = hold(gate, ana)
    with on(DAY + timedelta(1)):
        go(gate, ana)
    planned = current(pilot).planned_on

    correct_decision(decision=decision, correction_reason=WHY, review_on=date(2026, 7, 1), by=ana)

    assert current(pilot).planned_on == planned


# --- Conditions --------------------------------------------------------------------------------
@pytest.fixture
def promised(gate, ana):
    return conditional(
        met(gate), ana, Promise("Train", DAY + timedelta(9)), Promise("Buy", DAY + timedelta(9))
    )


def changed(decision: Decision, **days: date) -> list[Changed]:
    rows = decision.conditions.filter(met_at__isnull=True)
    return [Changed(row.pk, row.text, days.get(row.text, row.due_on), row.owner) for row in rows]


def test_a_correction_gives_a_condition_another_day_and_leaves_the_met_one_met(promised, olga, ana):
    meet_condition(condition=promised.conditions.get(text="Buy"), note="Bought.", by=olga)
    later = DAY + timedelta(30)

    correction = correct_decision(
        decision=promised, correction_reason=WHY, conditions=changed(promised, Train=later), by=ana
    )

    rows = {row.text: (row.due_on, row.met_by, row.met_note) for row in correction.conditions.all()}
    assert rows == {"Train": (later, None, ""), "Buy": (DAY + timedelta(9), olga, "Bought.")}
    assert [row.text for row in Condition.objects.open()] == ["Train"]
    assert promised.conditions.get(text="Train").due_on == DAY + timedelta(9)


def test_a_met_condition_is_not_corrected(promised, olga, ana):
    condition = meet_condition(condition=promised.conditions.get(text="Buy"), note="Bought.", by=olga)
    said = Changed(condition.pk, "Something else", DAY + timedelta(60))

    with pytest.raises(RuleViolation, match="still open"):
        correct_decision(decision=promised, correction_reason=WHY, conditions=[said], by=ana)


def test_a_further_condition_can_be_added_but_none_taken_back(promised, ana, olga):
    correction = correct_decision(
        decision=promised, correction_reason=WHY, added=[Promise("Audit", DAY + timedelta(40))], by=ana
    )

    assert sorted(correction.conditions.values_list("text", flat=True)) == ["Audit", "Buy", "Train"]
    assert correction.conditions.get(text="Audit").owner == olga


def test_a_new_day_lies_in_the_future(promised, ana):
    with pytest.raises(RuleViolation, match="Every condition needs a date in the future"):
        correct_decision(
            decision=promised, correction_reason=WHY, conditions=changed(promised, Train=DAY), by=ana
        )


def test_more_time_ends_the_hold_that_followed_from_a_lapse(promised, pilot, ana, on):
    late = DAY + timedelta(10)
    with on(late):
        step_down_lapsed(today=late)
        days = {"Train": late + timedelta(5), "Buy": late + timedelta(5)}
        correction = correct_decision(
            decision=promised,
            correction_reason="The supplier is late.",
            conditions=changed(promised, **days),
            by=ana,
        )
        pilot.refresh_from_db()
        assert pilot.state == PilotState.ACTIVE
    with on(late + timedelta(6)):
        assert step_down_lapsed(today=late + timedelta(6)) == 1

    assert Decision.objects.filter(steps_down=correction).exists()


def test_what_pilotage_wrote_is_not_corrected(promised, ana, on):
    late = DAY + timedelta(10)
    with on(late):
        step_down_lapsed(today=late)
        with pytest.raises(RuleViolation, match="Pilotage wrote this"):
            correct_decision(
                decision=Decision.objects.get(steps_down=promised),
                correction_reason=WHY,
                reason="So.",
                by=ana,
            )


def test_a_condition_of_a_superseded_decision_is_met_at_its_correction(promised, ana, olga):
    condition = promised.conditions.get(text="Train")
    correct_decision(decision=promised, correction_reason=WHY, reason_code=ReasonCode.OTHER, by=ana)

    with pytest.raises(RuleViolation, match="has been corrected"):
        meet_condition(condition=condition, note="Done.", by=olga)
