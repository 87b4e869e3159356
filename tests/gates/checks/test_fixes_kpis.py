"""The fixes of checks over KPIs, done through their pages."""

import pytest
from django.urls import reverse

from metrics.choices import KpiKind
from tests.builders import days_ago, make_kpi, measure
from tests.gates.checks.walk import Walker, passes

pytestmark = [pytest.mark.django_db, pytest.mark.either]


def record(walker, kpi, value) -> None:
    walker.follow(reverse("metrics:kpi", args=[kpi.pilot.key, kpi.pk]))
    walker.follow(reverse("metrics:record", args=[kpi.pilot.key, kpi.pk]))
    walker.send({"value": value, "measured_at": days_ago(0).isoformat()})


def test_a_business_kpi_is_defined_with_its_target(pilot, olga, client_of):
    make_kpi(pilot, "Accuracy", kind=KpiKind.TECHNICAL)
    assert not passes("business_kpi_defined", pilot)

    walker = Walker(client_of(olga), "business_kpi_defined", pilot)
    walker.follow(reverse("metrics:create", args=[pilot.key]))
    terms = {"name": "Speed", "kind": "business", "unit": "per hour", "direction": "higher"}
    walker.send(terms | {"target": "20", "target_on": days_ago(-90).isoformat()})

    assert passes("business_kpi_defined", pilot)


def test_the_baselines_are_entered(pilot, olga, client_of):
    kpi = make_kpi(pilot, baseline=None, baseline_on=None)
    assert not passes("baselines_taken", pilot)

    walker = Walker(client_of(olga), "baselines_taken", pilot)
    walker.follow(reverse("metrics:kpi", args=[pilot.key, kpi.pk]))
    walker.follow(reverse("metrics:edit", args=[pilot.key, kpi.pk]))
    walker.send({"baseline": "10", "baseline_on": days_ago(30).isoformat()})

    assert passes("baselines_taken", pilot)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("business_kpis_measured", KpiKind.BUSINESS),
        ("kpis_fresh", KpiKind.TECHNICAL),
        ("no_guardrail_broken", KpiKind.GUARDRAIL),
    ],
)
def test_a_kpi_is_measured(name, kind, pilot, olga, client_of):
    kpi = make_kpi(pilot, "Rate", kind=kind)
    measure(kpi, 5, on=days_ago(100))
    assert not passes(name, pilot)

    record(Walker(client_of(olga), name, pilot), kpi, "25")

    assert passes(name, pilot)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("business_kpis_at_target", KpiKind.BUSINESS), ("adoption_at_target", KpiKind.ADOPTION)],
)
def test_a_kpi_comes_to_its_target(name, kind, pilot, olga, client_of):
    kpi = make_kpi(pilot, "Rate", kind=kind)
    for week in range(1, 8):
        measure(kpi, 25, on=days_ago(7 * week))
    assert not passes(name, pilot)

    record(Walker(client_of(olga), name, pilot), kpi, "25")

    assert passes(name, pilot)
