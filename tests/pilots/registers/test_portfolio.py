"""The registers of all pilots: narrowed, counted, drawn as a matrix, and as a file."""

import csv
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pilots.models import Pilot
from pilots.registers.actions import remove_entry
from pilots.registers.table import REGISTERS
from tests.builders import days_ago, make_entry, make_pilot, make_programme

pytestmark = pytest.mark.django_db


def page(client, key="risks", query="") -> str:
    return " ".join(client.get(reverse("pilots:register_all", args=[key]) + query).content.decode().split())


def titles(text: str) -> list[str]:
    return re.findall(r'<a class="name" href="[^"]+">([^<]+)</a>', text)


@pytest.fixture
def portfolio(pilot, programme, olga, ana):
    """Four risks of two pilots, and one of another programme."""
    other = make_pilot(programme, owner=olga, title="Clause review")
    Pilot.objects.filter(pk=other.pk).update(phase="pilot", phase_name="Pilot", phase_number=2)
    make_entry(pilot, title="High", likelihood=5, impact=5, owner=ana)
    make_entry(pilot, title="Late", likelihood=2, impact=2, review_on=days_ago(1), team="Legal")
    make_entry(other, title="Closed", likelihood=5, impact=4, state="closed", review_on=days_ago(9))
    make_entry(other, title="Alone", likelihood=1, impact=2, checkpoint="By a clerk.")
    hidden = make_pilot(make_programme("Logistics"), owner=olga)
    make_entry(hidden, title="Hidden")
    return pilot


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["High", "Closed", "Late", "Alone"]),
        ("?overdue=true", ["Late"]),
        ("?live=true", ["High", "Late", "Alone"]),
        ("?owner=none", ["Alone"]),
        ("?owner=me", []),
        ("?state=closed", ["Closed"]),
        ("?likelihood=5&impact=5", ["High"]),
        ("?q=clerk", ["Alone"]),
        ("?q=clause+review", ["Closed", "Alone"]),
        ("?phase=pilot", ["Closed", "Alone"]),
        ("?programme=logistics", []),
        ("?owner=nonsense&impact=9", ["High", "Closed", "Late", "Alone"]),
    ],
)
def test_a_register_is_narrowed(portfolio, olga, client_of, query, found):
    assert titles(page(client_of(olga), query=query)) == found


def test_the_matrix_counts_what_is_not_closed_and_leads_to_it(portfolio, olga, client_of):
    client = client_of(olga)
    text = page(client)

    fields = re.findall(r'<td class="(\w+) some"><a href="([^"]+)">(\d+)', text)

    assert [(tone, number) for tone, _, number in fields] == [("bad", "1"), ("ok", "1"), ("ok", "1")]
    assert titles(page(client, query=fields[0][1].replace("&amp;", "&"))) == ["High"]


def test_the_overview_counts_over_all_pilots_that_may_be_seen(portfolio, olga, client_of):
    text = client_of(olga).get(reverse("pilots:all_registers")).content.decode()

    row = text.split(">Risks</a>")[1].split("</tr>")[0]
    assert [int(number) for number in re.findall(r">(\d+)<", row)] == [4, 3, 1, 1]


