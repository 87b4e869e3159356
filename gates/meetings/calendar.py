"""The invitation to a gate meeting as a calendar file (RFC 5545, RFC 5546). Pure over what it is given."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event, vCalAddress, vText

REQUEST = "REQUEST"  # come: goes to those who are invited
PUBLISH = "PUBLISH"  # for anybody's own calendar; names nobody
CANCEL = "CANCEL"


@dataclass(frozen=True)
class Invitation:
    """What a calendar has to know. The same `uid` with a higher `revision` renews it.

    `starts_at` is in the zone that is shown; `minutes` is how long it lasts; people are (name, e-mail address).
    """

    uid: str
    revision: int
    title: str
    starts_at: datetime
    minutes: int
    place: str
    text: str
    url: str
    organizer: tuple[str, str]
    people: Sequence[tuple[str, str]]
    stamped_at: datetime


def calendar_file(invitation: Invitation, *, method: str) -> str:
    """The file that calendars take."""
    calendar = Calendar()
    calendar.add("prodid", "-//Pilotage//Gate meetings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(_event(invitation, method))
    year = invitation.starts_at.year
    calendar.add_missing_timezones(first_date=date(year, 1, 1), last_date=date(year + 2, 1, 1))
    return calendar.to_ical().decode()


def _event(invitation: Invitation, method: str) -> Event:
    event = Event()
    event.add("uid", invitation.uid)
    event.add("sequence", invitation.revision)
    event.add("dtstamp", invitation.stamped_at.astimezone(UTC))
    event.add("dtstart", invitation.starts_at)
    event.add("dtend", invitation.starts_at + timedelta(minutes=invitation.minutes))
    event.add("summary", invitation.title)
    event.add("status", "CANCELLED" if method == CANCEL else "CONFIRMED")
    if invitation.place:
        event.add("location", invitation.place)
    event.add("description", invitation.text)
    event.add("url", invitation.url)
    event.add("organizer", _address(*invitation.organizer))
    for name, email in invitation.people if method != PUBLISH else ():
        event.add("attendee", _attendee(name, email, method))
    return event


def _address(name: str, email: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    address.params["cn"] = vText(name)
    return address


def _attendee(name: str, email: str, method: str) -> vCalAddress:
    attendee = _address(name, email)
    attendee.params["role"] = vText("REQ-PARTICIPANT")
    if method == REQUEST:
        attendee.params["partstat"] = vText("NEEDS-ACTION")
        attendee.params["rsvp"] = vText("TRUE")
    return attendee
