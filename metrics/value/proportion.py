"""Whether production is budgeted, and in proportion to the pilot: pure, no database, no clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from metrics.choices import BudgetKind
from metrics.value.rules import money, months_from

LEAST, MOST = 2, 5  # production costs so many times the pilot
PRODUCTION = (
    BudgetKind.INFRASTRUCTURE,
    BudgetKind.INTEGRATION,
    BudgetKind.TRAINING_CHANGE,
    BudgetKind.RUNNING,
)


class Verdict(StrEnum):
    INCOMPLETE = "incomplete"
    TOO_SMALL = "too_small"
    WITHIN = "within"
    TOO_LARGE = "too_large"


@dataclass(frozen=True)
class Journey:
    """What is planned for each part of the journey; running is its first year. None: nobody has said."""

    plans: dict[BudgetKind, Decimal | None]

    @property
    def missing(self) -> list[BudgetKind]:
        return [kind for kind in BudgetKind if self.plans[kind] is None]

    @property
    def pilot(self) -> Decimal:
        return self.plans[BudgetKind.PILOT] or Decimal(0)

    @property
    def production(self) -> Decimal:
        return sum((self.plans[kind] or Decimal(0) for kind in PRODUCTION), Decimal(0))

    @property
    def verdict(self) -> Verdict:
        if self.missing or not self.pilot:
            return Verdict.INCOMPLETE
        if self.production < LEAST * self.pilot:
            return Verdict.TOO_SMALL
        return Verdict.TOO_LARGE if self.production > MOST * self.pilot else Verdict.WITHIN


def journey_of(plans: Iterable[tuple[str, date, Decimal | None]]) -> Journey:
    """What is planned, from (kind, month, plan) of every budgeted month of a pilot."""
    by_kind: dict[BudgetKind, dict[date, Decimal]] = {kind: {} for kind in BudgetKind}
    for kind, month, plan in plans:
        if plan is not None:
            months = by_kind[BudgetKind(kind)]
            months[month] = months.get(month, Decimal(0)) + plan
    running = by_kind[BudgetKind.RUNNING]
    paid = [month for month, plan in running.items() if plan]
    first_year = months_from(min(paid), 12) if paid else list(running)
    by_kind[BudgetKind.RUNNING] = {month: running[month] for month in first_year if month in running}
    return Journey(
        {kind: sum(months.values(), Decimal(0)) if months else None for kind, months in by_kind.items()}
    )


def sum_in_words(journey: Journey, currency: str) -> str:
    """How production comes to what it is, and how many times the pilot that makes."""
    parts = " + ".join(
        f"{_name(kind)} {money(plan, currency)}"
        for kind in PRODUCTION
        if (plan := journey.plans[kind]) is not None
    )
    if not parts:
        return "Nothing is budgeted for production."
    total = f"Production: {parts} = {money(journey.production, currency)}"
    if not journey.pilot:
        return f"{total}. Nothing is budgeted for the pilot itself to compare that with."
    times = f"{journey.production / journey.pilot:,.2f}".rstrip("0").rstrip(".")
    return f"{total}, {times} times the pilot's {money(journey.pilot, currency)}."


def verdict_in_words(journey: Journey) -> str:
    """What is to be said of it; "" where it is in proportion."""
    if journey.missing:
        return f"Nothing is budgeted for {_listed([_name(kind) for kind in journey.missing])}."
    return {
        Verdict.INCOMPLETE: "Nothing is budgeted for the pilot itself.",
        Verdict.TOO_SMALL: f"Production is below {LEAST} times the pilot: what is forgotten in it?",
        Verdict.TOO_LARGE: f"Production is above {MOST} times the pilot: is it still the same case?",
        Verdict.WITHIN: "",
    }[journey.verdict]


def _name(kind: BudgetKind) -> str:
    return "first year of running" if kind == BudgetKind.RUNNING else str(kind.label).lower()


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
