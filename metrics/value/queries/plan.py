"""What benefits and budget say of a pilot at one glance, for those who decide about it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from metrics.choices import BudgetKind
from metrics.models import BenefitPeriod, BudgetPeriod
from metrics.value.proportion import Verdict, journey_of, sum_in_words, verdict_in_words
from metrics.value.queries.benefits import part
from metrics.value.queries.budgets import Spending, SpendingLine, in_words, spending
from metrics.value.queries.suggestion import Suggestion, suggest
from metrics.value.queries.words import HOURS, Figures, figures
from metrics.value.rules import month_of, months_from
from metrics.value.totals import Totals, totals
from pilots.models import Pilot

ZERO = Decimal(0)


@dataclass(frozen=True)
class Plan:
    """What was planned and came. `money` and `hours` are None where there is nothing of that kind.

    `flag` is what is wrong with the budget's proportion; "" where nothing is.
    """

    money: Figures | None
    hours: Figures | None
    kinds: list[SpendingLine]  # of the budget
    total: SpendingLine | None  # None: nothing is budgeted
    sum: str
    flag: str
    is_within: bool
    to_go: Suggestion | None


def plan_of(pilot: Pilot, *, horizon: int, today: date) -> Plan | None:
    """The plan of a pilot, loaded with its programme; None without one. Two queries."""
    budget = list(BudgetPeriod.objects.counted().filter(line__pilot=pilot).select_related("line"))
    benefits = list(BenefitPeriod.objects.counted().filter(benefit__pilot=pilot).select_related("benefit"))
    if not budget and not benefits:
        return None
    currency = pilot.programme.currency
    journey = journey_of((one.line.kind, one.month, one.plan) for one in budget)
    by_kind: dict[str, Spending] = defaultdict(Spending)
    for one in budget:
        by_kind[one.line.kind] += spending(one, today)
    return Plan(
        money=_figures(benefits, False, currency, today),
        hours=_figures(benefits, True, HOURS, today),
        kinds=[in_words(str(kind.label), by_kind[kind]) for kind in BudgetKind if kind in by_kind],
        total=in_words("Together", sum(by_kind.values(), Spending())) if budget else None,
        sum=sum_in_words(journey, currency),
        flag=verdict_in_words(journey),
        is_within=journey.verdict == Verdict.WITHIN,
        to_go=suggest(
            budget, _expected(benefits, horizon, today), currency=currency, horizon=horizon, today=today
        ),
    )


def _figures(periods: Iterable[BenefitPeriod], in_hours: bool, unit: str, today: date) -> Figures | None:
    found = totals(part(one, one.benefit, today) for one in periods if one.benefit.in_hours is in_hours)
    return figures(found, unit) if found != Totals() else None


def _expected(periods: Iterable[BenefitPeriod], horizon: int, today: date) -> tuple[Decimal, Decimal]:
    """What is expected in money over the horizon: of benefits, and what dis-benefits take."""
    months = months_from(month_of(today), horizon)
    sums = {False: ZERO, True: ZERO}
    for one in periods:
        if not one.benefit.in_hours and months[0] <= one.month <= months[-1]:
            sums[one.benefit.is_disbenefit] += one.expected_counts or ZERO
    return sums[False], sums[True]
