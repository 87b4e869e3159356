"""The invitation as calendars read it: what RFC 5545 and RFC 5546 ask of it."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from gates.meetings.calendar import CANCEL, PUBLISH, REQUEST, Invitation, calendar_file

BERLIN = ZoneInfo("Europe/Berlin")
BOARD = Invitation(
    uid="gate-review-7-20261101T090000000000Z@pilotage",
    revision=0,
    title="Gate board",
    starts_at=datetime(2026, 11, 26, 14, tzinfo=BERLIN),
    minutes=45,
    place="Room 4",
    text="Agenda\n1. Contracts, with; signs",
    url="https://example.com/meetings/7/",
    organizer=("Petra Plan", "petra@example.com"),
    people=[("Ana; Anders", "ana@example.com"), ("Erik", "erik@example.com")],
    stamped_at=datetime(2026, 11, 20, 10, tzinfo=BERLIN),
)


def read(method: str = REQUEST, **other):
    calendar = Calendar.from_ical(calendar_file(replace(BOARD, **other), method=method))
    (event,) = calendar.walk("VEVENT")
    return calendar, event


def test_it_says_when_where_what_and_who():
    _, event = read()

    assert event.decoded("dtstart") == datetime(2026, 11, 26, 14, tzinfo=BERLIN)
    assert event.decoded("dtend") == datetime(2026, 11, 26, 14, 45, tzinfo=BERLIN)
    assert (str(event["summary"]), str(event["location"])) == ("Gate board", "Room 4")
    assert str(event["description"]) == "Agenda\n1. Contracts, with; signs"
    assert str(event["organizer"]) == "mailto:petra@example.com"
    assert event["organizer"].params["cn"] == "Petra Plan"
    assert [str(one) for one in event["attendee"]] == ["mailto:ana@example.com", "mailto:erik@example.com"]
    assert event["attendee"][0].params["cn"] == "Ana; Anders"


@pytest.mark.parametrize(("method", "status"), [(REQUEST, "CONFIRMED"), (CANCEL, "CANCELLED")])
def test_what_is_sent_has_all_that_its_method_asks_for(method, status):
    """RFC 5546, 3.2.2 and 3.2.5: who calls it, whom it is sent to, when it was written, which version it is."""
    calendar, event = read(method, revision=3)

    assert str(calendar["method"]) == method and str(calendar["version"]) == "2.0" and calendar["prodid"]
    for name in ("uid", "dtstamp", "sequence", "dtstart", "organizer", "attendee"):
        assert name in event
    assert (int(event["sequence"]), str(event["status"])) == (3, status)


def test_a_file_for_anybodys_own_calendar_names_nobody_who_is_invited():
    """RFC 5546, 3.2.1: what is published has an organizer and no attendee."""
    calendar, event = read(PUBLISH)

    assert str(calendar["method"]) == "PUBLISH"
    assert "organizer" in event and "attendee" not in event


def test_who_is_invited_is_asked_to_answer():
    _, event = read()

    params = event["attendee"][1].params
    assert (params["partstat"], params["rsvp"], params["role"]) == ("NEEDS-ACTION", "TRUE", "REQ-PARTICIPANT")


def test_its_zone_comes_with_it():
    """RFC 5545, 3.2.19: a TZID needs its VTIMEZONE; UTC needs neither."""
    calendar, event = read()
    (zone,) = calendar.walk("VTIMEZONE")

    assert event["dtstart"].params["tzid"] == str(zone["tzid"]) == "Europe/Berlin"
    assert "DTSTART;TZID=Europe/Berlin:20261126T140000\r\n" in calendar_file(BOARD, method=REQUEST)

    in_utc = calendar_file(replace(BOARD, starts_at=datetime(2026, 11, 26, 13, tzinfo=UTC)), method=REQUEST)
    assert "DTSTART:20261126T130000Z\r\n" in in_utc and "VTIMEZONE" not in in_utc


@pytest.mark.parametrize(("day", "hour"), [(24, 12), (26, 13)])
def test_the_moment_is_right_on_both_sides_of_the_change_of_the_clocks(day, hour):
    _, event = read(starts_at=datetime(2026, 10, day, 14, tzinfo=BERLIN))

    assert event.decoded("dtstart").astimezone(UTC) == datetime(2026, 10, day, hour, tzinfo=UTC)


def test_it_was_written_at_a_moment_in_utc():
    """RFC 5545, 3.8.7.2."""
    assert "DTSTAMP:20261120T090000Z\r\n" in calendar_file(BOARD, method=REQUEST)


def test_lines_end_and_are_folded_as_calendars_want_them():
    """RFC 5545, 3.1: CRLF, and no line of more than 75 octets."""
    written = calendar_file(replace(BOARD, text="Ärger über Äpfel. " * 40), method=REQUEST)

    lines = written.split("\r\n")
    assert "\n" not in "".join(lines)
    assert max(len(line.encode()) for line in lines) <= 75
