"""The rules of pilots and people: pure, no database, no clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from pilots.choices import PilotState

SENT_AGAIN = timedelta(seconds=10)  # the same form within this time is one form sent twice
LONGEST_TEXT = 20_000  # characters of a text that a person types into a large field


class RuleViolation(Exception):
    """What was asked for is against the rules; `reasons` are whole sentences for people."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = list(reasons)


@dataclass(frozen=True)
class Access:
    """The roles one person holds: everywhere, and programme by programme (programme id → roles)."""

    everywhere: frozenset[str] = frozenset()
    by_programme: Mapping[int, frozenset[str]] = field(default_factory=dict)

    def roles_in(self, programme_id: int | None) -> frozenset[str]:
        if programme_id is None:
            return self.everywhere
        return self.everywhere | self.by_programme.get(programme_id, frozenset())

    @property
    def sees_all_programmes(self) -> bool:
        return bool(self.everywhere)

    @property
    def roles(self) -> frozenset[str]:
        """Every role held anywhere."""
        return self.everywhere.union(*self.by_programme.values())


def edit_blockers(*, archived: bool) -> list[str]:
    """Every reason why the facts of this pilot cannot be changed now."""
    return ["This pilot is archived. Restore it before changing it."] if archived else []


def archive_blockers(*, archived: bool, state: str) -> list[str]:
    """Every reason why this pilot cannot be archived now."""
    if archived:
        return ["This pilot is already archived."]
    if state in (PilotState.ACTIVE, PilotState.ON_HOLD):
        return ["A running pilot cannot be archived. Decide to stop it at its gate first."]
    return []


def date_blockers(*, intake_on: date | None, ends_on: date | None, ended_on: date | None) -> list[str]:
    """Every reason why these dates of a pilot contradict each other."""
    reasons = []
    if intake_on and ends_on and ends_on < intake_on:
        reasons.append("The planned end is before the pilot was proposed.")
    if intake_on and ended_on and ended_on < intake_on:
        reasons.append("The end is before the pilot was proposed.")
    return reasons
