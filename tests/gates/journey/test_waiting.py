"""Whom a gate waits on: the rule, the batch held to it, and every way in which it moves."""

from datetime import date
from importlib import import_module
from random import Random

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from config.reactions import REACTIONS
from gates.checklist.actions import assess_criterion
from gates.choices import AssessmentState, GateStatus, Outcome, WaitingOn
from gates.decisions.actions import decide
from gates.journey.actions import request_review
from gates.journey.readiness import item_of, refresh_gates, refresh_one, score_gates
from gates.journey.waiting import facts_of
from gates.models import Gate
from gates.review.actions import send_back, withdraw_review
from gates.rules import WaitingFacts, waiting_party, waiting_person
from pilots.actions.people import set_active
from pilots.actions.pilots import archive_pilot, edit_pilot
from pilots.choices import PilotState, Role
from pilots.models import Event, Pilot
from tests.builders import criterion, join, make_gate, make_pilot, make_playbook, make_user, start
from tests.gates.journey.portfolios import TODAY, random_portfolio

S, W = AssessmentState, WaitingOn
OLGA, RENATE, PAUL = 1, 2, 3


def facts(**said) -> WaitingFacts:
    return WaitingFacts(**{"status": GateStatus.OPEN, "pilot_state": PilotState.ACTIVE, "owner": OLGA} | said)


# --- The rule ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("said", "party", "person"),
    [
        ({}, W.OWNER, OLGA),
        ({"owner": None}, W.OWNER, None),
        ({"blockers": (OLGA,)}, W.OWNER, OLGA),
        ({"blockers": (None, RENATE)}, W.OWNER, OLGA),
        ({"blockers": (RENATE, OLGA)}, W.OWNER, OLGA),
        ({"blockers": (RENATE, PAUL)}, W.CONTRIBUTOR, RENATE),
        ({"blockers": (RENATE,), "owner": None}, W.CONTRIBUTOR, RENATE),
        ({"blockers": (RENATE,), "status": GateStatus.SUBMITTED}, W.GATEKEEPERS, None),
        ({"status": GateStatus.SUBMITTED, "on_agenda": True}, W.MEETING, None),
        ({"on_agenda": True}, W.OWNER, OLGA),
        ({"sent_back": True, "blockers": (RENATE, PAUL)}, W.OWNER, OLGA),
        ({"sent_back": True, "blockers": (RENATE,), "owner": None}, W.OWNER, None),
        ({"sent_back": True, "blockers": (RENATE,), "status": GateStatus.SUBMITTED}, W.GATEKEEPERS, None),
        ({"sent_back": True, "lapsed": True, "condition_owner": PAUL}, W.CONDITION, PAUL),
        ({"sent_back": True, "archived": True}, W.NOBODY, None),
        ({"lapsed": True, "condition_owner": PAUL, "blockers": (RENATE,)}, W.CONDITION, PAUL),
        ({"status": GateStatus.UPCOMING}, W.NOBODY, None),
        ({"status": GateStatus.DECIDED}, W.NOBODY, None),
        ({"archived": True}, W.NOBODY, None),
        ({"pilot_state": PilotState.STOPPED}, W.NOBODY, None),
        ({"pilot_state": PilotState.RETIRED, "lapsed": True}, W.NOBODY, None),
        ({"pilot_state": PilotState.ON_HOLD}, W.OWNER, OLGA),
    ],
)
def test_exactly_one_party_must_act_next(said, party, person):
    assert (waiting_party(facts(**said)), waiting_person(facts(**said))) == (party, person)


# --- The batch equals the rule -----------------------------------------------------------------
def told_by_the_rule(gate: Gate) -> tuple[str, int | None]:
    rows = gate.assessments.select_related("criterion", "responsible")
    told = facts_of(gate, [row for row in rows if item_of(row, today=TODAY).blocks])
    return waiting_party(told), waiting_person(told)


@pytest.mark.django_db
@settings(max_examples=5)
@given(st.integers(0, 2**32))
def test_the_batch_equals_the_rule_on_random_portfolios(seed):
    ids = random_portfolio(Random(seed), 150)

    score_gates(ids, today=TODAY)

    for gate in Gate.objects.filter(pk__in=ids).select_related("pilot__owner"):
        assert (gate.waiting_on, gate.waiting_for_id) == told_by_the_rule(gate)
        assert (gate.waiting_since is None) == (gate.waiting_on == W.NOBODY)


