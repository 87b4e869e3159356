"""What the checklist shows of a criterion that depends on others."""

import pytest
from django.urls import reverse

from gates.choices import AssessmentState
from tests.builders import criterion, make_gate

pytestmark = pytest.mark.django_db
S = AssessmentState
IN_TURN = (criterion("D1"), criterion("O1", title="Name who runs it", depends_on=["D1"]))


@pytest.fixture
def reader(client, olga):
    client.force_login(olga)
    return client


def page(client, gate, **headers) -> str:
    address = reverse("gates:gate", args=[gate.pilot.key, gate.definition.key])
    return client.get(address, headers=headers).content.decode()


def address_of(gate, key: str) -> str:
    return reverse("gates:criterion", args=[gate.pilot.key, gate.definition.key, key])


def test_what_cannot_start_yet_says_why_and_is_no_link(reader, pilot):
    gate = make_gate(IN_TURN, pilot=pilot)
    shown = page(reader, gate)

    assert "Cannot start yet" in shown
    assert "This opens when D1 is met." in shown
    assert '<span class="criterion-title" id="title-O1">' in shown
    assert address_of(gate, "O1") not in shown
    assert address_of(gate, "D1") in shown


def test_what_was_begun_is_a_link_though_something_comes_first(reader, pilot):
    gate = make_gate((IN_TURN[0], IN_TURN[1] | {"state": S.IN_PROGRESS}), pilot=pilot)

    assert "Cannot start yet" not in page(reader, gate)


def test_what_cannot_start_is_nobodys_move(reader, pilot):
    gate = make_gate(IN_TURN, pilot=pilot)
    address = reverse("gates:gate", args=[gate.pilot.key, gate.definition.key])
    shown = reader.get(address, {"show": "yours"}).content.decode()

    assert 'id="c-D1"' in shown
    assert 'id="c-O1"' not in shown


def test_meeting_what_comes_first_opens_the_rest_on_the_same_page(reader, pilot):
    gate = make_gate(IN_TURN, pilot=pilot)
    sent = {"state": "met", "note": "", "responsible": ""}
    saved = reader.post(address_of(gate, "D1"), sent, headers={"HX-Request": "true"}).content.decode()

    assert '<li class="criterion" id="c-O1" hx-swap-oob="true">' in saved
    assert address_of(gate, "O1") in saved
    again = reader.post(
        address_of(gate, "D1"), sent | {"note": "Yes."}, headers={"HX-Request": "true"}
    ).content.decode()
    assert 'id="c-O1" hx-swap-oob' not in again


def test_saying_met_too_early_keeps_what_was_typed_and_says_why(reader, pilot):
    gate = make_gate(IN_TURN, pilot=pilot)
    answer = reader.post(address_of(gate, "O1"), {"state": "met", "note": "It runs.", "responsible": ""})

    assert answer.status_code == 422
    assert "It cannot be met yet: it opens when D1 is met." in answer.content.decode()
    assert "It runs." in answer.content.decode()
