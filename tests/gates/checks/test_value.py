"""Checks over budgets and benefits: their truth tables."""

from datetime import date
from decimal import Decimal

import pytest

from metrics.models import Benefit, BenefitPeriod, BudgetLine, BudgetPeriod
from pilots.models import Pilot
from tests.builders import make_kpi, make_pilot, make_user
from tests.gates.checks.test_checks import A, T, read, reason

pytestmark = pytest.mark.django_db
PARTS = ("pilot", "infrastructure", "integration", "training_change", "running")


# --- Money planned -----------------------------------------------------------------------------
def planned(**plans: int) -> Pilot:
    pilot = make_pilot()
    for kind, plan in plans.items():
        line = BudgetLine.objects.create(pilot=pilot, kind=kind, name=kind)
        BudgetPeriod.objects.create(line=line, month=date(2026, 5, 1), plan=plan)
    return pilot


@pytest.mark.parametrize(
    ("name", "plans", "answer"),
    [
        ("production_budgeted", {}, "No money is planned for anything beyond the pilot."),
        ("production_budgeted", {"pilot": 9}, "No money is planned for anything beyond the pilot."),
        ("production_budgeted", {"running": 0}, "No money is planned for anything beyond the pilot."),
        ("production_budgeted", {"training_change": 1}, None),
        ("integration_budgeted", {"running": 9}, "No money is planned for integration."),
        ("integration_budgeted", {"integration": 1}, None),
        ("running_budgeted", {"integration": 9, "running": 0}, "No money is planned for running it."),
        ("running_budgeted", {"running": 1}, None),
        ("journey_funded", dict.fromkeys(PARTS, 1), None),
        ("journey_funded", dict.fromkeys(PARTS[1:], 1), None),
        (
            "journey_funded",
            {"pilot": 9, "infrastructure": 1, "training_change": 0, "running": 1},
            "No money is planned for integration, training and change.",
        ),
    ],
)
def test_money_is_planned_for_what_comes(name, plans, answer):
    assert reason(name, planned(**plans)) == answer


# --- Value against what was expected -----------------------------------------------------------
def benefit(pilot: Pilot, name: str, *months: tuple, **facts) -> Benefit:
    """A benefit with (month, expected, actual, band) each."""
    made = Benefit.objects.create(
        pilot=pilot, name=name, reckoning="So.", **{"unit": "money", "pattern": "recurring"} | facts
    )
    for month, expected, actual, band in months:
        proof = {"basis": "Ledger."} if band not in ("", "asserted") else {}
        proof |= {"comparison": "Next door."} if band in ("attributed", "verified") else {}
        if band == "verified":
            proof |= {"verified_by": make_user(), "verified_at": "2026-02-01T12:00:00Z"}
        BenefitPeriod.objects.create(
            benefit=made, month=date(2026, month, 1) if month > 0 else date(2025, 12 + month, 1),
            expected=expected, expected_counts=expected, actual=actual, actual_counts=actual, band=band, **proof,
        )  # fmt: skip
    return made


@pytest.mark.parametrize(
    ("months", "answer"),
    [
        ([], "No benefit was expected by now, so none can be compared."),
        ([(3, 100, None, "")], "No benefit was expected by now, so none can be compared."),
        ([(1, 100, 80, "measured")], None),
        ([(1, 100, 100, "asserted")], "EUR 0 is measured of EUR 100 expected by now: 0%, and 80% is agreed."),
        (
            [(1, 100, 50, "attributed"), (2, 100, 109, "verified")],
            "EUR 159 is measured of EUR 200 expected by now: 79%, and 80% is agreed.",
        ),
        ([(2, 100, 90, "measured"), (3, 1000, None, "")], None),
        ([(1, 100, 90, "measured"), (2, 1000, None, "")], None),  # last month's books are still open
        ([(1, 100, None, "")], "EUR 0 is measured of EUR 100 expected by now: 0%, and 80% is agreed."),
    ],
)
def test_measured_value_keeps_up_with_what_was_expected(months, answer):
    pilot = make_pilot()
    benefit(pilot, "Fewer reworks", *months)

    assert reason("value_at_agreed_share", pilot) == answer


def test_money_and_hours_are_each_compared_and_what_gets_worse_counts():
    pilot = make_pilot()
    benefit(pilot, "Fewer reworks", (1, 100, 90, "measured"))
    benefit(pilot, "More licences", (1, 0, 20, "asserted"), is_disbenefit=True)
    benefit(pilot, "Quicker", (1, 40, 10, "measured"), unit="hours")

    assert reason("value_at_agreed_share", pilot) == (
        "EUR 70 is measured of EUR 100 expected by now: 70%, and 80% is agreed. "
        "10 hours is measured of 40 hours expected by now: 25%, and 80% is agreed."
    )


def test_each_benefit_is_verified_once_a_year():
    pilot = make_pilot()
    assert reason("benefits_verified", pilot) == "There is no benefit to verify."

    benefit(pilot, "Quicker", (-10, 9, 9, "verified"))
    benefit(pilot, "Better", (1, 9, 9, "attributed"))
    assert reason("benefits_verified", pilot) == "Not verified in the last 12 months: Better, Quicker."

    BenefitPeriod.objects.update(month=date(2026, 1, 1))
    assert reason("benefits_verified", pilot) == "Not verified in the last 12 months: Better."

    Benefit.objects.filter(name="Better").update(archived_at="2026-02-01T12:00:00Z")
    assert reason("benefits_verified", pilot) is None


# --- Technical KPIs and adoption ---------------------------------------------------------------
def test_a_technical_kpi_that_falls_is_named():
    pilot = make_pilot()
    assert reason("technical_kpis_hold", pilot) is None

    kpi = make_kpi(pilot, "Accuracy", kind=T, unit="%", at_target_since=date(2026, 2, 1))
    read(kpi, 25)
    assert reason("technical_kpis_hold", pilot) is None

    kpi.degrading_since, kpi.trend_note = date(2026, 2, 10), "Falling by 1% a week."
    read(kpi, 25)
    assert reason("technical_kpis_hold", pilot) == (
        "Accuracy is 25%, as wanted: at least 20%. But it is getting worse. Falling by 1% a week."
    )


@pytest.mark.parametrize(("value", "answer"), [(19, "Use is 19% and must be at least 20%."), (20, None)])
def test_adoption_is_as_planned(value, answer):
    pilot = make_pilot()
    assert reason("adoption_as_planned", pilot) is None

    read(make_kpi(pilot, "Use", kind=A, unit="%", baseline=Decimal(0)), value)
    assert reason("adoption_as_planned", pilot) == answer
