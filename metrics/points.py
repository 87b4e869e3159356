"""What verdicts and trends are made from: readings, what they should be, and numbers as people read them."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

from metrics.rules import as_kept, number_problem

Number = Decimal | float
Say = Callable[[Decimal], str]  # how a number of this KPI is written, unit and all

MOST_DECIMALS = 6  # as many as are kept


class Reading(NamedTuple):
    """One measurement. `at` is a day, or a moment with its time zone; one kind throughout a series."""

    at: date
    value: Number


class Point(NamedTuple):
    """All that was measured on one day or at one moment, as one number."""

    at: date
    value: Decimal


@dataclass(frozen=True)
class Target:
    """What a KPI should be: at least `low` (higher is better), at most `high` (lower is), or within both."""

    low: Decimal | None = None
    high: Decimal | None = None

    def __post_init__(self) -> None:
        for name in ("low", "high"):
            edge = getattr(self, name)
            object.__setattr__(self, name, None if edge is None else exact(edge))
        if not self.edges:
            raise ValueError("A target has at least one edge.")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("A band begins below its end.")

    @property
    def edges(self) -> list[tuple[int, Decimal]]:
        """Each edge with the side that is better: 1 above it, -1 below it."""
        return [(side, edge) for side, edge in ((1, self.low), (-1, self.high)) if edge is not None]

    @property
    def is_band(self) -> bool:
        return len(self.edges) == 2

    def shortfall(self, value: Decimal) -> Decimal:
        """How far a reading is off target; zero or less means it is at it."""
        return max(side * (edge - value) for side, edge in self.edges)

    def words(self, say: Say) -> str:
        """`at least 92%`, `at most 5 days`, `at least 18 °C and at most 22 °C`."""
        return " and ".join(f"at {'least' if side > 0 else 'most'} {say(edge)}" for side, edge in self.edges)


def exact(value: Number) -> Decimal:
    """A number as the database keeps it, so that 91.8 is the same however it comes in.

    Raises ValueError for what cannot be a reading.
    """
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    if problem := number_problem(number):
        raise ValueError(problem)
    return as_kept(number)


def points(readings: Iterable[Reading]) -> list[Point]:
    """The readings in order of time, those of one day (or one moment) as their average.

    So nobody gets more sure by measuring the same day twice, and their order does not matter.
    """
    found: dict[date, list[Decimal]] = defaultdict(list)
    for at, value in readings:
        found[at].append(exact(value))
    return [Point(at, _average(found[at])) for at in sorted(found)]


def _average(values: list[Decimal]) -> Decimal:
    return values[0] if len(values) == 1 else as_kept(sum(sorted(values), Decimal(0)) / len(values))


def decimals(value: Decimal) -> int:
    """How many decimals a number needs: 2 for 91.250000, none for 400."""
    return max(0, -int(value.normalize().as_tuple().exponent))


def cut_down(value: Decimal, places: int) -> Decimal:
    """Cut to so many decimals, downwards: a bound from below never promises more than it holds."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_FLOOR)


def cut_up(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), ROUND_CEILING)


def rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)


def plain(value: Decimal) -> str:
    """`1,234.5`: without unit or trailing zeros."""
    text = f"{value:,.{MOST_DECIMALS}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def written(at: date) -> str:
    return f"{at.day} {at:%b %Y}"