@pytest.fixture
def lessons(pilot, programme, olga):
    """Of a pilot under way, of one that was stopped and archived since, and of one that is only an archived idea."""
    Pilot.objects.filter(pk=pilot.pk).update(
        state="active", vendor="Papierlos GmbH", phase="poc", phase_name="Proof of concept", phase_number=1
    )
    stopped = make_pilot(programme, owner=olga, title="Clause review", vendor="papierlos GmbH")
    idea = make_pilot(programme, owner=olga, title="Idea")
    worked = {"kind": "worked", "area": "organisational", "published_on": days_ago(1)}
    make_entry(pilot, "lessons", title="Clerks helped", **worked)
    draft = {"kind": "did_not", "area": "", "published_on": None}
    make_entry(stopped, "lessons", title="Nobody used it", advice="Ask the clerks.", **draft)
    make_entry(idea, "lessons", title="Hidden")
    archived = {"archived_at": "2026-01-01T00:00Z"}
    Pilot.objects.filter(pk=idea.pk).update(**archived)
    place = {"phase": "pilot", "phase_name": "Pilot", "phase_number": 2}
    Pilot.objects.filter(pk=stopped.pk).update(state="stopped", **place, **archived)
    return stopped


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Clerks helped", "Nobody used it"]),
        ("?q=clerks", ["Clerks helped", "Nobody used it"]),
        ("?q=nobody+clerks", ["Nobody used it"]),
        ("?kind=worked", ["Clerks helped"]),
        ("?area=organisational", ["Clerks helped"]),
        ("?live=false", ["Clerks helped"]),
        ("?live=true", ["Nobody used it"]),
        ("?vendor=PAPIERLOS+gmbh", ["Clerks helped", "Nobody used it"]),
        ("?vendor=Other", []),
        ("?stopped_in=pilot", ["Nobody used it"]),
        ("?stopped_in=poc", []),
        ("?vendor=Papierlos+GmbH&stopped_in=pilot&kind=did_not&q=nobody", ["Nobody used it"]),
    ],
)
def test_lessons_are_searched_also_where_the_pilot_has_ended(lessons, olga, client_of, query, found):
    assert titles(page(client_of(olga), "lessons", query)) == found


def test_lessons_offer_what_there_is_to_choose_from(lessons, olga, nils, client_of):
    shown = page(client_of(olga), "lessons", "?stopped_in=pilot")

    for words in (
        '<option value="pilot" selected>Stopped in Pilot</option>',
        '<option value="false">Published</option><option value="true">Drafts</option>',
    ):
        assert words in shown, words
    assert shown.lower().count('<option value="papierlos gmbh"') == 1
    assert "Still to look after" not in shown
    assert "apierlos" not in page(client_of(nils), "lessons")


def test_lessons_cost_the_same_number_of_queries_however_many_there_are(lessons, olga, client_of):
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            page(client, "lessons")
        return len(asked)

    client = client_of(olga)
    cost()
    before = cost()
    for number in range(12):
        pilot = make_pilot(lessons.programme, owner=olga, vendor=f"Vendor {number}")
        make_entry(pilot, "lessons", title=f"Lesson {number}")
    assert cost() == before


def test_the_overview_counts_lessons_of_ended_pilots_too(lessons, olga, client_of):
    text = client_of(olga).get(reverse("pilots:all_registers")).content.decode()

    row = text.split(">Lessons</a>")[1].split("</tr>")[0]
    assert re.findall(r">(\d+)<", row)[0] == "2"


def test_an_archived_pilot_is_not_among_them(portfolio, olga, client_of):
    Pilot.objects.filter(pk=portfolio.pk).update(archived_at="2026-01-01T00:00Z")

    assert titles(page(client_of(olga))) == ["Closed", "Alone"]


@pytest.mark.parametrize("key", REGISTERS)
def test_a_file_has_what_the_page_shows(pilot, olga, client_of, key):
    gone = make_entry(pilot, key, team="=Legal")
    remove_entry(entry=gone, by=olga)
    entry = make_entry(pilot, key, owner=olga, review_on=days_ago(3))
    client, address = client_of(olga), reverse("pilots:register_export", args=[key])

    def read(query):
        answer = client.get(address + query)
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        return list(csv.DictReader(text.splitlines()))

    (row,) = read("")
    assert (row["ID"], row["Pilot"], row["Title"]) == (str(entry.pk), pilot.key, pilot.title)
    assert (row["Owner"], row["Next review"]) == ("olga@example.com", days_ago(3).isoformat())
    assert [row["Team"] for row in read("?removed=true")] == ["'=Legal"]
    assert read("?pilot=PIL-NONE") == []


def test_pages_take_as_many_queries_for_many(pilot, olga, client_of, django_assert_max_num_queries):
    client = client_of(olga)
    for number in range(60):
        make_entry(pilot, title=f"Risk {number}", owner=olga)

    for address, limit in (
        (reverse("pilots:all_registers"), 5),
        (reverse("pilots:register_all", args=["risks"]), 11),
        (reverse("pilots:register_export", args=["risks"]), 4),
    ):
        with django_assert_max_num_queries(limit):
            answer = client.get(address)
            if answer.streaming:
                b"".join(answer.streaming_content)
