"""Naming gatekeepers, delegating, and what the pages of both show."""

from datetime import timedelta

import pytest

from gates import events
from gates.models import Delegation, SignOff
from gates.seats.queries import seats_of
from gates.signoffs.actions import (
    dismiss_gatekeeper,
    end_delegation,
    give_delegation,
    name_gatekeeper,
    sign_off,
)
from gates.signoffs.people import acting_today, role_holders
from pilots.models import Event
from pilots.rules import RuleViolation
from tests.gates.signoffs.conftest import DAY, fresh, lend, name, quorum

pytestmark = pytest.mark.django_db


def give(giver, receiver, **facts) -> Delegation:
    facts = {"starts_on": DAY, "ends_on": DAY + timedelta(9), "reason": "On leave"} | facts
    return give_delegation(receiver=receiver, by=giver, **facts)


# --- Gatekeepers ---------------------------------------------------------------------------------
def test_named_twice_is_named_once_whatever_the_capitals(programme, rita, petra):
    first = name_gatekeeper(programme=programme, role="Risk", person=rita, by=petra)

    assert name_gatekeeper(programme=programme, role="risk ", person=rita, by=petra) == first
    event = Event.objects.get(type=events.GATEKEEPER_NAMED)
    assert (event.programme, event.data["role"], event.data["person"]) == (programme, "Risk", "Rita Risk")


def test_the_sponsor_is_not_named_here(programme, rita, petra):
    with pytest.raises(RuleViolation, match="named on each pilot"):
        name_gatekeeper(programme=programme, role="sponsor", person=rita, by=petra)


def test_only_people_of_the_programme_who_are_still_there(programme, rita, nils, petra):
    with pytest.raises(RuleViolation, match="no role in this programme"):
        name_gatekeeper(programme=programme, role="Risk", person=nils, by=petra)
    rita.is_active = False
    rita.save()
    with pytest.raises(RuleViolation, match="has left"):
        name_gatekeeper(programme=programme, role="Risk", person=rita, by=petra)


def test_who_is_dismissed_signs_no_more_but_what_was_signed_stands(gate, programme, rita, petra):
    held = name_gatekeeper(programme=programme, role="Risk", person=rita, by=petra)
    sign_off(gate=gate, role="Risk", by=rita)

    dismiss_gatekeeper(gatekeeper=held, by=petra)
    dismiss_gatekeeper(gatekeeper=held, by=petra)

    assert seats_of(rita, fresh(gate), today=DAY) == []
    assert quorum(gate).roles[1].reached
    assert Event.objects.filter(type=events.GATEKEEPER_DISMISSED).count() == 1


def test_the_page_lists_the_roles_in_use_with_leavers_and_vacancies(
    gate, programme, rita, petra, client_of, django_assert_max_num_queries
):
    name(rita, "risk", programme)
    name(petra, "Privacy", programme)
    rita.is_active = False
    rita.save()

    with django_assert_max_num_queries(3):
        roles = {one.label: one for one in role_holders(programme)}
    page = client_of(petra).get(f"/programmes/{programme.slug}/gatekeepers/").content.decode()

    assert set(roles) == {"Risk", "Privacy"}
    assert roles["Risk"].is_vacant
    assert roles["Risk"].asked_at[0] == "G1 End of proof of concept"
    assert "has left" in page
    assert "Vacant: any gatekeeper signs" in page
    assert "No playbook in use asks for it" in page


# --- Delegations ---------------------------------------------------------------------------------
def test_given_twice_it_is_given_once_and_ended_twice_ended_once(programme, rita, ben):
    given = give(rita, ben)
    assert give(rita, ben) == given

    end_delegation(delegation=given, by=ben)
    ended = end_delegation(delegation=given, by=rita)

    assert ended.ended_by == ben
    assert Delegation.objects.count() == 1
    assert [event.type for event in Event.objects.order_by("pk")] == [
        events.DELEGATION_GIVEN,
        events.DELEGATION_ENDED,
    ]


def test_once_ended_nobody_signs_with_it(gate, programme, rita, ben):
    name(rita, "Risk", programme)
    given = give(rita, ben)
    assert [seat.role for seat in seats_of(ben, fresh(gate), today=DAY)] == ["Risk"]

    end_delegation(delegation=given, by=rita)

    assert seats_of(ben, fresh(gate), today=DAY) == []


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"ends_on": DAY - timedelta(1), "starts_on": DAY - timedelta(2)}, "passed already"),
        ({"ends_on": DAY - timedelta(1)}, "before the first"),
        ({"reason": " "}, "Say why"),
    ],
)
def test_what_a_delegation_needs(rita, ben, facts, reason):
    with pytest.raises(RuleViolation, match=reason):
        give(rita, ben, **facts)


def test_not_to_yourself_nor_to_who_cannot_open_the_gates(programme, rita, nils):
    with pytest.raises(RuleViolation, match="somebody else"):
        give(rita, rita)
    with pytest.raises(RuleViolation, match="could not open the gates"):
        give(rita, nils)
    with pytest.raises(RuleViolation, match="could not open the gates"):
        give(rita, nils, programme=programme)


def test_nobody_else_ends_it(rita, ben, ana):
    with pytest.raises(RuleViolation, match="Only the two"):
        end_delegation(delegation=give(rita, ben), by=ana)


def test_who_acts_for_whom_is_seen_by_those_of_the_programme_only(programme, rita, ben, ana, nils):
    lend(rita, ben, programme=programme)

    assert [str(one.receiver) for one in acting_today(ana, DAY)] == ["Ben Brandt"]
    assert acting_today(nils, DAY) == []


# --- The page that is signed ---------------------------------------------------------------------
def test_signing_on_the_page_shows_it_at_the_gate(gate, pilot, programme, rita, client_of):
    name(rita, "Risk", programme)
    browser, address = client_of(rita), f"/pilots/{pilot.key}/gates/G1/sign/"
    seat = browser.get(address).context["seats"][0]

    answer = browser.post(address, {"seat": seat.value, "what": "sign", "comment": "Seen."}, follow=True)

    assert "Signed as Risk at G1" in answer.content.decode()
    assert "Seen." in answer.content.decode()
    assert SignOff.objects.get().digest == seat.digest


def test_what_changed_while_reading_is_not_signed_on_the_page(gate, pilot, programme, rita, client_of):
    name(rita, "Risk", programme)
    browser, address = client_of(rita), f"/pilots/{pilot.key}/gates/G1/sign/"
    seat = browser.get(address).context["seats"][0]
    gate.assessments.filter(criterion__key="R1").update(state="met")

    answer = browser.post(address, {"seat": seat.value, "what": "sign", "comment": "Kept."})

    assert answer.status_code == 422
    assert "This has changed while you were reading." in answer.content.decode()
    assert "Kept." in answer.content.decode()
    assert not SignOff.objects.exists()


def test_only_who_has_a_seat_opens_the_page(gate, pilot, programme, rita, ana, olga, client_of):
    name(rita, "Risk", programme)
    address = f"/pilots/{pilot.key}/gates/G1/sign/"

    assert client_of(rita).get(address).status_code == 200
    assert client_of(ana).get(address).status_code == 403  # a gatekeeper, but Risk is Rita's
    assert client_of(olga).get(address).status_code == 403