@pytest.mark.django_db
def test_one_gate_settled_alone_is_settled_as_in_the_batch():
    for gate in Gate.objects.filter(pk__in=random_portfolio(Random(5), 60)).select_related("pilot__owner"):
        refresh_one(gate, today=TODAY)
        stored = Gate.objects.values_list("waiting_on", "waiting_for").get(pk=gate.pk)
        assert stored == told_by_the_rule(gate)


@pytest.mark.django_db
def test_the_migration_says_of_gates_from_before_what_the_rule_says(monkeypatch):
    ids = random_portfolio(Random(11), 200, reviewed=False)  # there were no reviews then
    Gate.objects.update(waiting_on=W.NOBODY, waiting_since=None, waiting_for=None)
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: TODAY)

    import_module("gates.migrations.0005_who_gates_wait_on").fill(apps, None)

    for gate in Gate.objects.filter(pk__in=ids).select_related("pilot__owner"):
        assert (gate.waiting_on, gate.waiting_for_id) == told_by_the_rule(gate)


# --- Every way in which it moves ---------------------------------------------------------------
@pytest.fixture
def olga(db):
    return make_user("Olga Owner")


@pytest.fixture
def renate(db):
    return make_user("Renate Huber")


@pytest.fixture
def gate(olga, renate, on):
    pilot = make_pilot(owner=olga, state=PilotState.INTAKE)
    join(olga, pilot.programme, Role.OWNER)
    join(renate, pilot.programme, Role.OWNER)
    with on("2026-03-01"):
        return start(
            pilot, make_playbook(phases=["pilot", "retired"], criteria=[criterion("V1"), criterion("V2")])
        )


def waits(gate: Gate) -> tuple[str, int | None, str]:
    party, person, since = Gate.objects.values_list("waiting_on", "waiting_for", "waiting_since").get(
        pk=gate.pk
    )
    return party, person, f"{since:%m-%d}" if since else ""


@pytest.fixture
def run_reactions():
    """What the worker does after a commit."""

    def run():
        for event in Event.objects.order_by("pk"):
            for task in REACTIONS[event.type]:
                if task.name.rsplit(".", 1)[-1].startswith("refresh"):
                    task(event.pk)

    return run


def hand(gate: Gate, person, by) -> None:
    for row in gate.assessments.all():
        assess_criterion(assessment=row, state=row.state, responsible=person, by=by)


def test_an_opened_gate_waits_on_its_owner(gate, olga):
    assert waits(gate) == (W.OWNER, olga.pk, "03-01")


def test_handing_every_blocker_to_another_hands_over_the_gate(gate, olga, renate, on):
    with on("2026-03-03"):
        first, second = gate.assessments.all()
        assess_criterion(assessment=first, state=first.state, responsible=renate, by=olga)
        assert waits(gate) == (W.OWNER, olga.pk, "03-01")
        assess_criterion(assessment=second, state=second.state, responsible=renate, by=olga)
    assert waits(gate) == (W.CONTRIBUTOR, renate.pk, "03-03")
    with on("2026-03-05"):
        assess_criterion(assessment=first, state=S.MET, responsible=renate, by=renate)
        assert waits(gate) == (W.CONTRIBUTOR, renate.pk, "03-03")
        assess_criterion(assessment=second, state=S.MET, responsible=renate, by=renate)
    assert waits(gate) == (W.OWNER, olga.pk, "03-05")


def test_a_request_hands_the_gate_to_the_gatekeepers_and_a_hold_back_to_the_owner(gate, olga, on):
    with on("2026-03-04"):
        request_review(gate=gate, by=olga)
    assert waits(gate) == (W.GATEKEEPERS, None, "03-04")
    with on("2026-03-06"):
        decide(
            gate=gate,
            outcome=Outcome.HOLD,
            reason_code="dependency",
            reason="Wait.",
            review_on=date(2026, 4, 1),
            by=make_user("Gert"),
        )
    assert waits(gate) == (W.OWNER, olga.pk, "03-06")


@pytest.fixture
def sent_back_gate(gate, olga, renate, on):
    """Everything that blocks it is Renate's when Ana sends it back on 5 March."""
    with on("2026-03-03"):
        hand(gate, renate, olga)
        request_review(gate=gate, by=olga)
    with on("2026-03-05"):
        send_back(gate=gate, reason="Measure longer.", by=make_user("Ana Anders"))
    return gate


