"""What all pilots that somebody may see cost and bring: one total per currency, never one over several."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import reduce
from operator import add
from typing import Any

from django.db.models import Case, F, Q, QuerySet, Sum, Value, When

from metrics.choices import BenefitUnit
from metrics.models import BenefitPeriod, BudgetPeriod
from metrics.value.queries.budgets import Spending, SpendingLine, in_words
from metrics.value.queries.words import HOURS, Figures, figures
from metrics.value.rules import CENT, month_of
from metrics.value.totals import NO_TOTALS, Part, Totals, totals
from pilots.choices import RUNNING, PilotState
from pilots.models import Pilot

SORTS = {
    "actual": "Actual",
    "expected": "Expected",
    "verified": "Verified",
    "spent": "Spent",
    "title": "Pilot",
}
STATES = {"": "All pilots", "running": "Under way", "ended": "Stopped or retired"}


@dataclass(frozen=True)
class ValueChoice:
    """What the portfolio is narrowed to and how it is sorted; blank means everything."""

    programme: str = ""
    currency: str = ""
    state: str = ""  # of STATES
    sort: str = ""  # of SORTS, the greatest first


@dataclass(frozen=True)
class Numbers:
    """What some pilots of one currency cost and bring."""

    money: Totals = NO_TOTALS
    hours: Totals = NO_TOTALS
    spending: Spending = field(default_factory=Spending)

    def __add__(self, other: "Numbers") -> "Numbers":
        return Numbers(self.money + other.money, self.hours + other.hours, self.spending + other.spending)


@dataclass(frozen=True)
class PilotValue:
    """One pilot's numbers."""

    pk: int
    key: str
    title: str
    programme: str
    slug: str
    currency: str
    numbers: Numbers


@dataclass(frozen=True)
class Section:
    """The numbers of many pilots of one currency in words, such as of a programme."""

    label: str
    slug: str
    currency: str
    pilots: int
    money: Figures
    hours: Figures | None
    spending: SpendingLine
    programmes: list["Section"]


def pilots_chosen(user, choice: ValueChoice) -> QuerySet[Pilot]:
    """The pilots this person may see and asks about, archived ones left out."""
    pilots = Pilot.objects.visible_to(user).listed()
    for path, text in (("programme__slug", choice.programme), ("programme__currency", choice.currency)):
        if text:  # PostgreSQL refuses NUL in a text
            pilots = pilots.filter(**{path: text}) if text.isprintable() else pilots.none()
    if choice.state == "running":
        return pilots.filter(state__in=RUNNING)
    if choice.state == "ended":
        return pilots.filter(state__in=(PilotState.STOPPED, PilotState.RETIRED))
    return pilots.none() if choice.state else pilots


def values_of(pilots: QuerySet[Pilot], *, today: date) -> list[PilotValue]:
    """The numbers of those of these pilots that have any. Three queries."""
    numbers = _numbers(pilots, today)
    fields = ("pk", "key", "title", "programme__name", "programme__slug", "programme__currency")
    rows = pilots.order_by("title", "pk").values_list(*fields)
    return [
        PilotValue(pk, key, title, programme, slug, currency, numbers[pk])
        for pk, key, title, programme, slug, currency in rows
        if pk in numbers
    ]


def _numbers(pilots: QuerySet[Pilot], today: date) -> dict[int, Numbers]:
    parts: dict[tuple[int, bool], list[Part]] = defaultdict(list)
    for pilot_id, in_hours, *facts in _benefit_sums(pilots, today):
        parts[pilot_id, in_hours].append(_part(*facts))
    found: dict[int, Numbers] = defaultdict(Numbers)
    for (pilot_id, in_hours), of_kind in parts.items():
        sums = totals(of_kind)
        found[pilot_id] += Numbers(hours=sums) if in_hours else Numbers(money=sums)
    for pilot_id, *sums in _budget_sums(pilots, today):
        found[pilot_id] += Numbers(spending=Spending(*(_cents(amount) for amount in sums)))
    return found


def _part(is_disbenefit: bool, band: str, *sums: Decimal | None) -> Part:
    return Part(is_disbenefit, band, *(_cents(amount) for amount in sums))


def _cents(amount: Decimal | None) -> Decimal:
    # SQLite adds decimals as floats.
    return Decimal(0) if amount is None else Decimal(amount).quantize(CENT)


