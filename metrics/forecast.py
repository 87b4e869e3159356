"""Where a KPI would be on a day ahead if it went on as in its latest readings.

A straight line by least squares through the latest points, and around it the interval that holds a single reading of
that day in four of five cases: y ± t(0.90, n − 2) · s · √(1 + 1/n + (x₀ − x̄)²/Sxx), the textbook formula
(R. J. Hyndman and G. Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., section 7.6). It takes the
scatter for even, normal and without memory; docs/kpis.md says what that is worth. It decides nothing.

Own sums, because they are exact in fractions, and because scipy costs what metrics/trend.py says. Of Student's t only
17 values are needed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil, log10, sqrt

from metrics.points import MOST_DECIMALS, Point, Say, plain, rounded, written

LEAST, MOST = 8, 24  # points looked at
IN = "four of five cases"
# Student's t with 90% below it, for n − 2 degrees of freedom: NIST/SEMATECH e-Handbook, section 1.3.6.7.2
_FROM_SIX = (
    "1.440 1.415 1.397 1.383 1.372 1.363 1.356 1.350 1.345 1.341 1.337 1.333 1.330 1.328 1.325 1.323 1.321"
)
T90 = {degrees: float(t) for degrees, t in enumerate(_FROM_SIX.split(), LEAST - 2)}


@dataclass(frozen=True)
class Expected:
    """What a reading of one day would be, and between what in four of five cases. In the KPI's unit."""

    on: date
    value: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True)
class Forecast:
    """The line and its interval from the day of the latest point to a day ahead."""

    start: Expected
    end: Expected
    points: int  # days with readings that it is made from
    since: date  # the first of them
    to: str  # what the day ahead is: "evidence freeze"

    def sentence(self, say: Say = plain) -> str:
        """`Forecast to the evidence freeze on 6 Dec 2026: 2.3%, between 1.9% and 2.7% in four of five cases, …`"""
        end = self.end
        return (
            f"Forecast to the {self.to} on {written(end.on)}: {say(end.value)}, between {say(end.low)} and"
            f" {say(end.high)} in {IN}, if it goes on as in the last {self.points} readings."
        )


def forecast(points: Sequence[Point], on: date, to: str, *, is_percent: bool = False) -> Forecast | None:
    """The forecast for a day from points of different days, oldest first, of which the newest 24 are looked at.

    None with fewer than eight, and for a day not after the latest or farther from it than that is from the first.
    Where all points are 0 or more nothing is expected below; nor above 100 where `is_percent` and none is above.
    """
    latest = points[-MOST:]
    if len(latest) < LEAST:
        return None
    first, last = latest[0].at, latest[-1].at
    if not 0 < (on - last).days <= (last - first).days:
        return None
    line = _Line(latest, is_percent)
    return Forecast(line.expected(last), line.expected(on), len(latest), first, to)


class _Line:
    """Least squares in fractions, so that points on a straight line have no scatter at all."""

    def __init__(self, points: Sequence[Point], is_percent: bool) -> None:
        self.first = points[0].at
        days = [Fraction((point.at - self.first).days) for point in points]
        values = [Fraction(point.value) for point in points]
        self.n = len(points)
        self.middle, self.mean = sum(days, Fraction(0)) / self.n, sum(values, Fraction(0)) / self.n
        self.width = sum(((day - self.middle) ** 2 for day in days), Fraction(0))  # Sxx
        pairs = list(zip(days, values, strict=True))
        self.slope = sum(((day - self.middle) * value for day, value in pairs), Fraction(0)) / self.width
        errors = (value - self._at(day) for day, value in pairs)
        self.scatter = sum((error**2 for error in errors), Fraction(0)) / (self.n - 2)  # s²
        self.least = Fraction(0) if min(values) >= 0 else None
        self.most = Fraction(100) if is_percent and max(values) <= 100 else None

    def _at(self, day: Fraction) -> Fraction:
        return self.mean + self.slope * (day - self.middle)

    def expected(self, on: date) -> Expected:
        """Rounded so that half the interval is at least two of the last decimal: more would only look exact."""
        day = Fraction((on - self.first).days)
        value = self._at(day)
        variance = self.scatter * (1 + Fraction(1, self.n) + (day - self.middle) ** 2 / self.width)
        half = Fraction(T90[self.n - 2] * sqrt(variance))
        places = max(0, min(MOST_DECIMALS, ceil(-log10(half / 2)))) if half else MOST_DECIMALS
        kept = [self._kept(number, places) for number in (value, value - half, value + half)]
        return Expected(on, *kept)

    def _kept(self, number: Fraction, places: int) -> Decimal:
        if self.least is not None:
            number = max(number, self.least)
        if self.most is not None:
            number = min(number, self.most)
        return rounded(Decimal(number.numerator) / number.denominator, places)
