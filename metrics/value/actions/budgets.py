"""Saying what a pilot's whole journey is planned to cost, and what has been spent."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from metrics import events
from metrics.models import BudgetLine, BudgetPeriod
from metrics.value.queries.noted import FEEDS, origin_of
from metrics.value.rules import CENT, actual_problems, month_in_words, month_of, months_from, plan_problems
from pilots import clock
from pilots.actions.programmes import fix_currency
from pilots.events import changed_fields, first_facts, record
from pilots.models import Debt, Integration, Pilot, User
from pilots.registers.table import REGISTERS
from pilots.rules import RuleViolation, edit_blockers


@transaction.atomic
def create_budget_line(
    *, pilot: Pilot, kind: str, name: str, by: User | None, origin: str = ""
) -> BudgetLine:
    """Add something that is paid for; `origin` says which entry of a register notes it. Raises RuleViolation."""
    pilot = Pilot.objects.select_for_update(of=("self",), no_key=True).get(pk=pilot.pk)
    line = BudgetLine(pilot=pilot, kind=kind, name=name, origin=origin)
    _check(line)
    fix_currency(pilot.programme_id)
    line.save()
    changes = first_facts({"kind": kind})
    record(events.BUDGET_LINE_ADDED, subject=line, pilot=pilot, actor=by, changes=changes, name=name)
    return line


@transaction.atomic
def take_over_cost(*, entry: Integration | Debt, by: User) -> BudgetLine:
    """Plan in the budget what an entry of a register notes that it costs, in the month when it is due.

    Doing it again gives the line that is there. Raises RuleViolation.
    """
    register = next(key for key in FEEDS if REGISTERS[key].model is type(entry))
    kind, when = FEEDS[register]
    pilot = Pilot.objects.select_for_update(of=("self",), no_key=True).get(pk=entry.pilot_id)
    entry.refresh_from_db()  # as it is now that nobody else changes it
    if entry.removed_at is not None or not entry.cost:
        raise RuleViolation("This entry notes no cost.")
    if isinstance(entry, Integration) and entry.is_over:
        raise RuleViolation("This integration was dropped, so it will cost nothing.")
    origin = origin_of(entry)
    if known := pilot.budget_lines.listed().filter(origin=origin).first():
        return known
    name = _told_apart(pilot, kind, str(entry))
    line = create_budget_line(pilot=pilot, kind=kind, name=name, by=by, origin=origin)
    first = getattr(entry, when) or clock.today()
    return plan_budget(line=line, first=first, months=1, amount=entry.cost, by=by)


def _told_apart(pilot: Pilot, kind: str, name: str) -> str:
    """The name with a number where another entry's line has it: a system may be connected twice."""
    lines = pilot.budget_lines.listed().filter(kind=kind).exclude(origin="")
    taken = {line.name.casefold() for line in lines}
    longest = BudgetLine._meta.get_field("name").max_length or 0
    ends = ("", *(f" ({number})" for number in range(2, len(taken) + 2)))
    names = (name[: longest - len(end)] + end for end in ends)
    return next(one for one in names if one.casefold() not in taken)


@transaction.atomic
def edit_budget_line(*, line: BudgetLine, by: User, **facts: Any) -> BudgetLine:
    """Change the kind or the name of a line; its months stay. Raises RuleViolation."""
    line = _locked(line)
    pilot = Pilot.objects.select_for_update(of=("self",), no_key=True).get(pk=line.pilot_id)
    changes = changed_fields(line, facts)
    if changes:
        for name in changes:
            setattr(line, name, facts[name])
        _check(line)
        line.save(update_fields=list(changes))
        record(
            events.BUDGET_LINE_EDITED, subject=line, pilot=pilot, actor=by, changes=changes, name=line.name
        )
    return line


@transaction.atomic
def archive_budget_line(*, line: BudgetLine, by: User) -> BudgetLine:
    """Count a line no longer; its months stay. Doing it twice changes nothing."""
    line = BudgetLine.objects.select_for_update(of=("self",), no_key=True).get(pk=line.pk)
    if line.archived_at is None:
        line.archived_at = clock.now()
        line.save(update_fields=["archived_at"])
        record(
            events.BUDGET_LINE_ARCHIVED,
            subject=line,
            pilot=line.pilot,
            actor=by,
            changes={"archived": [False, True]},
            name=line.name,
        )
    return line


@transaction.atomic
def plan_budget(
    *, line: BudgetLine, first: date, months: int, amount: Decimal, by: User | None
) -> BudgetLine:
    """Plan the same for a line in each of these months. Raises RuleViolation."""
    line, first = _locked(line), month_of(first)
    problems = plan_problems(first=first, months=months, amount=amount)
    if problems:
        raise RuleViolation(*problems.values())
    _write(line, months_from(first, months), "plan", amount, events.BUDGET_PLANNED, by)
    return line


@transaction.atomic
def record_spending(*, line: BudgetLine, month: date, actual: Decimal, by: User | None) -> BudgetLine:
    """Write down what was spent on a line in a month. Raises RuleViolation."""
    line, month = _locked(line), month_of(month)
    problems = actual_problems(month=month, amount=actual, today=clock.today())
    if problems:
        raise RuleViolation(*problems.values())
    _write(line, [month], "actual", actual, events.SPENDING_RECORDED, by)
    return line


def _write(
    line: BudgetLine, months: list[date], column: str, amount: Decimal, event: str, by: User | None
) -> None:
    """Put an amount into a column of these months; told once, with every month that changes."""
    amount = amount.quantize(CENT)
    known = {period.month: period for period in line.periods.filter(month__in=months)}
    changes: dict[str, list] = {}
    new: list[BudgetPeriod] = []
    old: list[BudgetPeriod] = []
    for month in months:
        period = known.get(month) or BudgetPeriod(line=line, month=month)
        before = getattr(period, column)
        if before != amount:
            changes[month_in_words(month)] = [None if before is None else str(before), str(amount)]
            setattr(period, column, amount)
            (old if month in known else new).append(period)
    BudgetPeriod.objects.bulk_create(new)
    BudgetPeriod.objects.bulk_update(old, [column])
    if changes:
        record(event, subject=line, pilot=line.pilot, actor=by, changes=changes, name=line.name)


def _locked(line: BudgetLine) -> BudgetLine:
    line = (
        BudgetLine.objects.select_for_update(of=("self",), no_key=True)
        .select_related("pilot")
        .get(pk=line.pk)
    )
    reasons = edit_blockers(archived=line.pilot.archived_at is not None)
    if line.archived_at is not None:
        reasons.append("This budget line is no longer counted.")
    if reasons:
        raise RuleViolation(*reasons)
    return line


def _check(line: BudgetLine) -> None:
    """Whether a line can be as it is about to be. Its pilot is locked."""
    reasons = edit_blockers(archived=line.pilot.archived_at is not None)
    others = line.pilot.budget_lines.listed().filter(kind=line.kind, name__iexact=line.name)
    if others.exclude(pk=line.pk).exists():
        reasons.append("This pilot already has a budget line of this kind and name.")
    if reasons:
        raise RuleViolation(*reasons)
