"""The invitation as calendars read it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from gates.choices import MeetingState
from gates.meetings.calendar import invitation

BERLIN = ZoneInfo("Europe/Berlin")


def event_of(**other):
    facts = {
        "uid": "gate-review-7@example.com",
        "revision": 0,
        "title": "Gate board",
        "starts_at": datetime(2026, 11, 26, 14, tzinfo=BERLIN),
        "minutes": 45,
        "place": "Room 4",
        "text": "Agenda\n1. Contracts, with; signs",
        "url": "https://example.com/meetings/7/",
        "state": MeetingState.PLANNED,
        "people": [("Ana; Anders", "ana@example.com")],
        "stamped_at": datetime(2026, 11, 20, tzinfo=UTC),
    } | other
    calendar = Calendar.from_ical(invitation(**facts))
    return calendar, next(iter(calendar.walk("VEVENT")))


def test_it_says_when_where_what_and_who():
    _, event = event_of()

    assert event.decoded("dtstart") == datetime(2026, 11, 26, 13, tzinfo=UTC)
    assert event.decoded("dtend") == datetime(2026, 11, 26, 13, 45, tzinfo=UTC)
    assert (str(event["summary"]), str(event["location"])) == ("Gate board", "Room 4")
    assert str(event["description"]) == "Agenda\n1. Contracts, with; signs"
    assert str(event["attendee"]) == "mailto:ana@example.com"


@pytest.mark.parametrize(("day", "hour"), [(24, 12), (26, 13)])
def test_the_moment_is_right_on_both_sides_of_the_change_of_the_clocks(day, hour):
    _, event = event_of(starts_at=datetime(2026, 10, day, 14, tzinfo=BERLIN))

    assert event.decoded("dtstart") == datetime(2026, 10, day, hour, tzinfo=UTC)


def test_a_later_file_renews_the_first_and_a_cancelled_meeting_says_so():
    calendar, event = event_of(revision=3, state=MeetingState.CANCELLED)

    assert str(calendar["method"]) == "CANCEL"
    assert (int(event["sequence"]), str(event["status"])) == (3, "CANCELLED")
    assert str(event["uid"]) == "gate-review-7@example.com"
