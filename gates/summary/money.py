"""What pilots cost and bring, as the executive facts keep it: by currency, amounts as text. One currency never
enters the sum of another."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from metrics.value.queries.budgets import Spending, SpendingLine, in_words
from metrics.value.queries.portfolio import Numbers, values_of
from metrics.value.queries.words import HOURS, Figures, figures
from metrics.value.totals import Sum, Totals
from pilots.models import Pilot

Facts = dict[str, Any]


@dataclass(frozen=True)
class MoneyOf:
    """What the pilots of one currency cost and bring."""

    currency: str
    pilots: int
    numbers: Numbers
    money: Figures
    hours: Figures | None
    spending: SpendingLine
    url: str  # the list of these pilots with their numbers

    @property
    def actual(self) -> Decimal:
        return max(self.numbers.money.actual.net, Decimal(0))

    @property
    def due(self) -> Decimal:
        return max(self.numbers.money.due.net, Decimal(0))


def money_facts(pilots: QuerySet[Pilot], *, today: date) -> Facts:
    """Currency → how many of these pilots have numbers, and their sums. Three queries."""
    found: dict[str, tuple[int, Numbers]] = {}
    for one in values_of(pilots, today=today):
        count, numbers = found.get(one.currency, (0, Numbers()))
        found[one.currency] = count + 1, numbers + one.numbers
    return {currency: _kept(*found[currency]) for currency in sorted(found)}


def add_money(parts: Iterable[Facts]) -> Facts:
    """The facts of several programmes as those of one."""
    found: dict[str, tuple[int, Numbers]] = defaultdict(lambda: (0, Numbers()))
    for part in parts:
        for currency, facts in part.items():
            count, numbers = found[currency]
            found[currency] = count + facts["pilots"], numbers + _read(facts)
    return {currency: _kept(*found[currency]) for currency in sorted(found)}


def money_rows(facts: Facts, *, programme: str) -> list[MoneyOf]:
    """The facts for a page; `programme` is the slug of the one they are of, blank for several."""
    return [_row(currency, one, programme) for currency, one in facts.items()]


def _row(currency: str, facts: Facts, programme: str) -> MoneyOf:
    numbers = _read(facts)
    narrowed = {"programme": programme} if programme else {"currency": currency}
    return MoneyOf(
        currency=currency,
        pilots=facts["pilots"],
        numbers=numbers,
        money=figures(numbers.money, currency),
        hours=figures(numbers.hours, HOURS) if _is_due(numbers.hours) else None,
        spending=in_words("Spent", numbers.spending),
        url=f"{reverse('metrics:value_portfolio')}?{urlencode(narrowed)}",
    )


def _is_due(totals: Totals) -> bool:
    """Whether there is something to say up to now."""
    return totals.due != Sum() or any(sums != Sum() for sums in totals.bands.values())


def _kept(pilots: int, numbers: Numbers) -> Facts:
    return {
        "pilots": pilots,
        "money": _kept_totals(numbers.money),
        "hours": _kept_totals(numbers.hours),
        "spending": {name: str(amount) for name, amount in vars(numbers.spending).items()},
    }


def _kept_totals(totals: Totals) -> dict[str, list[str]]:
    return {name: [str(sums.gained), str(sums.lost)] for name, sums in vars(totals).items()}


def _read(facts: Facts) -> Numbers:
    spending = {name: Decimal(amount) for name, amount in facts["spending"].items()}
    return Numbers(_read_totals(facts["money"]), _read_totals(facts["hours"]), Spending(**spending))


def _read_totals(kept: dict[str, list[str]]) -> Totals:
    return Totals(**{name: Sum(*(Decimal(amount) for amount in sums)) for name, sums in kept.items()})
