"""What a check is, and the table of all of them.

A check is a named function from a set of pilots to those that fail it, each with its reason: one or
two queries for the whole set, never one per pilot. It names its fix and the page where that is done.
Adding one is one decorated function and its tests.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.urls import reverse

from gates.checks.keeping import asked_once
from pilots.models import Pilot

Failures = dict[int, str]  # pilot id → why it fails, a sentence with the facts in it
Judge = Callable[["QuerySet[Pilot]", date], Failures]


@dataclass(frozen=True)
class Fix:
    """What a person does about it, and where: a page of the pilot, whose address may have further parts."""

    says: str  # in the imperative, short enough for a button: "Name a sponsor."
    page: str  # the name of its URL
    args: tuple[str, ...] = ()  # what stands in that address after the pilot's key

    @property
    def words(self) -> str:
        """For a button or a link: the sentence without its full stop."""
        return self.says.removesuffix(".")

    def address(self, pilot_key: str) -> str:
        """The page where it is done for this pilot."""
        return reverse(self.page, args=[pilot_key, *self.args])


@dataclass(frozen=True)
class Check:
    """A rule over data; called with pilots and a day it answers who fails it."""

    name: str
    fix: Fix
    judge: Judge

    def __call__(self, pilots: "QuerySet[Pilot]", today: date) -> Failures:
        return self.judge(pilots, today)


CHECKS: dict[str, Check] = {}


def check(*, fix: str, page: str, args: tuple[str, ...] = ()) -> Callable[[Judge], Check]:
    """Make a check of a function: `fix` says what makes it pass, `page` and `args` where (see Fix)."""

    def register(judge: Judge) -> Check:
        name = judge.__name__
        CHECKS[name] = Check(name, Fix(fix, page, args), judge)
        return CHECKS[name]

    return register


def evaluate(names: Iterable[str], pilots: "QuerySet[Pilot]", *, today: date) -> dict[str, Failures]:
    """Run the named checks over these pilots. Raises KeyError for a name nobody wrote a check for."""
    with asked_once():
        return {name: CHECKS[name](pilots, today) for name in sorted(set(names))}
