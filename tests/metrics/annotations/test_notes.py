"""Notes at a KPI: written, changed and removed, and where they are shown."""

import csv
from datetime import timedelta

import pytest
from django.urls import reverse

from metrics import events
from metrics.annotations.actions import annotate_kpi, edit_annotation, remove_annotation
from metrics.annotations.queries import annotations_of
from pilots.models import Event
from pilots.rules import RuleViolation
from tests.api.world import BASE, program_of
from tests.builders import days_ago, make_kpi, measure

pytestmark = pytest.mark.django_db


@pytest.fixture
def kpi(pilot):
    return make_kpi(pilot)


def note(kpi, olga, text="Test set v4", days=5):
    return annotate_kpi(kpi=kpi, on=days_ago(days), text=text, by=olga)


def page(client, kpi, query="") -> str:
    return " ".join(
        client.get(reverse("metrics:kpi", args=[kpi.pilot.key, kpi.pk]) + query).content.decode().split()
    )


def test_what_becomes_of_a_note_is_in_the_log(kpi, olga):
    written = note(kpi, olga, text=" Test set v4 ")
    edit_annotation(annotation=written, text="Test set v5", by=olga)
    edit_annotation(annotation=written, text="Test set v5", by=olga)
    remove_annotation(annotation=written, by=olga)

    told = Event.objects.filter(subject=f"metrics.Annotation:{written.pk}").order_by("pk")
    assert [(event.type, event.changes["text"]) for event in told] == [
        (events.ANNOTATION_ADDED, [None, "Test set v4"]),
        (events.ANNOTATION_EDITED, ["Test set v4", "Test set v5"]),
        (events.ANNOTATION_REMOVED, ["Test set v5", None]),
    ]
    assert annotations_of(kpi) == []
    with pytest.raises(RuleViolation, match="has been removed"):
        edit_annotation(annotation=written, text="Again", by=olga)


@pytest.mark.parametrize(
    ("days", "text", "why"), [(-1, "Test set", "still to come"), (1, "  ", "Say what happened")]
)
def test_a_note_says_what_happened(kpi, olga, days, text, why):
    with pytest.raises(RuleViolation, match=why):
        note(kpi, olga, text=text, days=days)


def test_notes_are_numbered_on_the_chart_and_listed(kpi, olga, client_of):
    for days in (20, 10, 1):
        measure(kpi, 12, on=days_ago(days))
    note(kpi, olga, "Second <b>", days=5)
    note(kpi, olga, "First", days=15)

    text = page(client_of(olga), kpi)

    listed = text.split("note-list")[1]
    assert listed.index("First <small>") < listed.index("Second &lt;b&gt; <small>")
    assert text.count('class="mark note"') == 2


def test_notes_stand_between_the_readings_of_the_table(kpi, olga, client_of):
    for days in range(1, 120):
        measure(kpi, days, on=days_ago(days))
    for days in (0, 50, 51, 100, 119, 300):
        note(kpi, olga, f"Note {days}.", days=days)
    client = client_of(olga)

    tables = [page(client, kpi, f"?show=table&page={number}") for number in (1, 2, 3)]
    texts = [table.split("</thead>")[1].split("</tbody>")[0] for table in tables]

    found = [[days for days in (0, 50, 51, 100, 119, 300) if f"Note {days}." in text] for text in texts]
    assert found == [[0], [50, 51], [100, 119, 300]]
    assert texts[1].index("Note 51.") < texts[1].index("52 per hour")


def test_notes_are_in_the_file_and_in_the_course_of_the_api(kpi, olga, client_of):
    note(kpi, olga, "=Price change")

    answer = client_of(olga).get(reverse("metrics:kpi_csv", args=[kpi.pilot.key, kpi.pk]))
    course = program_of(olga).get(f"{BASE}kpis/{kpi.pk}/course/").json()

    rows = list(csv.DictReader(answer.getvalue().decode("utf-8-sig").split("\r\n\r\n")[1].splitlines()))
    assert [(row["What"], row["Measured at"], row["Note"]) for row in rows] == [
        ("Note", days_ago(5).isoformat(), "'=Price change")
    ]
    assert course["notes"] == [{"on": days_ago(5).isoformat(), "text": "=Price change"}]


def test_a_note_of_another_kpi_is_not_there(kpi, olga, client_of):
    other = make_kpi(kpi.pilot, "Other")
    written = note(other, olga)

    answer = client_of(olga).post(
        reverse("metrics:annotation_remove", args=[kpi.pilot.key, kpi.pk, written.pk])
    )

    assert answer.status_code == 404
    assert annotations_of(other) == [written]


def test_bad_input_is_told_at_its_field_and_kept(kpi, olga, client_of):
    sent = {"on": (days_ago(0) + timedelta(days=9)).isoformat(), "text": "A new price"}

    answer = client_of(olga).post(reverse("metrics:annotate", args=[kpi.pilot.key, kpi.pk]), sent)

    assert answer.status_code == 422
    assert "this day is still to come" in answer.content.decode()
    assert 'value="A new price"' in answer.content.decode()
    assert annotations_of(kpi) == []
