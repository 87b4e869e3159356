"""The fixes of checks over the pilot itself and its budget, done through their pages."""

import pytest
from django.urls import reverse

from gates.models import Condition
from pilots.choices import RiskTier
from tests.builders import days_ago, make_pilot
from tests.gates.checks.test_checks import with_condition
from tests.gates.checks.walk import Walker, passes

pytestmark = [pytest.mark.django_db, pytest.mark.either]


@pytest.fixture
def bare(programme):
    return make_pilot(programme)


@pytest.mark.parametrize(("name", "field"), [("accountable_owner", "owner"), ("sponsor_named", "sponsor")])
def test_a_person_is_named(name, field, bare, olga, petra, client_of):
    assert not passes(name, bare)

    Walker(client_of(petra), name, bare).send({field: olga.pk})

    assert passes(name, bare)


def test_the_risk_is_rated(bare, petra, client_of):
    assert not passes("risk_tier_recorded", bare)

    Walker(client_of(petra), "risk_tier_recorded", bare).send(
        {"risk_tier": RiskTier.HIGH, "risk_rationale": "It decides on credit."}
    )

    assert passes("risk_tier_recorded", bare)


def test_the_whole_journey_is_planned(pilot, olga, client_of):
    assert not passes("whole_journey_budgeted", pilot)

    for kind in ("pilot", "infrastructure", "integration", "training_change", "running"):
        walker = Walker(client_of(olga), "whole_journey_budgeted", pilot)
        walker.follow(reverse("metrics:budget_new", args=[pilot.key]))
        walker.send({"kind": kind, "name": f"For {kind}"})
        line = pilot.budget_lines.get(kind=kind)
        walker = Walker(client_of(olga), "whole_journey_budgeted", pilot)
        walker.follow(reverse("metrics:budget_line", args=[pilot.key, line.pk]))
        walker.follow(reverse("metrics:budget_plan", args=[pilot.key, line.pk]))
        walker.send({"first": f"{days_ago(20):%Y-%m}", "months": "1", "amount": "1000"})

    assert passes("whole_journey_budgeted", pilot)


def test_a_condition_is_met(pilot, olga, client_of):
    with_condition(pilot, "Buy the licence", days_ago(-10))
    assert not passes("no_condition_open", pilot)

    walker = Walker(client_of(olga), "no_condition_open", pilot)
    walker.follow(reverse("gates:condition_met", args=[pilot.key, Condition.objects.get().pk]))
    walker.send({"note": "Bought on Monday."})

    assert passes("no_condition_open", pilot)


def test_the_workflow_is_written_down(bare, petra, client_of):
    assert not passes("workflow_named", bare)

    Walker(client_of(petra), "workflow_named", bare).send({"workflow": "Accounts payable, at the booking."})

    assert passes("workflow_named", bare)


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("production_budgeted", ["training_change"]),
        ("integration_budgeted", ["integration"]),
        ("running_budgeted", ["running"]),
        ("journey_funded", ["infrastructure", "integration", "training_change", "running"]),
    ],
)
def test_money_is_planned(name, kinds, pilot, olga, client_of):
    assert not passes(name, pilot)

    for kind in kinds:
        walker = Walker(client_of(olga), name, pilot)
        walker.follow(reverse("metrics:budget_new", args=[pilot.key]))
        walker.send({"kind": kind, "name": f"For {kind}"})
        line = pilot.budget_lines.get(kind=kind)
        walker = Walker(client_of(olga), name, pilot)
        walker.follow(reverse("metrics:budget_line", args=[pilot.key, line.pk]))
        walker.follow(reverse("metrics:budget_plan", args=[pilot.key, line.pk]))
        walker.send({"first": f"{days_ago(20):%Y-%m}", "months": "1", "amount": "1000"})

    assert passes(name, pilot)
