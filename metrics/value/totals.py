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
        return Sum(self.gained + other.gained, self.lost + other.lost)


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

    expected: Sum = Sum()
    due: Sum = Sum()
    asserted: Sum = Sum()
    measured: Sum = Sum()
    attributed: Sum = Sum()
    verified: Sum = Sum()

    @property
    def bands(self) -> dict[Band, Sum]:
        """The parts of the actual, from the least to the most trusted."""
        return {band: getattr(self, band.value) for band in Band}

    @property
    def actual(self) -> Sum:
        return reduce(add, self.bands.values())

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(**{name: getattr(self, name) + getattr(other, name) for name in vars(self)})


def totals(parts: Iterable[Part]) -> Totals:
    """These parts added up."""
    sums = dict.fromkeys(("expected", "due", *Band.values), Sum())
    for part in parts:
        for name, amount in (("expected", part.expected), ("due", part.due), (part.band, part.actual)):
            if amount:
                sums[name] += Sum(lost=amount) if part.is_disbenefit else Sum(gained=amount)
    return Totals(**sums)
