"""When a collector tries again: pure, no clock."""

import hashlib
from datetime import datetime, timedelta

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=12)
SPREAD = 0.2  # of a wait: collectors that failed together do not come back together
MOST_FAILURES = 12  # in a row, and
LONGEST_FAILING = timedelta(days=3)  # so that an outage over a weekend pauses nothing
TOLD_AFTER = 5  # failures in a row that may pass by themselves: about a quarter of an hour


def next_try(
    attempts: int, now: datetime, cadence: timedelta, *, worth_retrying: bool = True, seed: str = ""
) -> datetime:
    """When to collect next.

    attempts: failures in a row, 0 after a success. cadence: the time between two regular readings.
    worth_retrying: whether the last failure may pass by itself; if not, the regular time is soon enough.
    seed: spreads the waits of different collectors; the same seed always gives the same answer.
    Waits double from a minute on, and are never longer than twelve hours or the cadence.
    """
    if attempts == 0 or not worth_retrying:
        return now + cadence
    longest = min(cadence, LONGEST_WAIT)
    doublings = min(attempts - 1, 30)
    wait = min(FIRST_WAIT * 2**doublings, longest)
    return now + wait * (1 - SPREAD * _share(f"{seed}:{attempts}"))


def _share(text: str) -> float:
    """Between 0 and 1, from nothing but the text."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) / 2**32


def pauses(attempts: int, failing_since: datetime, now: datetime) -> bool:
    """Whether to stop trying until somebody says so: failed many times in a row and for days."""
    return attempts >= MOST_FAILURES and now - failing_since >= LONGEST_FAILING


def owner_hears(attempts: int, *, worth_retrying: bool, told: bool) -> bool:
    """Whether the owner is to be told now; `told` of failures in this row already. A pause is told besides."""
    return not told and (not worth_retrying or attempts >= TOLD_AFTER)
