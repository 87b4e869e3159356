"""Signing, taking back, and when what was signed no longer stands."""

from datetime import timedelta

import pytest

from gates import events
from gates.checklist.actions import assess_criterion
from gates.choices import AssessmentState, GateStatus
from gates.models import SignOff
from gates.seats.queries import seats_of
from gates.signoffs.actions import sign_off, withdraw_sign_off
from gates.signoffs.queries import quorum_of
from pilots.models import Event
from pilots.rules import RuleViolation
from tests.gates.signoffs.conftest import (
    DAY,
    FINANCE,
    RISK,
    SPONSOR,
    fresh,
    in_review,
    lend,
    name,
    quorum,
    states,
)

pytestmark = pytest.mark.django_db
S = AssessmentState


def change(gate, key: str, by) -> None:
    """Something material happens at one criterion."""
    assess_criterion(
        assessment=gate.assessments.get(criterion__key=key), state=S.NOT_MET, note="Not after all.", by=by
    )


def change_back(gate, key: str, by) -> None:
    assess_criterion(assessment=gate.assessments.get(criterion__key=key), state=S.UNKNOWN, by=by)


# --- The quorum ----------------------------------------------------------------------------------
def test_every_role_has_to_sign(gate, pilot, programme, sven, rita):
    name(rita, "risk", programme)  # capitals do not matter
    assert quorum(gate).missing == [
        "Sven Sponsor has not signed as Sponsor.",
        "Rita Risk has not signed as Risk.",
    ]

    sign_off(gate=gate, role="Sponsor", by=sven)
    assert not quorum(gate).reached
    sign_off(gate=gate, role="Risk", by=rita, comment="Fine by us.")

    assert quorum(gate).reached
    assert quorum(gate).missing == []
    event = Event.objects.get(type=events.SIGN_OFF_GIVEN, actor=rita)
    assert event.data["role"] == "Risk"
    assert event.changes == {"signed": [False, True]}


def test_a_number_of_roles(pilot, programme, sven, rita, ana):
    gate = in_review(pilot, roles=[SPONSOR, RISK, FINANCE], quorum="2")
    name(rita, "Risk", programme)

    sign_off(gate=gate, role="Sponsor", by=sven)
    assert quorum(gate).missing == ["One more of Risk or Finance has to sign."]
    sign_off(gate=gate, role="Risk", by=rita)

    assert quorum(gate).reached


def test_everyone_who_holds_a_role(pilot, programme, rita, ben):
    gate = in_review(pilot, roles=[RISK | {"quorum": "all"}])
    name(rita, "Risk", programme)
    name(ben, "Risk", programme)

    sign_off(gate=gate, role="Risk", by=ben)

    assert quorum(gate).missing == ["Rita Risk has not signed as Risk."]


def test_a_role_that_nobody_holds_is_signed_by_any_gatekeeper(gate, sven, ana):
    assert states(gate, "Risk") == {"": "waiting"}

    sign_off(gate=gate, role="Risk", by=ana)

    assert states(gate, "Risk") == {"Ana Anders": "signed"}


def test_where_nobody_at_all_can_sign_somebody_has_to_be_named(pilot, programme, sven):
    gate = in_review(pilot, roles=[RISK])
    sven.memberships.all().delete()

    assert quorum(gate).missing == ["Nobody can sign as Risk. Name someone."]
    assert states(gate, "Risk") == {"": "vacant"}


def test_a_gate_that_names_no_role_asks_for_nothing(pilot):
    assert quorum(in_review(pilot, roles=[])).reached


def test_a_holder_takes_the_role_from_the_stand_ins(gate, programme, rita, ana):
    name(rita, "Risk", programme)

    with pytest.raises(RuleViolation, match="cannot sign in this role"):
        sign_off(gate=gate, role="Risk", by=ana)


# --- Who may not ---------------------------------------------------------------------------------
def test_nobody_signs_for_their_own_pilot(gate, programme, olga):
    name(olga, "Risk", programme)

    assert seats_of(olga, fresh(gate), today=DAY) == []
    with pytest.raises(RuleViolation, match="Owners do not sign"):
        sign_off(gate=gate, role="Risk", by=olga)


