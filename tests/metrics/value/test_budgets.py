"""The budget of the whole journey: plan and actual by month, and production in proportion to the pilot."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gates.checks import evaluate
from metrics import events
from metrics.choices import BudgetKind
from metrics.models import BudgetLine
from metrics.value.actions import (
    archive_budget_line,
    create_budget_line,
    edit_budget_line,
    plan_budget,
    record_spending,
)
from metrics.value.proportion import Verdict, journey_of, sum_in_words, verdict_in_words
from metrics.value.queries.budgets import budget_of
from pilots.models import Event, Pilot
from pilots.rules import RuleViolation
from tests.builders import days_ago, make_budget, make_pilot

pytestmark = pytest.mark.django_db
MAY = date(2026, 5, 1)
WHOLE = {"pilot": 100, "infrastructure": 50, "integration": 100, "training_change": 30, "running": 20}


def journey(**plans):
    return journey_of((kind, MAY, None if plan is None else Decimal(plan)) for kind, plan in plans.items())


# --- In proportion? ----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        ({}, Verdict.WITHIN),  # exactly twice
        ({"running": "19.99"}, Verdict.TOO_SMALL),
        ({"running": 320}, Verdict.WITHIN),  # exactly five times
        ({"running": "320.01"}, Verdict.TOO_LARGE),
        ({"integration": None}, Verdict.INCOMPLETE),
        ({"pilot": None}, Verdict.INCOMPLETE),
        ({"pilot": 0}, Verdict.INCOMPLETE),
        ({"training_change": 0, "integration": 130}, Verdict.WITHIN),  # said to cost nothing
    ],
)
def test_production_is_two_to_five_times_the_pilot(changed, verdict):
    found = journey(**WHOLE | changed)
    assert found.verdict == verdict
    assert (verdict_in_words(found) == "") is (verdict == Verdict.WITHIN)


def test_the_sum_is_said_part_by_part():
    assert sum_in_words(journey(**WHOLE), "EUR") == (
        "Production: infrastructure EUR 50 + integration EUR 100 + training and change EUR 30 + "
        "first year of running EUR 20 = EUR 200, 2 times the pilot's EUR 100."
    )
    assert sum_in_words(journey(pilot=1), "EUR") == "Nothing is budgeted for production."
    assert "Nothing is budgeted for the pilot itself" in sum_in_words(journey(running=1), "EUR")


def test_what_is_missing_is_named():
    assert verdict_in_words(journey(pilot=100, infrastructure=50)) == (
        "Nothing is budgeted for integration, training and change and first year of running."
    )


def test_running_counts_for_its_first_year_only():
    plans = [("running", date(2026 + n // 12, n % 12 + 1, 1), Decimal(n and 10)) for n in range(30)]
    assert journey_of(plans).plans[BudgetKind.RUNNING] == 120


@given(st.lists(st.tuples(st.sampled_from(BudgetKind.values), st.decimals(0, 10**6, places=2)), max_size=20))
def test_order_of_lines_changes_no_verdict(plans):
    rows = [(kind, MAY, plan) for kind, plan in plans]
    assert journey_of(rows) == journey_of(rows[::-1])


# --- Actions -----------------------------------------------------------------------------------
def told(type_: str) -> Event:
    return Event.objects.filter(type=type_).latest("pk")


def test_a_line_is_planned_and_spent_with_what_was_before(pilot, olga):
    line = make_budget(pilot, "integration", "1000.5", first=MAY, months=3)
    plan_budget(line=line, first=MAY, months=1, amount=Decimal(900), by=olga)
    plan_budget(line=line, first=MAY, months=1, amount=Decimal(900), by=olga)
    record_spending(line=line, month=MAY.replace(day=9), actual=Decimal(950), by=olga)
    record_spending(line=line, month=MAY, actual=Decimal(950), by=olga)

    assert [(p.plan, p.actual) for p in line.periods.all()] == [
        (900, 950), (Decimal("1000.50"), None), (Decimal("1000.50"), None),
    ]  # fmt: skip
    assert told(events.BUDGET_PLANNED).changes == {"May 2026": ["1000.50", "900.00"]}
    assert told(events.SPENDING_RECORDED).changes == {"May 2026": [None, "950.00"]}
    assert Event.objects.filter(type=events.SPENDING_RECORDED).count() == 1


def test_what_cannot_be_is_not_written(pilot, olga):
    line = make_budget(pilot, "pilot", 100)
    for attempt, why in (
        (lambda: make_budget(pilot, "pilot", 100), "already has a budget line"),
        (lambda: record_spending(line=line, month=days_ago(-40), actual=Decimal(1), by=olga), "not begun"),
        (lambda: plan_budget(line=line, first=MAY, months=999, amount=Decimal(1), by=olga), "1 to 120"),
        (lambda: plan_budget(line=line, first=MAY, months=1, amount=Decimal(-1), by=olga), "zero or more"),
    ):
        with pytest.raises(RuleViolation, match=why):
            attempt()


def test_a_line_is_renamed_and_counted_no_longer(pilot, olga):
    line = make_budget(pilot, "pilot", 100)
    edit_budget_line(line=line, kind="running", name="Licences", by=olga)
    edit_budget_line(line=line, kind="running", name="Licences", by=olga)
    assert told(events.BUDGET_LINE_EDITED).changes["kind"] == ["pilot", "running"]
    assert Event.objects.filter(type=events.BUDGET_LINE_EDITED).count() == 1

    archive_budget_line(line=line, by=olga)
    archive_budget_line(line=line, by=olga)
    assert Event.objects.filter(type=events.BUDGET_LINE_ARCHIVED).count() == 1
    assert budget_of(pilot, today=days_ago(0)).total.plan == "0"
    with pytest.raises(RuleViolation, match="no longer counted"):
        record_spending(line=line, month=MAY, actual=Decimal(1), by=olga)
    assert BudgetLine.objects.get().periods.count() == 1


def test_a_budget_in_words_adds_up(pilot, olga):
    today, ended = days_ago(0), days_ago(40)
    for kind, amount in WHOLE.items():
        make_budget(pilot, kind, amount, first=ended, months=1)
    two = create_budget_line(pilot=pilot, kind="pilot", name="Two", by=olga)
    plan_budget(line=two, first=days_ago(-40), months=1, amount=Decimal(5), by=olga)
    record_spending(line=two, month=ended, actual=Decimal(7), by=olga)

    budget = budget_of(pilot, today=today)

    kind, lines = budget.kinds[0]
    assert (kind.label, kind.plan, kind.due, kind.actual, kind.gap) == ("Pilot", "105", "100", "7", "−93")
    assert [line.plan for line in lines] == ["100", "5"]
    assert (budget.total.plan, budget.total.due, budget.total.actual) == ("305", "300", "7")
    assert budget.flag.startswith("Production is below 2 times the pilot")


# --- The check ---------------------------------------------------------------------------------
def test_the_check_says_what_is_missing_or_out_of_proportion(programme, olga, django_assert_num_queries):
    whole, small, nothing = (make_pilot(programme, owner=olga, title=title) for title in "ABC")
    for kind, amount in WHOLE.items():
        make_budget(whole, kind, amount)
        make_budget(small, kind, 100 if kind == "pilot" else 10)

    with django_assert_num_queries(2):
        found = evaluate(["whole_journey_budgeted"], Pilot.objects.all(), today=days_ago(0))
    failures = found["whole_journey_budgeted"]

    assert set(failures) == {small.pk, nothing.pk}
    assert "0.4 times the pilot's EUR 100" in failures[small.pk]
    assert failures[nothing.pk].startswith("Nothing is budgeted for pilot, infrastructure")
