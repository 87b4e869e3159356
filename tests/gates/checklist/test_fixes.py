"""A criterion that Pilotage decides leads to its fix, those who may do something about it."""

import pytest
from django.urls import reverse

from tests.builders import criterion, make_gate, make_pilot

pytestmark = [pytest.mark.django_db, pytest.mark.either]


@pytest.fixture
def pages(programme, olga):
    """The address of the gate, and of its criterion."""
    pilot = make_pilot(programme, owner=olga)
    gate = make_gate([criterion("O2", check_name="sponsor_named")], pilot=pilot)
    address = [pilot.key, gate.definition.key]
    return reverse("gates:gate", args=address), reverse("gates:criterion", args=[*address, "O2"]), pilot


def test_the_owner_is_led_to_the_page_of_the_fix(pages, olga, client_of):
    gate, opened, pilot = pages
    edit = reverse("pilots:edit", args=[pilot.key])

    assert f'href="{edit}">Name a sponsor</a>' in client_of(olga).get(gate).content.decode()
    assert (
        f'Fix: <a class="link" href="{edit}">Name a sponsor</a>'
        in client_of(olga).get(opened).content.decode()
    )


def test_who_may_only_read_is_told_the_fix_and_not_led_to_it(pages, adam, client_of):
    gate, opened, _ = pages

    assert "Name a sponsor" not in client_of(adam).get(gate).content.decode()
    page = client_of(adam).get(opened).content.decode()
    assert "Fix: Name a sponsor." in page
    assert ">Name a sponsor</a>" not in page
