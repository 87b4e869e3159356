"""Is a KPI getting worse? A robust line through its latest readings, and whether chance explains it.

The slope is the median of the slopes between any two readings (Theil 1950; Sen 1968), so that a few odd ones do not
bend it and readings may lie unequally far apart. The test counts the pairs of readings that got better (Mann 1945;
Kendall 1975), against all orders in which the same readings could have come. The share of orders at least as
bad is exact, also where readings are equal. A KPI is degrading when that share is small *and* the line moved by
enough to matter, measured by the way from baseline to target.

Worse is downwards when higher is better, upwards when lower is, and farther outside when there is a band.

The test is repeated at each reading and is a warning, not a verdict: docs/kpis.md says how often it errs.

Own sums, because they are exact where `scipy.stats.kendalltau` is not (it leaves the exact distribution at the
first tie), and because importing `scipy.stats` takes a second or more and 100 MB, where looking at twelve
readings takes a tenth of a millisecond.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import accumulate, combinations
from math import floor, log10
from statistics import median

from metrics.points import (
    MOST_DECIMALS,
    Number,
    Point,
    Reading,
    Say,
    Target,
    exact,
    plain,
    points,
    rounded,
    written,
)

DAY = 86_400  # seconds
MOST_WINDOW = 60


@dataclass(frozen=True)
class TrendTerms:
    """What counts as getting worse."""

    window: int = 12  # the latest readings looked at
    minimum_readings: int = 6
    alpha: float = 0.005  # the share of orders as bad as this one that chance is believed up to
    share: float = 0.1  # of the way from baseline to target that the line must have moved

    def __post_init__(self) -> None:
        if not 3 <= self.minimum_readings <= self.window <= MOST_WINDOW:
            raise ValueError(f"A trend is told from 3 to {MOST_WINDOW} readings.")
        if not 0 < self.alpha <= 0.5 or self.share < 0:
            raise ValueError("A trend needs a share of chance up to a half and no negative size.")


USUAL = TrendTerms()


@dataclass(frozen=True)
class Trend:
    """Which way the latest readings go. Change and slope are positive for the worse."""

    is_degrading: bool
    readings: int  # looked at
    since: date | None  # the first of them
    slope: float | None  # for the worse, each day; None with fewer than two readings
    change: float | None  # for the worse, along the line from the first to the latest of them
    chance: float | None  # the share of orders at least as bad, from 0 to 1
    sentence: str  # what is the matter; "" when nothing is


def trend(
    readings: Iterable[Reading],
    target: Target,
    terms: TrendTerms = USUAL,
    *,
    baseline: Number | None = None,
    say: Say = plain,
) -> Trend:
    """Whether the latest readings get worse by more than chance and by enough to matter.

    `baseline` gives the measure of what matters; without it, or with one at the target, any change that is
    larger than the readings' scatter around their line does. `say` writes a number with its unit.
    """
    latest = points(readings)[-terms.window :]
    if len(latest) < 2:
        return Trend(False, len(latest), latest[0].at if latest else None, None, None, None, "")
    days = [_days(point.at, latest[0].at) for point in latest]
    worse = [worseness(point.value, target) for point in latest]
    slope = median_slope(days, [float(value) for value in worse])
    change = slope * days[-1]
    chance = chance_of(worse)
    is_degrading = (
        len(latest) >= terms.minimum_readings
        and chance <= terms.alpha
        and change > 0
        and change >= _least_change(days, worse, slope, target, baseline, terms)
    )
    sentence = _sentence(latest, change, target, say) if is_degrading else ""
    return Trend(is_degrading, len(latest), latest[0].at, slope, change, chance, sentence)


def worseness(value: Decimal, target: Target) -> Decimal:
    """A number that rises as the KPI gets worse; within a band nothing is worse than anything else."""
    shortfall = target.shortfall(value)
    return max(shortfall, Decimal(0)) if target.is_band else shortfall


def _days(at: date, start: date) -> float:
    return (at - start).total_seconds() / DAY


def median_slope(days: Sequence[float], values: Sequence[float]) -> float:
    """The median of the slopes between any two points; their days differ."""
    pairs = combinations(zip(days, values, strict=True), 2)
    return median((b - a) / (later - earlier) for (earlier, a), (later, b) in pairs)


def chance_of(values: Sequence[Decimal]) -> float:
    """The share of the orders of these values that rise at least as much as this one does."""
    fallen = sum(a > b for a, b in combinations(values, 2))
    orders = _orders_by_falls(len(values), tuple(sorted(Counter(values).values())))
    return sum(orders[: fallen + 1]) / sum(orders)


@lru_cache(maxsize=500)
def _orders_by_falls(count: int, ties: tuple[int, ...]) -> list[int]:
    """How many orders of so many values have 0, 1, 2 … falling pairs; `ties` says how many are equal to each other.

    The coefficients of the Gaussian multinomial: the product of (1 + q + … + q^(i−1)) for i up to `count`, divided
    by the same product for each group of equal ones.
    """
    orders = [1]
    for size in range(2, count + 1):
        summed = [0] * size + list(accumulate(orders + [0] * (size - 1)))
        orders = [summed[k + size] - summed[k] for k in range(len(summed) - size)]
    for size in (size for tie in ties for size in range(2, tie + 1)):
        for k in range(len(orders) - 1, 0, -1):
            orders[k] -= orders[k - 1]
        for k in range(size, len(orders)):
            orders[k] += orders[k - size]
        del orders[len(orders) - size + 1 :]
    return orders


def _least_change(
    days: Sequence[float],
    worse: Sequence[Decimal],
    slope: float,
    target: Target,
    baseline: Number | None,
    terms: TrendTerms,
) -> float:
    """How much the line must have moved to matter."""
    way = 0.0 if baseline is None else abs(float(target.shortfall(exact(baseline))))
    if way > 0:
        return terms.share * way
    off_line = [float(value) - slope * at for at, value in zip(days, worse, strict=True)]
    middle = median(off_line)
    return median(abs(value - middle) for value in off_line)


def _sentence(latest: Sequence[Point], change: float, target: Target, say: Say) -> str:
    moved = say(rounded(Decimal(change), max(0, min(MOST_DECIMALS, 1 - floor(log10(change))))))
    window = f"over the last {len(latest)} readings, since {written(latest[0].at)}"
    if target.is_band:
        return f"Moved by about {moved} out of its band {window}; the target is {target.words(say)}."
    way = "Fell" if target.low is not None else "Rose"
    return f"{way} by about {moved} {window}; the target is {target.words(say)}."
