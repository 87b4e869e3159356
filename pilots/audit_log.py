"""What can be asked about the audit log: which events, how many, and whether its chain holds."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from pilots.choices import Via
from pilots.imports.spelling import safe
from pilots.models import Event, Programme, User, Verification
from pilots.models.event import type_in_words
from pilots.queries import Happening, happening, named

PAGE = 50
NOBODY = "Pilotage"  # who did what no person did


@dataclass(frozen=True)
class EventChoice:
    """Which events are asked for; what is left empty does not narrow."""

    programme: str = ""  # its slug
    pilot: str = ""  # its key
    person: str = ""  # part of the name or the e-mail address, or Pilotage
    type: str = ""
    via: str = ""
    since: date | None = None
    until: date | None = None  # the whole day

    def in_words(self) -> list[tuple[str, str]]:
        """(filter, value) of everything that narrows, as people read it."""
        said = {
            "Programme": self.programme,
            "Pilot": self.pilot,
            "Person": self.person,
            "Kind of event": type_in_words(self.type) if self.type else "",
            "Via": str(Via(self.via).label) if self.via else "",
            "From": self.since.isoformat() if self.since else "",
            "To": self.until.isoformat() if self.until else "",
        }
        return [(name, value) for name, value in said.items() if value]


@dataclass(frozen=True)
class LogRow:
    """One event in the log: what happened, and all that proves it."""

    event: Event
    happening: Happening

    @property
    def gist(self) -> str:
        """The first thing that changed, in a line."""
        shown = self.happening
        if not shown.changes:
            return ", ".join(f"{name}: {value}" for name, value in shown.facts[:2])
        field, before, after = shown.changes[0]
        more = len(shown.changes) - 1
        return f"{field[:1].upper()}{field[1:]}: {before} → {after}" + (f" and {more} more" if more else "")

    @property
    def seal(self):
        return getattr(self.event, "seal", None)


@dataclass(frozen=True)
class LogPage:
    rows: list[LogRow]
    count: int
    older: int | None  # id to continue from
    is_first: bool


def events_chosen(user: User, choice: EventChoice) -> QuerySet[Event]:
    """The events of this choice that this person may see."""
    events = Event.objects.visible_to(user)
    if choice.programme:
        events = events.filter(programme__slug=choice.programme)
    if choice.pilot:
        events = events.filter(pilot__key=choice.pilot.upper())
    if choice.person:
        events = events.filter(by_person(choice.person))
    if choice.type:
        events = events.filter(type=choice.type)
    if choice.via:
        events = events.filter(via=choice.via)
    if choice.since:
        events = events.filter(at__gte=midnight(choice.since))
    if choice.until:
        events = events.filter(at__lt=midnight(choice.until + timedelta(days=1)))
    return events


def by_person(text: str) -> Q:
    """Events of people with this in their name or address; "Pilotage" is nobody."""
    if text.strip().lower() == NOBODY.lower():
        return Q(actor__isnull=True)
    found = User.objects.filter(Q(name__icontains=text) | Q(email__icontains=text))
    return Q(actor__in=found)


def midnight(day: date) -> datetime:
    """The moment at which this day begins where the organisation is."""
    return timezone.make_aware(datetime.combine(day, time()))


def log_page(events: QuerySet[Event], before: str) -> LogPage:
    """Fifty events, newest first, from the event with id `before` on. Two queries."""
    count = events.count()
    shown = events.select_related("actor", "pilot", "programme", "seal").order_by("-pk")
    goes_on = before.isascii() and before.isdecimal() and len(before) < 19
    if goes_on:
        shown = shown.filter(pk__lt=int(before))
    found = list(shown[: PAGE + 1])
    return LogPage(
        rows=[LogRow(event, happening(event)) for event in found[:PAGE]],
        count=count,
        older=found[PAGE - 1].pk if len(found) > PAGE else None,
        is_first=not goes_on,
    )


def last_verification() -> Verification | None:
    """What the last walk along all chains found. One query."""
    return Verification.objects.order_by("-pk").first()


def programmes_to_choose(user: User) -> list[tuple[str, str]]:
    """(slug, name) of the programmes this person may see. One query."""
    return list(Programme.objects.visible_to(user).order_by("name").values_list("slug", "name"))


# --- As a file ----------------------------------------------------------------------------------
COLUMNS = {
    "Event": "pk",
    "Time": "at",
    "Person": "actor__name",
    "E-mail address": "actor__email",
    "Kind of event": "type",
    "Pilot": "pilot__key",
    "Title": "pilot__title",
    "Programme": "programme__name",
    "Subject": "subject",
    "Changes": "changes",
    "Facts": "data",
    "Via": "via",
    "Request or task": "request_id",
    "API token": "token",
    "Place in chain": "seal__sequence",
    "Previous hash": "seal__previous",
    "Hash": "seal__hash",
}


def exported_rows(events: QuerySet[Event], facts: Iterable[tuple[str, str]]) -> Iterator[list[Any]]:
    """The lines of the file: what it is and how it was narrowed, then every event, oldest first."""
    yield ["Pilotage audit log"]
    for name, value in facts:
        yield [name, safe(value)]
    yield []
    yield list(COLUMNS)
    for row in events.order_by("pk").values_list(*COLUMNS.values()).iterator(chunk_size=2_000):
        yield [safe(_cell(name, value)) for name, value in zip(COLUMNS, row, strict=True)]


def _cell(name: str, value: Any) -> str:
    if name == "Person" and value is None:
        return NOBODY
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    if name == "Kind of event":
        return type_in_words(value)
    if name == "Changes":
        return "; ".join(f"{named(field)}: {_spelled(change)}" for field, change in value.items())
    if isinstance(value, Mapping):
        return "; ".join(f"{named(field)}: {fact}" for field, fact in value.items())
    return "" if value is None else str(value)


def _spelled(change: Any) -> str:
    if isinstance(change, list) and len(change) == 2:
        before, after = ("nothing" if value in (None, "") else value for value in change)
        return f"{before} → {after}"
    return str(change)