def _benefit_sums(pilots: QuerySet[Pilot], today: date):
    """(pilot, in hours, dis-benefit, band, expected, due, actual) of every kind of month there is."""
    periods = BenefitPeriod.objects.counted().filter(benefit__pilot__in=pilots)
    hours = Case(
        When(benefit__unit=BenefitUnit.HOURS, benefit__rate__isnull=True, then=Value(True)),
        default=Value(False),
    )
    grouped = periods.annotate(
        pilot=F("benefit__pilot_id"), hours=hours, is_disbenefit=F("benefit__is_disbenefit")
    )
    return (
        grouped.values_list("pilot", "hours", "is_disbenefit", "band")
        .annotate(
            all=Sum("expected_counts"),
            due=Sum("expected_counts", filter=_ended(today)),
            came=Sum("actual_counts", filter=_ended(today)),
        )
        .order_by()
    )


def _budget_sums(pilots: QuerySet[Pilot], today: date):
    """(pilot, plan, plan of the months that have ended, spent in these)."""
    periods = BudgetPeriod.objects.counted().filter(line__pilot__in=pilots)
    return (
        periods.values_list("line__pilot_id")
        .annotate(
            all=Sum("plan"),
            due=Sum("plan", filter=_ended(today)),
            spent=Sum("actual", filter=_ended(today)),
        )
        .order_by()
    )


def _ended(today: date) -> Q:
    """`has_ended`, in the database."""
    return Q(month__lt=month_of(today))


def by_sort(values: Iterable[PilotValue], sort: str) -> list[PilotValue]:
    """The pilots in this order; those of one currency together, for others cannot be compared."""
    amounts = {
        "actual": lambda one: one.numbers.money.actual.net,
        "expected": lambda one: one.numbers.money.expected.net,
        "verified": lambda one: one.numbers.money.verified.net,
        "spent": lambda one: one.numbers.spending.actual,
    }
    rows = sorted(values, key=lambda one: (one.title.casefold(), one.pk))
    if sort == "title":
        return rows
    amount = amounts.get(sort, amounts["actual"])
    return sorted(rows, key=lambda one: (one.currency, -amount(one)))


def sections(values: Iterable[PilotValue]) -> list[Section]:
    """One total per currency, each with its programmes."""
    by_currency: dict[str, list[PilotValue]] = defaultdict(list)
    for one in values:
        by_currency[one.currency].append(one)
    return [_currency(currency, by_currency[currency]) for currency in sorted(by_currency)]


def _currency(currency: str, values: list[PilotValue]) -> Section:
    by_programme: dict[tuple[str, str], list[PilotValue]] = defaultdict(list)
    for one in values:
        by_programme[one.programme, one.slug].append(one)
    programmes = [_section(name, slug, by_programme[name, slug]) for name, slug in sorted(by_programme)]
    return replace(_section(currency, "", values), programmes=programmes)


def _section(label: str, slug: str, values: list[PilotValue]) -> Section:
    whole = reduce(add, (one.numbers for one in values))
    currency = values[0].currency
    return Section(
        label=label,
        slug=slug,
        currency=currency,
        pilots=len(values),
        money=figures(whole.money, currency),
        hours=_hours(whole),
        spending=in_words(label, whole.spending),
        programmes=[],
    )


def _hours(numbers: Numbers) -> Figures | None:
    return figures(numbers.hours, HOURS) if numbers.hours != Totals() else None


@dataclass(frozen=True)
class PilotRow:
    """One pilot's numbers in words; `top` is where its bar's scale ends."""

    value: PilotValue
    top: Decimal
    money: Figures
    hours: Figures | None
    spending: SpendingLine

    @property
    def has_money(self) -> bool:
        return self.value.numbers.money != Totals()


def tops(values: Iterable[PilotValue]) -> dict[str, Decimal]:
    """Currency → the greatest amount that a pilot's bar shows: bars of one currency have one scale."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for one in values:
        money = one.numbers.money
        found[one.currency] = max(found[one.currency], money.due.net, money.actual.net)
    return dict(found)


def row_of(value: PilotValue, top: Decimal) -> PilotRow:
    numbers = value.numbers
    return PilotRow(
        top=top,
        value=value,
        money=figures(numbers.money, value.currency),
        hours=_hours(numbers),
        spending=in_words(value.title, numbers.spending),
    )


COLUMNS = (
    "Key",
    "Pilot",
    "Programme",
    "Currency",
    "Expected in all",
    "Expected to date",
    "Actual",
    "Asserted",
    "Measured",
    "Attributed",
    "Verified",
    "Actual in hours",
    "Planned in all",
    "Planned to date",
    "Spent",
)


def file_rows(values: Iterable[PilotValue]) -> Iterator[list[Any]]:
    """The pilots as rows of a file, net of dis-benefits."""
    for one in values:
        money, spending = one.numbers.money, one.numbers.spending
        amounts = (
            money.expected.net,
            money.due.net,
            money.actual.net,
            *(sums.net for sums in money.bands.values()),
            one.numbers.hours.actual.net,
            spending.plan,
            spending.due,
            spending.actual,
        )
        yield [one.key, one.title, one.programme, one.currency, *map(_cents, amounts)]
