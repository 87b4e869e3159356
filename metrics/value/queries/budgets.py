"""What a pilot's journey was planned to cost, and what has been spent."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from metrics.choices import BudgetKind
from metrics.models import BudgetLine, BudgetPeriod
from metrics.value.proportion import Verdict, journey_of, sum_in_words, verdict_in_words
from metrics.value.queries.words import signed
from metrics.value.rules import amount_in_words, has_ended, month_in_words
from pilots.models import Pilot

ZERO = Decimal(0)
MonthLine = tuple[str, str, str]


@dataclass(frozen=True)
class Spending:
    """Planned in all; planned for the months that have ended, and spent in these."""

    plan: Decimal = ZERO
    due: Decimal = ZERO
    actual: Decimal = ZERO

    def __add__(self, other: "Spending") -> "Spending":
        return Spending(self.plan + other.plan, self.due + other.due, self.actual + other.actual)


@dataclass(frozen=True)
class SpendingLine:
    """Spending in words; `line` is None for a kind or the whole."""

    label: str
    plan: str
    due: str
    actual: str
    gap: str  # spent less what was planned for the same months
    is_over: bool
    line: BudgetLine | None = None


@dataclass(frozen=True)
class Budget:
    """The budget of a pilot. `flag` is what is wrong with its proportion; "" where nothing is."""

    kinds: list[tuple[SpendingLine, list[SpendingLine]]]
    total: SpendingLine
    former: list[BudgetLine]
    sum: str
    flag: str
    is_within: bool
    spending: Spending


def budget_of(pilot: Pilot, *, today: date) -> Budget:
    """The budget of a pilot, loaded with its programme. Two queries."""
    lines = list(pilot.budget_lines.order_by("name", "pk"))
    kind_of = {line.pk: line.kind for line in lines}
    periods = list(BudgetPeriod.objects.counted().filter(line__pilot=pilot))
    spent: dict[int, Spending] = defaultdict(Spending)
    for period in periods:
        spent[period.line_id] += spending(period, today)
    listed = [line for line in lines if line.archived_at is None]
    kinds = []
    for kind in BudgetKind:
        own = [line for line in listed if line.kind == kind]
        if own:
            whole = sum((spent[line.pk] for line in own), Spending())
            parts = [in_words(line.name, spent[line.pk], line) for line in own]
            kinds.append((in_words(str(kind.label), whole), parts))
    total = sum((spent[line.pk] for line in listed), Spending())
    journey = journey_of((kind_of[one.line_id], one.month, one.plan) for one in periods)
    return Budget(
        kinds=kinds,
        total=in_words("Together", total),
        former=[line for line in lines if line.archived_at is not None],
        sum=sum_in_words(journey, pilot.programme.currency),
        flag=verdict_in_words(journey),
        is_within=journey.verdict == Verdict.WITHIN,
        spending=total,
    )


def spending(period: BudgetPeriod, today: date) -> Spending:
    plan, ended = period.plan or ZERO, has_ended(period.month, today)
    return Spending(plan, plan if ended else ZERO, (period.actual or ZERO) if ended else ZERO)


def in_words(label: str, found: Spending, line: BudgetLine | None = None) -> SpendingLine:
    return SpendingLine(
        label=label,
        plan=amount_in_words(found.plan),
        due=amount_in_words(found.due),
        actual=amount_in_words(found.actual),
        gap=signed(found.actual - found.due),
        is_over=found.actual > found.due,
        line=line,
    )


def months_of(line: BudgetLine, *, today: date) -> tuple[list[MonthLine], list[MonthLine]]:
    """Month, plan and actual of a line in words: those begun, newest first, and those to come. One query."""
    rows = [
        (one.month, (month_in_words(one.month), amount_in_words(one.plan), amount_in_words(one.actual)))
        for one in line.periods.order_by("month")
    ]
    begun = [words for month, words in reversed(rows) if month <= today]
    return begun, [words for month, words in rows if month > today]
