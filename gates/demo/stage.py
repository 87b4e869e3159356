"""What every pilot of the demo shares while its story is told: steps, days, people, playbooks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from gates.models import PlaybookVersion
from pilots.models import Programme, User


@dataclass(frozen=True)
class Step:
    """Something that was done so many days ago; programs do it at weekends too."""

    days_ago: int
    do: Callable[[], object]
    by_program: bool = False


@dataclass(frozen=True)
class Stage:
    """One programme while its story is told."""

    today: date
    programme: Programme
    cast: Mapping[str, User]  # by the key that the story uses
    people: Mapping[str, User]  # who provides what, by the label that criteria use
    manager: User
    playbooks: Mapping[str, PlaybookVersion]

    def day(self, days_ago: int) -> date:
        return self.today - timedelta(days=days_ago)