def test_nor_counts_the_signature_of_who_owns_it_since(gate, pilot, programme, rita):
    name(rita, "Risk", programme)
    sign_off(gate=gate, role="Risk", by=rita)
    pilot.owner = rita
    pilot.save()

    risk = quorum(gate).roles[1]
    assert not risk.reached
    assert risk.seats[0].note == "The signature does not count: its signer owns this pilot now."


def test_an_owner_who_sponsors_the_pilot_leaves_the_seat_vacant(pilot, olga):
    pilot.sponsor = olga
    pilot.save()
    gate = in_review(pilot, roles=[SPONSOR])

    assert quorum(gate).missing == ["Nobody can sign as Sponsor. Name another sponsor of this pilot."]


@pytest.mark.parametrize("status", [GateStatus.OPEN, GateStatus.UPCOMING])
def test_only_while_the_gate_is_in_review(gate, sven, status):
    type(gate).objects.filter(pk=gate.pk).update(status=status)

    with pytest.raises(RuleViolation, match="signed while it is in review"):
        sign_off(gate=gate, role="Sponsor", by=sven)


# --- People who left -----------------------------------------------------------------------------
def test_nobody_waits_for_who_left(gate, programme, rita, ben):
    name(rita, "Risk", programme)
    name(ben, "Risk", programme)
    rita.is_active = False
    rita.save()

    assert states(gate, "Risk") == {"Rita Risk": "vacant", "Ben Brandt": "waiting"}
    assert "Ben Brandt has not signed as Risk." in quorum(gate).missing
    assert seats_of(rita, fresh(gate), today=DAY) == []


def test_what_they_signed_stands_until_it_changes(gate, olga, programme, rita, ben):
    name(rita, "Risk", programme)
    sign_off(gate=gate, role="Risk", by=rita)
    rita.is_active = False
    rita.save()
    assert quorum(gate).roles[1].reached

    change(gate, "R1", olga)

    assert not quorum(gate).roles[1].reached
    assert quorum(gate).roles[1].can_sign  # the gatekeepers of the programme


# --- Standing in ---------------------------------------------------------------------------------
def test_a_delegate_signs_in_the_seat_of_the_giver(gate, programme, rita, ben):
    name(rita, "Risk", programme)
    lend(rita, ben)

    row = sign_off(gate=gate, role="Risk", by=ben, holder=rita)

    assert (row.person, row.on_behalf_of) == (ben, rita)
    seat = quorum(gate).roles[1].seats[0]
    assert (seat.person, seat.signer, seat.state) == (rita, ben, "signed")
    with pytest.raises(RuleViolation, match="Ben Brandt has signed here"):
        sign_off(gate=gate, role="Risk", by=rita)


@pytest.mark.parametrize(("first", "last"), [(-9, -1), (1, 9)])
def test_only_in_its_period(gate, programme, rita, ben, first, last):
    name(rita, "Risk", programme)
    lend(rita, ben, starts_on=DAY + timedelta(first), ends_on=DAY + timedelta(last))

    assert seats_of(ben, fresh(gate), today=DAY) == []


def test_never_the_owner_and_never_in_chains(gate, programme, rita, ben, olga, erik):
    name(rita, "Risk", programme)
    lend(rita, olga)
    lend(rita, ben)
    lend(ben, erik)

    assert seats_of(olga, fresh(gate), today=DAY) == []
    assert seats_of(erik, fresh(gate), today=DAY) == []
    assert [seat.holder for seat in seats_of(ben, fresh(gate), today=DAY)] == [rita]


def test_only_in_its_programme(gate, programme, rita, ben, nils):
    name(rita, "Risk", programme)
    lend(rita, ben, programme=nils.memberships.get().programme)

    assert seats_of(ben, fresh(gate), today=DAY) == []


def test_one_person_counts_once_in_a_role(pilot, programme, rita, ben):
    gate = in_review(pilot, roles=[RISK | {"quorum": "2"}])
    name(rita, "Risk", programme)
    name(ben, "Risk", programme)
    lend(rita, ben)
    sign_off(gate=gate, role="Risk", by=ben)

    with pytest.raises(RuleViolation, match="one person counts once"):
        sign_off(gate=gate, role="Risk", by=ben, holder=rita)


