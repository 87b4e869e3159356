"""The risks of a pilot as other subjects show them."""

import pytest
from django.utils import timezone

from pilots.models import Pilot
from pilots.registers.actions import remove_entry
from pilots.registers.risks import live_risks, live_risks_of, risk_lines
from tests.builders import make_entry, make_pilot

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def told(pilot: Pilot) -> list[tuple[str, str, str]]:
    return [(line.risk.title, line.tone, line.word) for line in risk_lines(live_risks_of(pilot), today=TODAY)]


def test_what_is_open_comes_first_the_worst_before_all(pilot, olga):
    make_entry(pilot, title="Small", likelihood=1, impact=2, trend="steady")
    make_entry(
        pilot, title="Worst but mitigated", likelihood=5, impact=5, state="mitigated", mitigation="Done",
    )  # fmt: skip
    make_entry(pilot, title="Large", likelihood=4, impact=4, trend="rising")
    make_entry(pilot, title="Over", likelihood=5, impact=5, state="closed")
    remove_entry(entry=make_entry(pilot, title="Removed"), by=olga)
    make_entry(make_pilot(pilot.programme, owner=olga), title="Of another")

    assert told(pilot) == [
        ("Large", "bad", "Open, high (16), rising"),
        ("Small", "wait", "Open (2)"),
        ("Worst but mitigated", "ok", "Mitigated, falling"),
    ]


def test_both_ways_of_asking_say_the_same(pilot, olga, django_assert_num_queries):
    for number in range(3):
        make_entry(
            pilot, title=f"Risk {number}", owner=olga if number else None, team="" if number else "Legal"
        )
    with django_assert_num_queries(1):
        annotated = Pilot.objects.annotate(risked=live_risks()).get(pk=pilot.pk)
        lines = risk_lines(annotated.risked, today=TODAY)

    assert lines == risk_lines(live_risks_of(pilot), today=TODAY)
    assert [str(line.risk.owner or line.risk.team) for line in lines] == ["Legal", "Olga Owner", "Olga Owner"]


def test_the_first_page_of_a_pilot_names_the_four_worst(pilot, olga, client_of):
    page = client_of(olga).get(f"/pilots/{pilot.key}/").content.decode()
    assert "No risk is written down." in page and "/registers/risks/new/" in page

    for number in range(5):
        make_entry(pilot, title=f"Risk of {number}", likelihood=number + 1, impact=1)
    page = client_of(olga).get(f"/pilots/{pilot.key}/").content.decode()
    card, more, _ = page[page.index('id="h-risks"') :].partition("All 5 risks that are not closed")
    assert [number for number in range(5) if f"Risk of {number}" in card] == [1, 2, 3, 4]
    assert more
