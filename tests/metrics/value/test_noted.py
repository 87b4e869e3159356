"""Costs that registers note, shown against the budget and taken over into it."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from metrics.models import BudgetLine
from metrics.value.actions import archive_budget_line, create_budget_line, plan_budget, take_over_cost
from metrics.value.queries.noted import noted_costs
from pilots.registers.actions import edit_entry
from pilots.rules import RuleViolation
from tests.builders import make_entry, make_pilot

pytestmark = pytest.mark.django_db


def test_an_entry_becomes_a_line_in_the_month_when_it_is_due(pilot, olga):
    entry = make_entry(pilot, "integrations", cost=Decimal(12_000), live_on=date(2027, 3, 1))

    line = take_over_cost(entry=entry, by=olga)
    again = take_over_cost(entry=entry, by=olga)

    assert (line.pk, line.kind, line.name) == (again.pk, "integration", "Contract archive")
    assert [(p.month, p.plan) for p in line.periods.all()] == [(date(2027, 3, 1), Decimal(12_000))]


def test_what_is_noted_stands_against_what_is_planned(pilot, olga):
    system = make_entry(pilot, "integrations", cost=Decimal(12_000))
    shortcut = make_entry(pilot, "debt", cost=Decimal(3_000))
    make_entry(pilot, "integrations", system="Dropped", state="dropped")
    make_entry(pilot, "debt", shortcut="Without a cost", cost=None)
    make_entry(make_pilot(pilot.programme, owner=olga), "debt")
    line = take_over_cost(entry=system, by=olga)

    found = noted_costs(pilot)
    assert [(row.entry, row.line, row.planned, row.differs) for row in found.rows] == [
        (system, line, Decimal(12_000), False),
        (shortcut, None, None, False),
    ]
    assert (found.noted, found.planned) == (Decimal(15_000), Decimal(12_000))

    plan_budget(line=line, first=date(2027, 4, 1), months=1, amount=Decimal(500), by=olga)
    assert noted_costs(pilot).rows[0].differs


def test_a_line_no_longer_counted_lets_the_cost_be_taken_over_again(pilot, olga):
    entry = make_entry(pilot, "debt")
    first = take_over_cost(entry=entry, by=olga)

    archive_budget_line(line=first, by=olga)

    assert noted_costs(pilot).rows[0].line is None
    assert take_over_cost(entry=entry, by=olga).pk != first.pk


def test_an_entry_without_a_cost_gives_no_line(pilot, olga):
    entry = edit_entry(entry=make_entry(pilot, "debt"), cost=None, by=olga)

    with pytest.raises(RuleViolation, match="notes no cost"):
        take_over_cost(entry=entry, by=olga)


def test_two_connections_to_one_system_become_two_lines(pilot, olga):
    systems = [make_entry(pilot, "integrations", system="S" * 200, direction=way) for way in ("in", "out")]

    names = [take_over_cost(entry=system, by=olga).name for system in systems]

    assert names == ["S" * 200, "S" * 196 + " (2)"]


def test_what_somebody_planned_under_the_same_name_is_not_planned_again(pilot, olga):
    entry = make_entry(pilot, "debt")
    create_budget_line(pilot=pilot, kind="infrastructure", name=str(entry).upper(), by=olga)

    with pytest.raises(RuleViolation, match="already has a budget line of this kind and name"):
        take_over_cost(entry=entry, by=olga)


def test_what_was_dropped_meanwhile_gives_no_line(pilot, olga):
    entry = edit_entry(entry=make_entry(pilot, "integrations"), state="dropped", by=olga)

    with pytest.raises(RuleViolation, match="was dropped, so it will cost nothing"):
        take_over_cost(entry=entry, by=olga)


def test_the_page_offers_to_take_over_what_the_budget_does_not_plan(pilot, olga, adam, client_of):
    entry = make_entry(pilot, "debt")
    page, button = reverse("metrics:value", args=[pilot.key]), f"/budget/from/debt/{entry.pk}/"
    client = client_of(olga)
    assert button in client.get(page).content.decode()
    assert button not in client_of(adam).get(page).content.decode()

    client.post(reverse("metrics:budget_take_over", args=[pilot.key, "debt", entry.pk]))

    assert BudgetLine.objects.get().kind == "infrastructure"
    assert button not in client.get(page).content.decode()
    assert client.post(reverse("metrics:budget_take_over", args=[pilot.key, "risks", 1])).status_code == 404
