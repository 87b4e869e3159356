"""What happened to a pilot, as its pages tell it: what it was about, what was given, what moved."""

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from pilots.models import Event
from pilots.queries import happening
from pilots.registers.actions import edit_entry
from tests.builders import make_entry, make_kpi, measure

pytestmark = pytest.mark.django_db


def words(answer) -> str:
    """The text of the page, without gaps."""
    return " ".join(strip_tags(answer.content.decode()).replace("&rarr;", "→").split())


def test_an_entry_is_told_by_its_title(pilot, olga, client_of):
    entry = make_entry(pilot, title="A letter promises a refund", likelihood=3)
    edit_entry(entry=entry, by=olga, likelihood=4)

    page = words(client_of(olga).get(reverse("pilots:activity", args=[pilot.key])))

    assert "Entry edited · A letter promises a refund Likelihood: 3 → 4 Register: risks" in page
    assert "Entry added · A letter promises a refund " in page
    assert "nothing →" not in page  # what an entry was given is not a change from nothing


def test_the_overview_says_what_happened_to_what(pilot, olga, client_of):
    make_entry(pilot, title="A letter promises a refund")
    measure(make_kpi(pilot, name="Invoices an hour"), 21)

    page = words(client_of(olga).get(reverse("gates:overview", args=[pilot.key])))

    assert "Entry added · A letter promises a refund" in page
    assert "Measurement recorded · Invoices an hour" in page


@pytest.mark.parametrize(
    ("data", "about"),
    [
        ({"gate": "G1", "criterion": "T1 State the scale"}, "T1 State the scale"),
        ({"title": "", "gate": "G1"}, "G1"),
        ({"reason": "Because."}, ""),
        ({}, ""),
    ],
)
def test_the_closest_fact_names_what_it_is_about(data, about, pilot):
    told = happening(Event(type="gates.x", pilot=pilot, data=data))

    assert told.about == about
    assert about not in [value for _, value in told.further]
