"""Every month of a pilot's value as rows of a file."""

from collections.abc import Iterator
from typing import Any

from metrics.models import BenefitPeriod, BudgetPeriod
from metrics.value.queries.words import HOURS
from pilots.models import Pilot

COLUMNS = (
    "What",
    "Name",
    "Month",
    "Unit",
    "Expected or planned",
    "Actual",
    "Counted in",
    "Expected, counted",
    "Actual, counted",
    "Band",
    "What shows it",
    "Compared with",
    "Verified by",
)


def rows_of(pilot: Pilot) -> Iterator[list[Any]]:
    """Each month that is counted; dis-benefits count below zero. Two queries."""
    yield from _benefit_rows(pilot)
    yield from _budget_rows(pilot)


def _budget_rows(pilot: Pilot) -> Iterator[list[Any]]:
    currency = pilot.programme.currency
    periods = BudgetPeriod.objects.counted().filter(line__pilot=pilot)
    for period in periods.select_related("line").order_by("line__kind", "line__name", "month"):
        line, amounts = period.line, (period.plan, period.actual)
        what, month = f"Budget: {line.get_kind_display().lower()}", f"{period.month:%Y-%m}"
        yield [what, line.name, month, currency, *amounts, currency, *amounts, "", "", "", ""]


def _benefit_rows(pilot: Pilot) -> Iterator[list[Any]]:
    currency = pilot.programme.currency
    periods = BenefitPeriod.objects.counted().filter(benefit__pilot=pilot)
    for period in periods.select_related("benefit", "verified_by").order_by("benefit__name", "month"):
        benefit = period.benefit
        sign = -1 if benefit.is_disbenefit else 1
        counted = (period.expected_counts, period.actual_counts)
        yield [
            "Dis-benefit" if benefit.is_disbenefit else "Benefit",
            benefit.name,
            f"{period.month:%Y-%m}",
            HOURS if benefit.unit == "hours" else currency,
            period.expected,
            period.actual,
            HOURS if benefit.in_hours else currency,
            *(None if amount is None else sign * amount for amount in counted),
            period.get_band_display(),
            period.basis,
            period.comparison,
            str(period.verified_by or ""),
        ]
