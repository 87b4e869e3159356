"""What a check is, and the table of all of them.

A check is a named function from a set of pilots to those that fail it, each with its reason: one or
two queries for the whole set, never one per pilot. Adding one is one decorated function and its tests.
"""

from collections.abc import Callable, Iterable
from datetime import date

from django.db.models import QuerySet

from pilots.models import Pilot

Failures = dict[int, str]  # pilot id → why it fails, a sentence with the facts in it
Check = Callable[["QuerySet[Pilot]", date], Failures]

CHECKS: dict[str, Check] = {}


def check(function: Check) -> Check:
    CHECKS[function.__name__] = function
    return function


def evaluate(names: Iterable[str], pilots: "QuerySet[Pilot]", *, today: date) -> dict[str, Failures]:
    """Run the named checks over these pilots. Raises KeyError for a name nobody wrote a check for."""
    return {name: CHECKS[name](pilots, today) for name in sorted(set(names))}
