"""Conditional go: what it needs, who owes its conditions, and how one is met."""

from datetime import timedelta

import pytest

from gates import events
from gates.choices import AssessmentState
from gates.decisions.actions import Promise
from gates.decisions.conditions import meet_condition
from gates.models import Condition, Decision
from pilots.models import Event, Pilot
from pilots.rules import RuleViolation
from tests.gates.decisions.deciding import DAY, conditional, current, met, promises, stop

pytestmark = pytest.mark.django_db
S = AssessmentState


def test_conditional_go_enters_the_next_phase_with_conditions(gate, pilot, ana, sven, olga):
    contract = Promise("Agree the data contract", DAY + timedelta(30), sven)
    decision = conditional(met(gate), ana, contract, Promise("Train", DAY + timedelta(9)))

    pilot.refresh_from_db()
    kept = decision.conditions.values_list("text", "owner", "due_on", "met_at")
    assert pilot.phase == "pilot"
    assert decision.scope_cap == "At most 200 users"
    assert list(kept) == [
        ("Train", olga.pk, DAY + timedelta(9), None),
        ("Agree the data contract", sven.pk, DAY + timedelta(30), None),
    ]


def test_a_condition_keeps_which_criterion_it_closes(gate, ana):
    decision = conditional(gate, ana)

    closes = set(decision.conditions.values_list("criterion__key", flat=True))
    assert closes == set(gate.assessments.values_list("criterion__key", flat=True))


def test_every_open_must_meet_needs_a_condition_that_closes_it(gate, ana):
    first, *_ = promises(gate)

    with pytest.raises(RuleViolation) as refusal:
        conditional(gate, ana, first)

    (reason,) = refusal.value.reasons
    left = gate.assessments.filter(kind="must_meet").exclude(criterion=first.criterion)
    assert reason.startswith("Every open must-meet needs a condition that closes it. There is none for: ")
    assert all(str(row.criterion) in reason for row in left.select_related("criterion"))


def test_without_an_active_owner_somebody_must_be_named(gate, pilot, ana, sven, olga):
    olga.is_active = False
    olga.save()

    with pytest.raises(RuleViolation, match="Name who owes each condition"):
        conditional(gate, ana)

    assert conditional(gate, ana, *promises(gate, owner=sven)).conditions.filter(owner=sven).count() == 3


def test_nobody_who_has_left_owes_a_condition(gate, ana, sven):
    sven.is_active = False
    sven.save()

    with pytest.raises(RuleViolation, match="Name who owes each condition"):
        conditional(gate, ana, *promises(gate, owner=sven))


def test_a_conditional_go_says_how_far_the_pilot_may_go(gate, ana):
    with pytest.raises(RuleViolation, match="Say how far the pilot may go while conditions are open"):
        conditional(gate, ana, scope_cap=" ")


def test_conditions_of_another_outcome_are_not_kept(gate, ana):
    decision = stop(gate, ana, conditions=promises(gate), scope_cap="200 users")

    assert not decision.conditions.exists()
    assert decision.scope_cap == ""


def test_a_condition_is_met_once_by_a_person_with_what_shows_it(gate, pilot, ana, olga, on):
    conditional(met(gate), ana, Promise("Train", DAY + timedelta(9)))
    condition = Condition.objects.get()

    meet_condition(condition=condition, note="All 12 are trained.", link="https://example.com/list", by=olga)
    with on("2026-03-05"):
        again = meet_condition(condition=condition, note="Again.", by=ana)

    assert (again.met_by, again.met_at.date(), again.met_note) == (olga, DAY, "All 12 are trained.")
    told = {"text": "Train", "note": "All 12 are trained.", "link": "https://example.com/list"}
    assert Event.objects.get(type=events.CONDITION_MET).data == told


def test_saying_that_a_condition_is_met_needs_what_shows_it(gate, ana, olga):
    conditional(gate, ana)

    with pytest.raises(RuleViolation, match=r"Say what shows that the condition is met."):
        meet_condition(condition=Condition.objects.first(), note=" ", by=olga)

    assert not Condition.objects.filter(met_at__isnull=False).exists()


def test_conditions_of_a_pilot_that_ended_or_went_back_are_no_longer_open(gate, pilot, ana):
    conditional(gate, ana)
    assert Condition.objects.open().count() == 3

    stop(current(pilot), ana)

    assert not Condition.objects.open().exists()


def test_an_archived_pilot_owes_nothing(gate, pilot, ana):
    conditional(gate, ana)
    Pilot.objects.filter(pk=pilot.pk).update(archived_at=Decision.objects.get().decided_at)

    assert not Condition.objects.open().exists()
