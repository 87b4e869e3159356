"""What a pilot's plan says of going on: offered to whoever states the outlook, never put in their mouth."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from metrics.choices import BudgetKind
from metrics.models import BenefitPeriod, BudgetPeriod
from metrics.value.rules import CENT, money, month_in_words, month_of, months_from
from pilots.models import Pilot

USUAL_HORIZON = 36  # months, where nobody has said another
ZERO = Decimal(0)


@dataclass(frozen=True)
class Suggestion:
    """What the outlook could say, and how that is summed. What was spent is in neither sum."""

    cost_to_go: Decimal
    cost_sum: str
    value_to_go: Decimal
    value_sum: str
    horizon_months: int
    spent: Decimal | None
    is_loss: bool  # what it brings is less than what it takes: the outlook begins with zero

    @property
    def initial(self) -> dict:
        """The fields of the form that it fills in."""
        names = ("cost_to_go", "value_to_go", "horizon_months", "spent")
        return {name: getattr(self, name) for name in names}


def suggestion_of(pilot: Pilot, *, horizon: int, today: date) -> Suggestion | None:
    """What the plan of a pilot, loaded with its programme, says; None without one. Two queries."""
    budget = list(BudgetPeriod.objects.counted().filter(line__pilot=pilot).select_related("line"))
    months = months_from(month_of(today), horizon)
    expected = _expected(pilot, months[0], months[-1])
    return suggest(budget, expected, currency=pilot.programme.currency, horizon=horizon, today=today)


def suggest(
    budget: Sequence[BudgetPeriod],
    expected: tuple[Decimal, Decimal],
    *,
    currency: str,
    horizon: int,
    today: date,
) -> Suggestion | None:
    """The same of what has been loaded: budgeted months with their lines, and what benefits are expected to
    bring over the horizon and dis-benefits to take."""
    gained, lost = expected
    if not budget and not gained and not lost:
        return None
    now = month_of(today)
    last = months_from(now, horizon)[-1]
    to_go: dict[str, Decimal] = defaultdict(Decimal)
    for one in budget:
        if one.month >= now and (one.line.kind != BudgetKind.RUNNING or one.month <= last):
            to_go[one.line.kind] += still_to_spend(one.plan, one.actual)
    running = to_go.pop(BudgetKind.RUNNING, ZERO)
    spent = [one.actual for one in budget if one.actual is not None]
    cost, value = sum(to_go.values(), ZERO), gained - lost - running
    return Suggestion(
        cost_to_go=cost,
        cost_sum=_added(
            [(str(BudgetKind(kind).label).lower(), to_go[kind]) for kind in to_go], currency, cost
        ),
        value_to_go=max(value, ZERO),
        value_sum=_value_sum(gained, lost, running, value, currency, month_in_words(last)),
        horizon_months=horizon,
        spent=sum(spent, ZERO) if spent else None,
        is_loss=value < 0,
    )


def still_to_spend(plan: Decimal | None, actual: Decimal | None) -> Decimal:
    """What is left of a month's plan."""
    return max((plan or ZERO) - (actual or ZERO), ZERO)


def _expected(pilot: Pilot, first: date, last: date) -> tuple[Decimal, Decimal]:
    """What benefits are expected to bring in money in these months, and dis-benefits to take."""
    periods = BenefitPeriod.objects.counted().filter(benefit__pilot=pilot, month__range=(first, last))
    in_money = periods.exclude(benefit__unit="hours", benefit__rate__isnull=True)
    sums = dict(in_money.values_list("benefit__is_disbenefit").annotate(Sum("expected_counts")).order_by())
    gained, lost = ((sums.get(minus) or ZERO) for minus in (False, True))
    return Decimal(gained).quantize(CENT), Decimal(lost).quantize(CENT)


def _added(parts: list[tuple[str, Decimal]], currency: str, total: Decimal) -> str:
    said = " + ".join(f"{name} {money(amount, currency)}" for name, amount in parts if amount)
    return f"{said} = {money(total, currency)}" if said else money(total, currency)


def _value_sum(gained, lost, running, value: Decimal, currency: str, until: str) -> str:
    said = f"benefits expected until {until} {money(gained, currency)}"
    for name, amount in (("dis-benefits", lost), ("running", running)):
        said += f" − {name} {money(amount, currency)}" if amount else ""
    return f"{said} = {money(value, currency)}"
