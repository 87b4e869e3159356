"""Costs that the registers of a pilot note, against what its budget plans for them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from metrics.choices import BudgetKind
from metrics.models import BudgetLine
from pilots.choices import IntegrationState
from pilots.models import Debt, Entry, Integration, Pilot
from pilots.registers.table import REGISTERS, Register

# Register → the part of the journey that pays for it, and the field that says when.
FEEDS = {
    "integrations": (BudgetKind.INTEGRATION, "live_on"),
    "debt": (BudgetKind.INFRASTRUCTURE, "pay_back_on"),
}


@dataclass(frozen=True)
class Noted:
    """One entry with a cost."""

    register: Register
    entry: Integration | Debt
    line: BudgetLine | None  # that has been made of it
    planned: Decimal | None  # by that line

    @property
    def kind(self) -> BudgetKind:
        return FEEDS[self.register.key][0]

    @property
    def due_on(self) -> date | None:
        return getattr(self.entry, FEEDS[self.register.key][1])

    @property
    def differs(self) -> bool:
        """Whether the budget plans another amount than is noted by now."""
        return self.line is not None and self.planned != self.entry.cost


@dataclass(frozen=True)
class NotedCosts:
    rows: list[Noted]

    @property
    def noted(self) -> Decimal:
        return sum((row.entry.cost or Decimal(0) for row in self.rows), Decimal(0))

    @property
    def planned(self) -> Decimal:
        return sum((row.planned or Decimal(0) for row in self.rows), Decimal(0))


def noted_costs(pilot: Pilot) -> NotedCosts:
    """Every entry of this pilot that stands with a cost and was not dropped. Three queries."""
    lines = {line.origin: line for line in _lines(pilot)}
    rows = []
    for key in FEEDS:
        register = REGISTERS[key]
        for entry in _with_cost(register, pilot):
            line = lines.get(origin_of(entry))
            planned = (line.planned or Decimal(0)) if line else None
            rows.append(Noted(register, entry, line, planned))
    return NotedCosts(rows)


def _with_cost(register: Register, pilot: Pilot):
    entries = register.model.objects.standing().filter(pilot=pilot, cost__gt=0)
    # Debt that was paid back did cost; what was dropped will not.
    return entries.exclude(state=IntegrationState.DROPPED) if register.model is Integration else entries


def _lines(pilot: Pilot):
    taken = pilot.budget_lines.listed().exclude(origin="")
    return taken.annotate(planned=Sum("periods__plan")).order_by()


def origin_of(entry: Entry) -> str:
    """How a budget line says from which entry it was made."""
    return f"{entry._meta.label}:{entry.pk}"
