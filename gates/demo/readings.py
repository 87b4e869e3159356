"""How the readings of a KPI go over time in the demo. Pure; the same every day the demo is made."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from math import pi, sin
from random import Random

SEASON_DAYS = 365
WEEK = 7


def readings(
    *, since: int, until: int, every: int, path: Sequence[float], swing: float, digits: int, name: str
) -> Iterator[tuple[int, Decimal]]:
    """(days ago, value) from the oldest to the newest, which lies exactly `until` days back.

    Values follow `path` from end to end and waver around it by `swing` in each direction: half with
    the season, half by chance. `name` decides the chance.
    """
    rng = Random(name)
    days = list(range(until, since + 1, every))[::-1]
    for number, day in enumerate(days):
        middle = along(path, number / max(1, len(days) - 1))
        season = sin(2 * pi * day / SEASON_DAYS + len(name))
        value = middle + swing * (season + rng.uniform(-1, 1)) / 2
        yield day, Decimal(f"{max(0.0, value):.{digits}f}")


def with_proof(
    taken: Iterable[tuple[int, Decimal]],
    proof: tuple[int, int, float],
    *,
    swing: float,
    digits: int,
    name: str,
) -> Iterator[tuple[int, Decimal]]:
    """These readings, and in their place within the time of proof one every week at about its value."""
    since, until, value = proof
    rng = Random(f"proof {name}")
    weekly = {
        day: Decimal(f"{value + swing * rng.uniform(-1, 1) / 2:.{digits}f}")
        for day in range(until, since + 1, WEEK)
    }
    others = {day: value for day, value in taken if not until <= day <= since}
    yield from sorted((others | weekly).items(), reverse=True)


def along(path: Sequence[float], share: float) -> float:
    """The value at this share (0 to 1) of the way along the path."""
    if len(path) == 1:
        return path[0]
    place = share * (len(path) - 1)
    before = min(int(place), len(path) - 2)
    after = before + 1
    return path[before] + (path[after] - path[before]) * (place - before)
