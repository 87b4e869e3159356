"""A pilot's money on its first page: what benefits and budget say, asked in the query that loads the pilot."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import (
    Aggregate,
    Count,
    DecimalField,
    Field,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce, Greatest

from metrics.choices import BenefitUnit, BudgetKind
from metrics.models import BenefitPeriod, BudgetPeriod
from metrics.value.queries.suggestion import USUAL_HORIZON
from metrics.value.rules import CENT, money, month_of, months_from
from pilots.models import Pilot

AMOUNT: DecimalField = DecimalField(max_digits=20, decimal_places=2)
NONE = Value(Decimal(0), output_field=AMOUNT)
LEFT = Greatest(Coalesce("plan", NONE) - Coalesce("actual", NONE), NONE, output_field=AMOUNT)


@dataclass(frozen=True)
class MoneyCard:
    """In words; "" where nobody has said. Spent is to the end of the last month; costs and value to go are as in
    `suggestion_of` over the usual horizon."""

    budget: str
    spent: str
    cost_to_go: str
    value_to_go: str
    is_loss: bool
    horizon_months: int = USUAL_HORIZON


def with_money_card(pilots, *, today: date):
    """These pilots with what `money_card_of` reads. No query more."""
    now = month_of(today)
    last = months_from(now, USUAL_HORIZON)[-1]
    ahead = Q(month__gte=now)
    running = Q(line__kind=BudgetKind.RUNNING)
    soon = Q(month__range=(now, last)) & ~Q(benefit__unit=BenefitUnit.HOURS, benefit__rate__isnull=True)
    return pilots.annotate(
        card_months=_budget(Count("pk"), IntegerField()),
        card_budget=_budget(Sum("plan")),
        card_spent=_budget(Sum("actual", filter=Q(month__lt=now))),
        card_cost=_budget(Sum(LEFT, filter=ahead & ~running)),
        card_running=_budget(Sum(LEFT, filter=ahead & running & Q(month__lte=last))),
        card_gained=_benefits(Sum("expected_counts", filter=soon & Q(benefit__is_disbenefit=False))),
        card_lost=_benefits(Sum("expected_counts", filter=soon & Q(benefit__is_disbenefit=True))),
    )


def _budget(amount: Aggregate, field: Field = AMOUNT) -> Subquery:
    rows = BudgetPeriod.objects.counted().filter(line__pilot=OuterRef("pk")).order_by()
    return Subquery(rows.values("line__pilot").annotate(sum=amount).values("sum"), output_field=field)


def _benefits(amount: Sum) -> Subquery:
    rows = BenefitPeriod.objects.counted().filter(benefit__pilot=OuterRef("pk")).order_by()
    return Subquery(rows.values("benefit__pilot").annotate(sum=amount).values("sum"), output_field=AMOUNT)


def money_card_of(pilot: Pilot) -> MoneyCard | None:
    """The card of a pilot of `with_money_card`, loaded with its programme; None where there is no plan."""
    budget, spent, cost, running, gained, lost = (
        _cents(getattr(pilot, f"card_{name}"))
        for name in ("budget", "spent", "cost", "running", "gained", "lost")
    )
    if not getattr(pilot, "card_months", 0) and not gained and not lost:
        return None
    currency = pilot.programme.currency
    value = (gained or Decimal(0)) - (lost or Decimal(0)) - (running or Decimal(0))
    return MoneyCard(
        budget="" if budget is None else money(budget, currency),
        spent="" if spent is None else money(spent, currency),
        cost_to_go="" if cost is None and budget is None else money(cost or Decimal(0), currency),
        value_to_go="" if gained is None and lost is None else money(value, currency),
        is_loss=value < 0,
    )


def _cents(amount: Decimal | None) -> Decimal | None:
    # SQLite adds decimals as floats.
    return None if amount is None else Decimal(amount).quantize(CENT)
