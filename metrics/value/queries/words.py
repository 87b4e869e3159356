"""Totals as pages show them."""

from dataclasses import dataclass
from decimal import Decimal

from metrics.value.rules import amount_in_words
from metrics.value.totals import Sum, Totals

HOURS = "hours"


@dataclass(frozen=True)
class Row:
    """A sum in words: what is gained, what dis-benefits take from it, what is left."""

    label: str
    gained: str
    lost: str
    net: str


@dataclass(frozen=True)
class Figures:
    """Totals of one unit: a currency, or hours. `rows` are the bands; they add up to `total`."""

    unit: str
    expected: str
    due: str
    actual: str
    verified: str
    gap: str  # actual less what was due in the same months, with its sign
    is_behind: bool
    rows: list[Row]
    total: Row


def row(label: str, sums: Sum) -> Row:
    lost = amount_in_words(-sums.lost) if sums.lost else "0"
    return Row(label, amount_in_words(sums.gained), lost, amount_in_words(sums.net))


def figures(found: Totals, unit: str) -> Figures:
    gap = found.actual.net - found.due.net
    return Figures(
        unit=unit,
        expected=amount_in_words(found.expected.net),
        due=amount_in_words(found.due.net),
        actual=amount_in_words(found.actual.net),
        verified=amount_in_words(found.verified.net),
        gap=signed(gap),
        is_behind=gap < 0,
        rows=[row(str(band.label), sums) for band, sums in found.bands.items()],
        total=row("Actual", found.actual),
    )


def signed(amount: Decimal) -> str:
    """`+80`, `−80`, `0`."""
    return f"{'+' if amount > 0 else ''}{amount_in_words(amount)}"
