"""Evidence that shows readings of KPIs: added, linked, kept, and shown at both ends."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gates import events
from gates.evidence.actions import add_to_reading, link_to_reading, remove_evidence
from gates.evidence.queries import evidence_of_readings, readings_of
from gates.models import Evidence, EvidenceOfReading
from metrics.kpis.actions import archive_kpi
from metrics.readings.actions import supersede_measurement
from pilots.models import Event
from pilots.rules import RuleViolation
from tests.api.world import BASE, program_of
from tests.builders import days_ago, make_kpi, make_pilot, measure

pytestmark = pytest.mark.django_db
LINK = {"kind": "link", "link": "https://example.com/run"}


@pytest.fixture
def kpi(pilot):
    return make_kpi(pilot, "Clause rate", unit="%")


@pytest.fixture
def reading(kpi, olga):
    return measure(kpi, "2.8", on=days_ago(3), by=olga)


@pytest.fixture
def door(kpi, reading):
    return reverse("gates:reading_evidence", args=[kpi.pilot.key, kpi.pk, reading.pk])


@pytest.fixture
def page(client, olga):
    client.force_login(olga)
    return client


def test_a_link_shows_a_reading_and_says_who_added_it(reading, olga):
    piece = add_to_reading(reading=reading, by=olga, **LINK)

    link = EvidenceOfReading.objects.get()
    assert (link.evidence, link.measurement, link.added_by) == (piece, reading, olga)
    assert (piece.pilot, piece.current.link) == (reading.kpi.pilot, LINK["link"])
    told = Event.objects.get(type=events.EVIDENCE_ADDED)
    assert told.changes["shows"][0] is None
    assert Decimal(told.changes["shows"][1]) == Decimal("2.8")
    assert (told.data["kpi"], told.data["title"]) == ("Clause rate", LINK["link"])


def test_the_same_sent_twice_is_kept_once(reading, olga):
    assert add_to_reading(reading=reading, by=olga, **LINK) == add_to_reading(
        reading=reading, by=olga, **LINK
    )
    assert Evidence.objects.count() == 1


def test_a_piece_that_is_there_shows_a_reading_too_and_once(note, reading, olga):
    for _ in range(2):
        link_to_reading(evidence=note, reading=reading, by=olga)

    assert evidence_of_readings([reading.pk]) == {reading.pk: [note]}
    assert Event.objects.filter(type=events.EVIDENCE_LINKED).count() == 1


def test_a_superseded_reading_keeps_its_evidence_and_takes_no_more(reading, olga):
    piece = add_to_reading(reading=reading, by=olga, **LINK)
    supersede_measurement(reading=reading, value=Decimal(3), reason="Two digits were swapped.", by=olga)

    assert evidence_of_readings([reading.pk]) == {reading.pk: [piece]}
    with pytest.raises(RuleViolation, match="no longer counts"):
        add_to_reading(reading=reading, by=olga, kind="note", note="Late.")


def test_evidence_of_another_pilot_shows_nothing_here(note, olga):
    other = measure(make_kpi(make_pilot(owner=olga)), "1", on=days_ago(1), by=olga)

    with pytest.raises(RuleViolation, match="its own pilot"):
        link_to_reading(evidence=note, reading=other, by=olga)


def test_removed_evidence_and_a_kpi_not_followed_take_part_in_nothing(note, reading, olga):
    link_to_reading(evidence=note, reading=reading, by=olga)
    remove_evidence(evidence=note, reason="Of another pilot.", by=olga)

    assert evidence_of_readings([reading.pk]) == {}
    with pytest.raises(RuleViolation, match="removed"):
        link_to_reading(evidence=note, reading=reading, by=olga)
    archive_kpi(kpi=reading.kpi, by=olga)
    with pytest.raises(RuleViolation, match="no longer followed"):
        add_to_reading(reading=reading, by=olga, **LINK)


def test_the_room_of_a_pilot_counts_for_readings_too(reading, olga, settings):
    settings.EVIDENCE_PILOT_MAX_BYTES = 10

    with pytest.raises(RuleViolation, match="take up"):
        add_to_reading(reading=reading, kind="file", file=SimpleUploadedFile("a.txt", b"x" * 11), by=olga)
    assert not Evidence.objects.exists()


def test_a_piece_says_what_its_readings_are_left_with(note, reading, olga):
    link_to_reading(evidence=note, reading=reading, by=olga)
    assert [link.others for link in readings_of(note)] == [0]

    add_to_reading(reading=reading, by=olga, **LINK)
    assert [link.others for link in readings_of(note)] == [1]


# --- Pages -------------------------------------------------------------------------------------
def test_recording_leads_to_what_shows_it(page, kpi):
    url = reverse("metrics:record", args=[kpi.pilot.key, kpi.pk])
    answer = page.post(url, {"value": "2.5", "measured_at": days_ago(1).isoformat()}, follow=True)

    door = reverse("gates:reading_evidence", args=[kpi.pilot.key, kpi.pk, kpi.measurements.get().pk])
    assert f'<a class="link" href="{door}">Add what shows it</a>' in answer.content.decode()


def test_evidence_stands_at_the_reading_and_the_reading_at_the_evidence(page, door, gate, kpi, reading):
    answer = page.post(door, {"link": LINK["link"], "title": "Frozen set v4"}, follow=True)
    piece = Evidence.objects.get()
    own = reverse("gates:document", args=[kpi.pilot.key, piece.pk])

    assert f'Shown by <a class="link" href="{own}">Frozen set v4</a>' in answer.content.decode()
    for address in (own, reverse("gates:documents", args=[kpi.pilot.key])):
        assert "Clause rate" in page.get(address).content.decode()
    replace = page.get(reverse("gates:document_replace", args=[kpi.pilot.key, piece.pk])).content.decode()
    remove = page.get(reverse("gates:document_remove", args=[kpi.pilot.key, piece.pk])).content.decode()
    assert "Is shown by the new revision at once." in replace
    assert "Is left without evidence." in remove
    assert "Frozen set v4" in page.get(door).content.decode()


def test_what_cannot_be_is_said_and_nothing_typed_is_lost(page, door):
    answer = page.post(door, {"link": "ftp://example.com", "title": "Frozen set"})

    assert answer.status_code == 422
    assert "Frozen set" in answer.content.decode()
    assert not Evidence.objects.exists()


def test_a_document_is_linked_to_a_reading(page, door, note, reading):
    assert note.title in page.get(f"{door}link/").content.decode()
    page.post(f"{door}link/", {"evidence": note.pk})

    assert evidence_of_readings([reading.pk]) == {reading.pk: [note]}
    assert "shows this reading already" in page.get(f"{door}link/").content.decode()


def test_the_page_of_a_kpi_costs_the_same_with_much_evidence(page, kpi, reading, olga):
    url = reverse("metrics:kpi", args=[kpi.pilot.key, kpi.pk])
    add_to_reading(reading=reading, by=olga, **LINK)
    page.get(url)
    with CaptureQueriesContext(
        connection,
    ) as few:
        page.get(url)
    for days in range(4, 9):
        more = measure(kpi, "3", on=days_ago(days), by=olga)
        add_to_reading(reading=more, by=olga, kind="note", note=f"Run {days}")
    with CaptureQueriesContext(connection) as many:
        page.get(url)

    assert len(many) == len(few)


# --- API ---------------------------------------------------------------------------------------
def test_the_api_adds_links_and_lists(reading, note, olga):
    program, url = program_of(olga), f"{BASE}kpis/{reading.kpi_id}/measurements/{reading.pk}/evidence/"

    made = program.post(url, LINK | {"title": "Run"}, format="json").json()
    program.post(f"{url}link/", {"evidence": note.pk}, format="json")

    listed = program.get(url).json()["results"]
    assert {row["id"] for row in listed} == {made["id"], note.pk}
    assert program.post(f"{url}link/", {"evidence": 987_654}, format="json").json().keys() == {"evidence"}
