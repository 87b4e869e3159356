"""The invitation to a gate meeting as a calendar file (RFC 5545, RFC 5546). Pure over what it is given."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event, vCalAddress, vText

from gates.choices import MeetingState


def invitation(
    *,
    uid: str,
    revision: int,
    title: str,
    starts_at: datetime,
    minutes: int,
    place: str,
    text: str,
    url: str,
    state: str,
    people: Iterable[tuple[str, str]],
    stamped_at: datetime,
) -> bytes:
    """The file that calendars take: the same `uid` with a higher `revision` renews it.

    `minutes` is how long it lasts; `people` are (name, e-mail address). Times are written in UTC, which
    every calendar shows in its reader's own zone.
    """
    cancelled = state == MeetingState.CANCELLED
    calendar = Calendar()
    calendar.add("prodid", "-//Pilotage//Gate meetings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "PUBLISH")
    event = Event()
    event.add("uid", uid)
    event.add("sequence", revision)
    event.add("dtstamp", stamped_at.astimezone(UTC))
    event.add("dtstart", starts_at.astimezone(UTC))
    event.add("dtend", (starts_at + timedelta(minutes=minutes)).astimezone(UTC))
    event.add("summary", title)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if place:
        event.add("location", place)
    event.add("description", text)
    event.add("url", url)
    for name, email in people:
        address = vCalAddress(f"mailto:{email}")
        address.params["cn"] = vText(name)
        event.add("attendee", address)
    calendar.add_component(event)
    return calendar.to_ical()