# --- Twice, and back -----------------------------------------------------------------------------
def test_signed_twice_is_signed_once(gate, sven):
    assert sign_off(gate=gate, role="Sponsor", by=sven) == sign_off(gate=gate, role="Sponsor", by=sven)
    assert SignOff.objects.count() == 1


def test_taken_back_it_no_longer_counts_and_can_be_given_again(gate, sven):
    sign_off(gate=gate, role="Sponsor", by=sven)
    assert withdraw_sign_off(gate=gate, role="Sponsor", by=sven) == withdraw_sign_off(
        gate=gate, role="Sponsor", by=sven
    )
    assert states(gate, "Sponsor") == {"Sven Sponsor": "waiting"}

    sign_off(gate=gate, role="Sponsor", by=sven)

    assert states(gate, "Sponsor") == {"Sven Sponsor": "signed"}
    assert [row.kind for row in SignOff.objects.all()] == ["signed", "withdrawn", "signed"]


def test_only_the_two_whose_it_is_take_it_back(gate, programme, rita, ben, ana):
    name(rita, "Risk", programme)
    lend(rita, ben)
    sign_off(gate=gate, role="Risk", by=ben, holder=rita)

    with pytest.raises(RuleViolation, match="Only who signed"):
        withdraw_sign_off(gate=gate, role="Risk", by=ana, holder=rita)
    withdraw_sign_off(gate=gate, role="Risk", by=rita)

    assert states(gate, "Risk") == {"Rita Risk": "waiting"}


def test_what_never_was_cannot_be_taken_back(gate, sven):
    with pytest.raises(RuleViolation, match="no sign-off here"):
        withdraw_sign_off(gate=gate, role="Sponsor", by=sven)


def test_rows_are_never_edited(gate, sven):
    row = sign_off(gate=gate, role="Sponsor", by=sven)

    with pytest.raises(TypeError):
        row.save()
    with pytest.raises(TypeError):
        SignOff.objects.all().delete()


# --- Stale ---------------------------------------------------------------------------------------
def test_a_change_asks_only_the_roles_that_answer_for_it(gate, programme, olga, sven, rita):
    name(rita, "Risk", programme)
    sign_off(gate=gate, role="Sponsor", by=sven)
    sign_off(gate=gate, role="Risk", by=rita)

    change(gate, "T1", olga)

    assert states(gate, "Risk") == {"Rita Risk": "signed"}
    assert states(gate, "Sponsor") == {"Sven Sponsor": "stale"}
    assert quorum(gate).missing == ["Sven Sponsor has to sign again as Sponsor: what was signed has changed."]
    assert quorum(gate).roles[0].seats[0].difference == [
        "T1 “Criterion T1” was not started and is now not met."
    ]


def test_changed_back_it_stands_again(gate, olga, sven):
    sign_off(gate=gate, role="Sponsor", by=sven)
    change(gate, "T1", olga)

    change_back(gate, "T1", olga)

    assert states(gate, "Sponsor") == {"Sven Sponsor": "signed"}


def test_signing_again_renews_it(gate, olga, sven):
    sign_off(gate=gate, role="Sponsor", by=sven)
    change(gate, "T1", olga)

    sign_off(gate=gate, role="Sponsor", by=sven)

    assert states(gate, "Sponsor") == {"Sven Sponsor": "signed"}


def test_what_changed_while_reading_is_not_signed(gate, olga, sven):
    read = sign_off(gate=gate, role="Sponsor", by=sven).digest
    withdraw_sign_off(gate=gate, role="Sponsor", by=sven)
    change(gate, "T1", olga)

    with pytest.raises(RuleViolation, match="changed while you were reading"):
        sign_off(gate=gate, role="Sponsor", by=sven, digest=read)


def test_the_number_of_queries_is_fixed(gate, programme, rita, ben, ana, sven, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        few = quorum_of(gate, today=DAY)
    for person in (rita, ben, ana):
        name(person, "Risk", programme)
        sign_off(gate=gate, role="Risk", by=person)
    lend(sven, ben)
    lend(rita, ana)

    gate = fresh(gate)
    with django_assert_max_num_queries(5):
        many = quorum_of(gate, today=DAY)
    with django_assert_max_num_queries(1):
        seats_of(ben, gate, today=DAY)

    assert [len(role.seats) for role in few.roles] == [1, 1]
    assert [len(role.seats) for role in many.roles] == [1, 3]
