"""What can be asked about people, programmes and what happened."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.module_loading import import_string

from pilots.models import Event, Membership, Pilot, Programme, User
from pilots.models.event import type_in_words

ACTIVITY_PAGE = 50
DECIMAL = re.compile(r"-?\d+\.\d+")
CODE = re.compile(r"[a-z]+(_[a-z]+)+")  # such as in_progress
DAY = re.compile(r"\d{4}-\d\d-\d\d")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d")
NOTHING = "nothing"
SPELLED = {"kpi": "KPI", "sha256": "SHA-256"}


@dataclass(frozen=True)
class Happening:
    """One event as people read it."""

    at: datetime
    who: str
    type: str
    title: str  # "Criterion assessed"
    about: str  # what it happened to, by name; may be blank
    changes: list[tuple[str, str, str]]  # field, before, after
    facts: list[tuple[str, str]]

    @property
    def given(self) -> list[tuple[str, str]]:
        """What was not there before: field and value."""
        return [(field, after) for field, before, after in self.changes if before == NOTHING]

    @property
    def moved(self) -> list[tuple[str, str, str]]:
        """What was something else before: field, before, after."""
        return [change for change in self.changes if change[1] != NOTHING]

    @property
    def further(self) -> list[tuple[str, str]]:
        """The facts beside what it is about."""
        return [(name, value) for name, value in self.facts if value != self.about]


@dataclass(frozen=True)
class ActivityPage:
    rows: list[Happening]
    older: int | None  # id to continue from
    type: str
    types: list[tuple[str, str]]


def activity(user, asked: Mapping, *, types: Iterable[str], pilot: Pilot) -> ActivityPage:
    """What happened, newest first, of one pilot that this person may see. One query.

    `asked` may hold `before` (an event id, to go on from) and one of the `types` there are.
    """
    events = Event.objects.visible_to(user).filter(pilot=pilot).select_related("actor")
    before, type_ = asked.get("before", ""), asked.get("type", "")
    if before.isdecimal() and len(before) < 19:
        events = events.filter(pk__lt=int(before))
    if type_:
        events = events.filter(type=type_) if type_ in types else events.none()
    found = list(events.order_by("-pk")[: ACTIVITY_PAGE + 1])
    shown = found[:ACTIVITY_PAGE]
    return ActivityPage(
        rows=[happening(event) for event in shown],
        older=shown[-1].pk if len(found) > ACTIVITY_PAGE else None,
        type=type_,
        types=sorted((name, type_in_words(name)) for name in types),
    )


def happening(event: Event) -> Happening:
    return Happening(
        at=event.at,
        who=str(event.actor) if event.actor else "Pilotage",
        type=event.type,
        title=event.in_words,
        about=_shown(event.about) if event.about else "",
        changes=[
            (named(field), _shown(change[0]), _shown(change[1]))
            for field, change in event.changes.items()
            if isinstance(change, list) and len(change) == 2  # else it was not written by us
        ],
        facts=[(named(name), _shown(value)) for name, value in event.data.items() if value != ""],
    )


def named(name: str) -> str:
    """The name of a stored fact, as people write it."""
    return SPELLED.get(name) or name.replace("_", " ")


def _shown(value: Any) -> str:
    """A stored value, as people write it: no zeros behind a number, no underscores in a word, days as dates."""
    if value in (None, "", []):
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(_shown(one) for one in value)
    text = str(value)
    if DECIMAL.fullmatch(text):
        return text.rstrip("0").rstrip(".")
    if DAY.fullmatch(text) or MOMENT.fullmatch(text):
        return _dated(text)
    return text.replace("_", " ") if CODE.fullmatch(text) else text


def _dated(text: str) -> str:
    """A day or a moment in ISO 8601, as pages write it; what only looks like one stays."""
    try:
        if DAY.fullmatch(text):
            return date_format(date.fromisoformat(text), "j M Y")
        moment = timezone.localtime(datetime.fromisoformat(text))
    except ValueError:
        return text
    return f"{date_format(moment, 'j M Y')}, {moment:%H:%M %Z}"


def programmes_seen(user):
    """Programmes this person may see, with how many pilots and people each has. One query."""
    pilots = Count("pilots", filter=Q(pilots__archived_at__isnull=True), distinct=True)
    people = Count("memberships__user", distinct=True)
    return Programme.objects.visible_to(user).annotate(pilot_count=pilots, people_count=people)


def people_seen(text: str = ""):
    """Every account with its roles, by name; `text` narrows by name or address. Two queries."""
    found = User.objects.prefetch_related("memberships__programme").order_by("-is_active", "name", "pk")
    return found.filter(Q(name__icontains=text) | Q(email__icontains=text)) if text else found


def work_left(person: User) -> int:
    """How many things would be without anybody if this person left. What those are, the app above knows."""
    return import_string(settings.WORK_LEFT)(person)


def members(programme: Programme) -> list[Membership]:
    """Who has which role here, or everywhere. One query."""
    here = Q(programme=programme) | Q(programme__isnull=True)
    found = Membership.objects.filter(here).select_related("user")
    return list(found.order_by("user__name", "role", "pk"))


def members_of(programme: Programme):
    """Active people with a role in this programme, here or everywhere: those who can own or take on work."""
    here = Q(memberships__programme=programme) | Q(memberships__programme__isnull=True)
    return User.objects.filter(here, memberships__isnull=False, is_active=True).distinct().order_by("name")


def as_person(row: dict[str, Any], name: str) -> User | None:
    """Who stands in a row of `ListOf`, by name and address; None where nobody does."""
    address = row[f"{name}__email"]
    return (
        None if address is None else User(pk=row.get(f"{name}_id"), name=row[f"{name}__name"], email=address)
    )
