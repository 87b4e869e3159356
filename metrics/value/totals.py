"""How value adds up: pure, no database, no clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import add

from metrics.choices import Band

ZERO = Decimal(0)


@dataclass(frozen=True)
class Sum:
    """What is gained, and what is lost by dis-benefits."""

    gained: Decimal = ZERO
    lost: Decimal = ZERO

    @property
    def net(self) -> Decimal:
        return self.gained - self.lost

    def __add__(self, other: "Sum") -> "Sum":
        if other is NO_SUM or self is NO_SUM:  # most are, of ten thousand pilots
            return self if other is NO_SUM else other
        return Sum(self.gained + other.gained, self.lost + other.lost)


NO_SUM = Sum()


@dataclass(frozen=True)
class Part:
    """What enters totals: one month of a benefit, or many of one kind already summed."""

    is_disbenefit: bool
    band: str
    expected: Decimal | None  # in all
    due: Decimal | None  # expected in months that have ended
    actual: Decimal | None  # came in these


@dataclass(frozen=True)
class Totals:
    """Sums of one currency, or of hours. The actual is the sum of its bands, whatever they are."""

    expected: Sum = NO_SUM
    due: Sum = NO_SUM
    asserted: Sum = NO_SUM
    measured: Sum = NO_SUM
    attributed: Sum = NO_SUM
    verified: Sum = NO_SUM

    @property
    def bands(self) -> dict[Band, Sum]:
        """The parts of the actual, from the least to the most trusted."""
        return {band: getattr(self, band.value) for band in Band}

    @property
    def actual(self) -> Sum:
        return reduce(add, self.bands.values())

    def __add__(self, other: "Totals") -> "Totals":
        if other is NO_TOTALS or self is NO_TOTALS:
            return self if other is NO_TOTALS else other
        return Totals(**{name: getattr(self, name) + getattr(other, name) for name in vars(self)})


NO_TOTALS = Totals()


def totals(parts: Iterable[Part]) -> Totals:
    """These parts added up."""
    sums = dict.fromkeys(("expected", "due", *Band.values), NO_SUM)
    for part in parts:
        for name, amount in (("expected", part.expected), ("due", part.due), (part.band, part.actual)):
            if amount:
                sums[name] += Sum(lost=amount) if part.is_disbenefit else Sum(gained=amount)
    return Totals(**sums)
