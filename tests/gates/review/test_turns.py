"""Whose turn it is: found for one person among all gates, and held equal to what each gate says by itself."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from config.reactions import REACTIONS
from gates.checklist.actions import assess_criterion
from gates.choices import GateStatus, Outcome, SignOffKind
from gates.decisions.actions import decide
from gates.evidence.actions import add_evidence
from gates.journey.actions import request_review
from gates.meetings.actions.calling import call_meeting
from gates.models import AskedSeat, Delegation, Gate
from gates.review.actions import send_back
from gates.review.queries import review_rows, shown
from gates.review.turns import reviews_of, signed_by
from gates.seats.queries import words_at
from gates.signoffs.actions import (
    dismiss_gatekeeper,
    end_delegation,
    give_delegation,
    name_gatekeeper,
    sign_off,
    withdraw_sign_off,
)
from pilots.actions.people import set_active
from pilots.actions.pilots import edit_pilot
from pilots.actions.programmes import add_member, remove_member
from pilots.choices import Role
from pilots.models import Event, User
from tests.builders import (
    days_ago,
    join,
    make_kpi,
    make_pilot,
    make_user,
    measure,
)
from tests.gates.review.world import World
from tests.gates.signoffs.conftest import FINANCE, RISK, SPONSOR, fresh, in_review

pytestmark = pytest.mark.django_db


def turns(person: User) -> set[int]:
    """What each gate by itself says, one after the other."""
    gates = Gate.objects.visible_to(person).filter(status=GateStatus.SUBMITTED).exclude(pilot__owner=person)
    rows = review_rows(list(shown(gates)), person, today=days_ago(0))
    return {row.gate.pk for row in rows if row.asked or row.decides}


def signed(person: User) -> set[int]:
    gates = Gate.objects.visible_to(person).filter(status=GateStatus.SUBMITTED).exclude(pilot__owner=person)
    said = words_at(gates)
    return {
        gate.pk
        for gate in gates
        if any(
            word.kind == SignOffKind.SIGNED and person.pk in (word.person_id, word.on_behalf_of_id)
            for word in said[gate.pk].values()
        )
    }


@settings(max_examples=20)
@given(st.integers(0, 2**32))
def test_what_is_found_among_all_gates_is_what_each_gate_says(seed):
    world = World(seed)
    for person in world.people:
        if person.is_active:
            found = {gate.pk for gate in reviews_of(person, today=days_ago(0))}
            assert found == turns(person)
            assert {gate.pk for gate in signed_by(person, today=days_ago(0))} == signed(person) - found


# --- Stories -----------------------------------------------------------------------------------
@pytest.fixture
def rita(programme):
    return join(make_user("Rita Risk", "rita@example.com"), programme, Role.OWNER)


@pytest.fixture
def ben(programme):
    return join(make_user("Ben Brandt", "ben@example.com"), programme, Role.OWNER)


@pytest.fixture
def risk(programme, rita, petra):
    """Rita holds the role Risk."""
    return name_gatekeeper(programme=programme, role="Risk", person=rita, by=petra)


@pytest.fixture
def gate(pilot, risk):
    """In review, for Sven to sign as Sponsor and Rita as Risk."""
    return in_review(pilot)


def waiting_for(person) -> list[str]:
    person.__dict__.pop("access", None)  # as in another request
    return [gate.pilot.title for gate in reviews_of(person, today=days_ago(0))]


def signed_and_waiting(person) -> list[str]:
    return [gate.pilot.title for gate in signed_by(person, today=days_ago(0))]


def change(gate, key: str, state: str, by) -> None:
    assessment = gate.assessments.get(criterion__key=key)
    assess_criterion(assessment=assessment, state=state, note="Found out.", by=by)


def lend(giver, receiver, programme=None, first=0, last=0) -> Delegation:
    days = {"starts_on": days_ago(-first), "ends_on": days_ago(-last)}
    return give_delegation(receiver=receiver, programme=programme, reason="Away", by=giver, **days)


def run_reactions() -> None:
    """What the worker does after a commit."""
    for event in Event.objects.order_by("pk"):
        for task in REACTIONS[event.type]:
            if task.name.rsplit(".", 1)[-1].startswith("refresh"):
                task(event.pk)


ONE = ["Invoice reading"]


def test_a_gate_waits_for_those_whose_roles_it_names_and_for_nobody_else(
    gate, programme, rita, ben, sven, olga, ana, erik, petra, ida, nils
):
    name_gatekeeper(programme=programme, role="Security", person=ben, by=petra)

    assert waiting_for(rita) == waiting_for(sven) == ONE
    for person in (ben, olga, ana, erik, petra, ida, nils):
        assert waiting_for(person) == [], person


def test_what_is_signed_waits_for_others_then_for_who_decides(gate, rita, sven, ana, erik, ben):
    sign_off(gate=gate, role="Risk", by=rita)
    assert (waiting_for(rita), signed_and_waiting(rita)) == ([], ONE)
    assert (waiting_for(sven), signed_and_waiting(sven)) == (ONE, [])
    assert waiting_for(ana) == waiting_for(erik) == []

    sign_off(gate=gate, role="Sponsor", by=sven)
    assert waiting_for(ana) == waiting_for(erik) == ONE
    assert waiting_for(sven) == ONE  # a gatekeeper too, so now to decide
    assert (waiting_for(rita), signed_and_waiting(rita)) == ([], ONE)
    assert waiting_for(ben) == []


def test_a_change_asks_again_whoever_answers_for_it_until_it_is_changed_back(gate, olga, rita, sven):
    sign_off(gate=gate, role="Risk", by=rita)
    sign_off(gate=gate, role="Sponsor", by=sven)
    change(gate, "T1", "not_met", olga)
    assert (waiting_for(rita), waiting_for(sven)) == ([], ONE)

    change(gate, "R1", "met", olga)
    assert (waiting_for(rita), signed_and_waiting(rita)) == (ONE, [])

    change(gate, "R1", "unknown", olga)
    assert (waiting_for(rita), signed_and_waiting(rita)) == ([], ONE)


def test_new_evidence_and_new_figures_ask_again(gate, pilot, olga, rita, sven):
    sign_off(gate=gate, role="Risk", by=rita)
    sign_off(gate=gate, role="Sponsor", by=sven)
    row = gate.assessments.get(criterion__key="R1")
    add_evidence(assessment=row, kind="note", note="Seen.", title="Plan", by=olga)
    assert waiting_for(rita) == ONE
    sign_off(gate=gate, role="Risk", by=rita)
    sign_off(gate=gate, role="Sponsor", by=sven)

    measure(make_kpi(pilot), 3, by=olga)
    run_reactions()

    assert (waiting_for(rita), waiting_for(sven)) == ([], ONE)  # a business KPI is not Risk's
    assert [row.asked[0].again for row in review_rows([fresh(gate)], sven, today=days_ago(0))] == [True]


def test_taken_back_it_waits_again(gate, rita):
    sign_off(gate=gate, role="Risk", by=rita)
    withdraw_sign_off(gate=gate, role="Risk", by=rita)

    assert (waiting_for(rita), signed_and_waiting(rita)) == (ONE, [])


def test_who_stands_in_is_asked_while_they_do(gate, rita, ben, programme):
    assert waiting_for(ben) == []
    lent = lend(rita, ben, programme)
    assert waiting_for(ben) == waiting_for(rita) == ONE

    sign_off(gate=gate, role="Risk", by=ben, holder=rita)
    for person in (rita, ben):
        assert (waiting_for(person), signed_and_waiting(person)) == ([], ONE)
    withdraw_sign_off(gate=gate, role="Risk", by=ben, holder=rita)
    assert waiting_for(ben) == ONE
    end_delegation(delegation=lent, by=ben)
    assert (waiting_for(ben), waiting_for(rita)) == ([], ONE)


@pytest.mark.parametrize("days", [(-3, -1), (1, 3)])
def test_nobody_stands_in_before_or_after(gate, rita, ben, days):
    first, last = days
    Delegation.objects.create(
        giver=rita,
        receiver=ben,
        starts_on=days_ago(-first),
        ends_on=days_ago(-last),
        reason="Away",
    )

    assert waiting_for(ben) == []


def test_once_enough_have_signed_in_a_role_its_others_are_not_asked(pilot, programme, risk, rita, ben, petra):
    name_gatekeeper(programme=programme, role="risk", person=ben, by=petra)
    gate = in_review(pilot, roles=[RISK, FINANCE], quorum="any")
    assert waiting_for(ben) == ONE

    sign_off(gate=gate, role="Risk", by=rita)

    assert (waiting_for(ben), signed_and_waiting(ben)) == ([], [])
    assert (waiting_for(rita), signed_and_waiting(rita)) == ([], ONE)


def test_a_role_nobody_holds_asks_any_gatekeeper_until_somebody_is_named(
    pilot, programme, ana, sven, ben, petra, erik
):
    in_review(pilot, roles=[RISK])
    assert waiting_for(ana) == waiting_for(sven) == ONE
    assert waiting_for(erik) == []
    lend(ana, ben)
    assert waiting_for(ben) == ONE

    held = name_gatekeeper(programme=programme, role="Risk", person=ben, by=petra)
    assert (waiting_for(ana), waiting_for(ben)) == ([], ONE)
    dismiss_gatekeeper(gatekeeper=held, by=petra)
    assert waiting_for(ana) == ONE


def test_where_nobody_can_sign_those_who_decide_have_to_look(pilot, olga, erik, rita):
    edit_pilot(pilot=pilot, sponsor=None, by=olga)
    in_review(pilot, roles=[SPONSOR])

    assert (waiting_for(erik), waiting_for(rita)) == (ONE, [])


def test_what_a_meeting_decides_is_nobodys_alone(gate, pilot, programme, ana, rita, sven):
    soon = timezone.now() + timedelta(days=7)
    call_meeting(programme=programme, title="Board", starts_at=soon, gates=[gate], by=ana)
    assert waiting_for(rita) == ONE  # it still has to be signed

    sign_off(gate=gate, role="Risk", by=rita)
    sign_off(gate=gate, role="Sponsor", by=sven)

    assert waiting_for(ana) == waiting_for(sven) == []
    assert signed_and_waiting(sven) == ONE


def test_sent_back_decided_and_asked_again(gate, olga, rita, sven, ana):
    sign_off(gate=gate, role="Risk", by=rita)
    send_back(gate=gate, reason="More.", by=ana)
    assert (waiting_for(sven), signed_and_waiting(rita)) == ([], [])
    change(gate, "R1", "not_met", olga)

    request_review(gate=gate, by=olga)
    assert waiting_for(sven) == waiting_for(rita) == ONE

    stop = {"outcome": Outcome.STOP, "reason_code": "risk", "reason": "Too risky.", "lesson": "Ask first."}
    decide(gate=gate, by=ana, **stop)
    assert waiting_for(sven) == waiting_for(rita) == signed_and_waiting(rita) == []


def test_people_who_leave_come_or_change_are_followed(gate, pilot, programme, olga, rita, ben, sven, ida):
    set_active(person=rita, active=False, reason="Nobody follows yet.", by=ida)
    run_reactions()
    assert waiting_for(sven) == ONE
    assert AskedSeat.objects.get(gate=gate, role="Risk").holder is None  # any gatekeeper now

    edit_pilot(pilot=pilot, sponsor=ben, by=olga)
    run_reactions()
    assert waiting_for(ben) == ONE
    for held in programme.memberships.filter(role=Role.GATEKEEPER):
        remove_member(membership=held, by=ida)
    run_reactions()
    assert not AskedSeat.objects.filter(gate=gate, role="Risk").exists()

    add_member(programme=programme, user=ben, role=Role.GATEKEEPER, by=ida)
    run_reactions()
    assert AskedSeat.objects.filter(gate=gate, role="Risk", holder=None).exists()


def test_the_longest_waiting_comes_first(gate, programme, olga, sven, rita, on):
    with on(days_ago(30)):
        older = make_pilot(programme, title="Older", owner=olga, sponsor=sven)
        gate_of_older = in_review(older)
    assert Gate.objects.get(pk=gate_of_older.pk).waiting_since < Gate.objects.get(pk=gate.pk).waiting_since

    assert waiting_for(rita) == ["Older", "Invoice reading"]