def test_what_reviewers_sent_back_is_the_owners_until_a_review_is_asked_for_again(
    sent_back_gate, olga, renate, on
):
    assert waits(sent_back_gate) == (W.OWNER, olga.pk, "03-05")
    with on("2026-03-09"):
        first = sent_back_gate.assessments.first()
        assess_criterion(assessment=first, state=S.IN_PROGRESS, responsible=renate, by=renate)
        refresh_gates(Gate.objects.all(), today=date(2026, 3, 9))
    assert waits(sent_back_gate) == (W.OWNER, olga.pk, "03-05")
    with on("2026-03-10"):
        request_review(gate=sent_back_gate, by=olga)
        assert waits(sent_back_gate) == (W.GATEKEEPERS, None, "03-10")
        withdraw_review(gate=sent_back_gate, by=olga)
    assert waits(sent_back_gate) == (W.CONTRIBUTOR, renate.pk, "03-10")


def test_a_decision_since_ends_the_owners_turn_to_answer(sent_back_gate, renate, on, run_reactions):
    with on("2026-03-06"):
        decide(
            gate=sent_back_gate,
            outcome=Outcome.HOLD,
            reason_code="dependency",
            reason="Wait.",
            review_on=date(2026, 4, 1),
            by=make_user("Gert"),
        )
        run_reactions()
    assert waits(sent_back_gate) == (W.CONTRIBUTOR, renate.pk, "03-06")


def test_settling_one_gate_looks_for_reviewers_only_where_it_matters(
    gate, sent_back_gate, olga, renate, django_assert_num_queries
):
    """Two queries to score it; one more where everything that blocks it is with others."""
    sent_back_gate = Gate.objects.select_related("pilot__owner", "definition").get(pk=gate.pk)
    with django_assert_num_queries(3):
        refresh_one(sent_back_gate, today=TODAY)
    sent_back_gate.assessments.update(responsible=olga)
    with django_assert_num_queries(2):
        refresh_one(sent_back_gate, today=TODAY)


def test_a_decided_gate_waits_on_nobody_and_the_next_on_its_owner(gate, olga, on):
    gate.assessments.update(state=S.MET)
    with on("2026-03-06"):
        decide(gate=gate, outcome=Outcome.GO, reason_code="ready", reason="Good.", by=make_user("Gert"))
    assert waits(gate) == (W.NOBODY, None, "")
    assert waits(Gate.objects.get(status=GateStatus.OPEN)) == (W.OWNER, olga.pk, "03-06")


def test_a_new_owner_is_waited_on_from_that_day(gate, olga, renate, on, run_reactions):
    with on("2026-03-07"):
        edit_pilot(pilot=gate.pilot, owner=renate, by=olga)
        run_reactions()
    assert waits(gate) == (W.OWNER, renate.pk, "03-07")


def test_who_leaves_is_not_waited_on(gate, olga, renate, on, run_reactions):
    with on("2026-03-03"):
        hand(gate, renate, olga)
    with on("2026-03-08"):
        set_active(person=renate, active=False, reason="Nobody follows yet.", by=olga)
        run_reactions()
    assert waits(gate) == (W.OWNER, olga.pk, "03-08")


def test_an_archived_pilot_waits_on_nobody(gate, olga, run_reactions):
    Pilot.objects.update(state=PilotState.INTAKE)
    archive_pilot(pilot=gate.pilot, by=olga)
    run_reactions()
    assert waits(gate) == (W.NOBODY, None, "")


@pytest.mark.django_db
def test_a_night_heals_what_was_stored_wrongly(gate, olga):
    Gate.objects.filter(pk=gate.pk).update(waiting_on=W.CONTRIBUTOR)
    refresh_gates(Gate.objects.all(), today=TODAY)
    assert waits(gate)[:2] == (W.OWNER, olga.pk)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "party"),
    [("upcoming", W.NOBODY), ("open", W.OWNER), ("submitted", W.GATEKEEPERS)],
)
def test_a_status_written_in_bulk_says_who_must_act(status, party):
    gate = make_gate()

    Gate.objects.filter(pk=gate.pk).update(status=status)

    assert waits(gate)[0] == party


@pytest.mark.parametrize(
    "contradiction",
    [
        {"status": GateStatus.UPCOMING, "waiting_on": W.OWNER, "waiting_since": "2026-03-01T12:00:00Z"},
        {"waiting_on": W.OWNER, "waiting_since": None},
        {"waiting_on": W.NOBODY, "waiting_since": "2026-03-01T12:00:00Z"},
    ],
)
@pytest.mark.django_db
def test_the_database_refuses_a_gate_that_contradicts_itself(contradiction):
    make_gate()

    with pytest.raises(IntegrityError), transaction.atomic():
        Gate.objects.update(**contradiction)
