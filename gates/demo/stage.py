"""What the story of the demo is told with: steps, days, people, playbooks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta

from gates.models import PlaybookVersion
from pilots.models import Programme, User

MEETS_AT = time(14)  # gate meetings


@dataclass(frozen=True)
class Step:
    """Something that was done so many days ago; programs do it at weekends too."""

    days_ago: int
    do: Callable[[], object]
    by_program: bool = False
    in_meeting: bool = False


@dataclass(frozen=True)
class House:
    """What all programmes share: the day it is, everybody there is, the playbooks."""

    today: date
    cast: Mapping[str, User]  # by the key that the story uses
    manager: User
    administrator: User
    playbooks: Mapping[str, PlaybookVersion]

    def day(self, days_ago: int) -> date:
        return self.today - timedelta(days=days_ago)


@dataclass(frozen=True)
class Stage(House):
    """One programme while its story is told."""

    programme: Programme
    people: Mapping[str, User]  # who provides what, by the label that criteria use
