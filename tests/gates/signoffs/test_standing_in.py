"""Signing for somebody else through the API: whenever the page lets one, and else with why not, by name."""

from datetime import timedelta

import pytest

from gates.models import SignOff
from gates.seats.queries import Table
from gates.signoffs.actions import end_delegation, sign_off
from gates.signoffs.people import why_not_for
from gates.signoffs.rules import Lent, stand_in_blockers
from pilots.choices import Role
from tests.api.world import BASE, program_of
from tests.builders import join, make_programme, make_user
from tests.gates.signoffs.conftest import DAY, fresh, in_review, lend, name

pytestmark = pytest.mark.django_db


def post(gate, by, holder, role="Risk", to=""):
    return program_of(by).post(
        f"{BASE}gates/{gate.pk}/sign-offs/{to}", {"role": role, "on_behalf_of": holder.pk}, format="json"
    )


def on_the_page(gate, by, client_of) -> bool:
    """Whether the page offers a seat to sign."""
    page = client_of(by).get(f"/pilots/{gate.pilot.key}/gates/G1/sign/")
    return page.status_code == 200 and any(seat.can_sign for seat in page.context["seats"])


# --- Whenever the page does --------------------------------------------------------------------
@pytest.mark.parametrize("membership", ["in the programme", "in another", "none"])
def test_whatever_roles_the_giver_has_left(gate, programme, rita, ben, client_of, membership):
    name(rita, "Risk", programme)
    lend(rita, ben)
    if membership != "in the programme":
        rita.memberships.all().delete()
    if membership == "in another":
        join(rita, make_programme(), Role.OWNER)
    assert on_the_page(gate, ben, client_of)

    answer = post(gate, ben, rita)

    assert answer.status_code == 201, answer.json()
    assert answer.json()["on_behalf_of"] == {"id": rita.pk, "name": "Rita Risk"}


def test_for_a_sponsor_who_has_no_role_at_all(pilot, ben, client_of):
    pilot.sponsor = make_user("Sonja Board")
    pilot.save()
    lend(pilot.sponsor, ben)
    gate = in_review(pilot)
    assert on_the_page(gate, ben, client_of)

    assert post(gate, ben, pilot.sponsor, "Sponsor").status_code == 201
    assert post(gate, ben, pilot.sponsor, "Sponsor", "withdraw/").status_code == 201


def test_what_was_signed_is_taken_back_after_the_giver_has_gone(gate, programme, rita, ben):
    name(rita, "Risk", programme)
    lent = lend(rita, ben)
    sign_off(gate=gate, role="Risk", by=ben, holder=rita)
    end_delegation(delegation=lent, by=rita)
    rita.memberships.all().delete()
    rita.gatekeeper_roles.all().delete()

    assert post(gate, ben, rita, to="withdraw/").status_code == 201
    assert [row.kind for row in SignOff.objects.all()] == ["signed", "withdrawn"]


# --- And else why not --------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"starts_on": DAY + timedelta(1), "ends_on": DAY + timedelta(9)}, "only from 3 Mar 2026 on."),
        ({"starts_on": DAY - timedelta(9), "ends_on": DAY - timedelta(1)}, "only until 1 Mar 2026."),
        (None, "does not let you sign for them here."),
    ],
)
def test_who_has_no_seat_at_all_reads_by_name_why(gate, programme, rita, ben, said, sentence, client_of):
    name(rita, "Risk", programme)
    if said:
        lend(rita, ben, **said)
    assert not on_the_page(gate, ben, client_of)

    answer = post(gate, ben, rita)

    assert answer.status_code == 403 and not SignOff.objects.exists()
    assert answer.json()["detail"].startswith("Rita Risk ")
    assert answer.json()["detail"].endswith(sentence)


def test_who_has_a_seat_of_their_own_reads_it_as_a_reason(gate, programme, rita, sven, olga):
    name(rita, "Risk", programme)
    assert post(gate, sven, rita).json() == {"reasons": ["Rita Risk does not let you sign for them here."]}

    lend(rita, sven)
    assert post(gate, sven, rita, "Sponsor").json() == {
        "reasons": ["Rita Risk does not sign as Sponsor at this gate."]
    }
    assert post(gate, sven, olga).json() == {
        "reasons": ["Olga Owner owns this pilot, so nobody signs for them here."]
    }
    rita.is_active = False
    rita.save()
    assert post(gate, sven, rita).json() == {"reasons": ["Rita Risk has left."]}
    assert post(gate, sven, rita).status_code == 409


def test_a_person_one_cannot_know_has_no_name(gate, sven, nils):
    answer = post(gate, sven, nils)

    assert answer.status_code == 400
    assert answer.json() == {"on_behalf_of": ["Nobody who signs at this gate has this id."]}


def test_without_a_seat_and_without_a_giver_it_is_the_role_that_does_not_allow_it(gate, ben, nils):
    for data in ({"role": "Risk"}, {"role": "Risk", "on_behalf_of": nils.pk}, {"on_behalf_of": "x"}, []):
        answer = program_of(ben).post(f"{BASE}gates/{gate.pk}/sign-offs/", data, format="json")

        assert answer.status_code == 403
        assert answer.json() == {"detail": "Your role does not allow you to sign off at a gate."}


def test_the_reason_is_empty_exactly_where_there_is_a_seat(gate, programme, rita, ben):
    name(rita, "Risk", programme)
    lend(rita, ben)

    assert why_not_for(rita, ben, Table(fresh(gate), DAY)) == []


# --- The rule ----------------------------------------------------------------------------------
def why(*lent, **said) -> list[str]:
    facts = {"has_left": False, "owns_pilot": False, "holds_role": True} | said
    return stand_in_blockers(holder="Rita", lent=lent, today=DAY, **facts)


def test_one_that_runs_is_enough_whatever_else_there_was():
    before = Lent(DAY - timedelta(9), DAY - timedelta(5))
    ended = Lent(DAY, DAY, ended=True)
    ahead = Lent(DAY + timedelta(5), DAY + timedelta(9))

    assert why(before, ended, Lent(DAY, DAY), ahead) == []
    assert why(before, ended, ahead) == ["Rita lets you sign for them only from 7 Mar 2026 on."]
    assert why(before, ended) == ["Rita no longer lets you sign for them."]
    assert why(before) == ["Rita let you sign for them only until 25 Feb 2026."]
    assert why() == ["Rita does not let you sign for them here."]
    assert why(Lent(DAY, DAY), holds_role=False) == ["Rita does not sign in any role at this gate."]
