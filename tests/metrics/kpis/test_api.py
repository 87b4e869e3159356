"""The API's doors of KPIs."""

from decimal import Decimal

import pytest
from django.utils import timezone

from metrics.models import Kpi
from tests.api.world import BASE, nothing_written, program_of
from tests.builders import days_ago, make_kpi, measure


@pytest.fixture
def kpi(pilot):
    return make_kpi(pilot)


@pytest.fixture
def program(olga, kpi):
    return program_of(olga)


def kpi_of(owned, **changes):
    return {
        "pilot": owned.key,
        "name": "Share answered",
        "kind": "business",
        "unit": "%",
        "direction": "higher",
    } | changes


@pytest.mark.parametrize(("reading", "state"), [(None, "no_data"), ("12", "off_target"), ("20", "unproven")])
def test_a_kpi_says_where_it_stands(reading, state, kpi, program):
    if reading:
        measure(kpi, reading, on=days_ago(2))

    shown = program.get(f"{BASE}kpis/{kpi.pk}/").json()

    assert shown["state"] == state
    assert shown["latest_value"] == (reading and f"{reading}.000000")


def test_a_kpi_not_measured_at_its_cadence_is_stale(kpi, program):
    measure(kpi, "25", on=days_ago(60))
    assert program.get(f"{BASE}kpis/{kpi.pk}/").json()["state"] == "stale"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"kind": "nice"}, "kind"),
        ({"direction": "sideways"}, "direction"),
        ({"target": "5"}, "target_on"),
        ({"target_on": "2027-01-01"}, "target"),
        ({"baseline": "5"}, "baseline_on"),
        ({"baseline": "NaN", "baseline_on": "2026-01-01"}, "baseline"),
        ({"baseline": "1e400", "baseline_on": "2026-01-01"}, "baseline"),
        ({"baseline": True, "baseline_on": "2026-01-01"}, "baseline"),
        ({"cadence_days": 0}, "cadence_days"),
        ({"cadence_days": 10**30}, "cadence_days"),
        ({"cadence_days": "30"}, "cadence_days"),
        ({"pilot": "PIL-999"}, "pilot"),
        ({"pilot": None}, "pilot"),
        ({"pilot": ["PIL-001"]}, "pilot"),
        ({"pilot": "nul\0"}, "pilot"),
    ],
)
def test_a_kpi_that_cannot_be_is_named_by_its_field(changes, field, pilot, program):
    with nothing_written():
        answer = program.post(f"{BASE}kpis/", kpi_of(pilot, **changes), format="json")

    assert answer.status_code == 400
    assert list(answer.json()) == [field]


def test_a_second_kpi_of_the_same_name_is_a_conflict(kpi, pilot, program):
    with nothing_written():
        answer = program.post(f"{BASE}kpis/", kpi_of(pilot, name="INVOICES per hour"), format="json")

    assert answer.status_code == 409
    assert answer.json() == {"reasons": ["This pilot already has a KPI of this name."]}


def test_a_target_cannot_be_left_without_its_day(kpi, program):
    with nothing_written():
        answer = program.patch(f"{BASE}kpis/{kpi.pk}/", {"target_on": None}, format="json")

    assert answer.json() == {"target_on": ["Give the date of the target."]}


def test_target_and_day_are_taken_away_together(kpi, program):
    program.patch(f"{BASE}kpis/{kpi.pk}/", {"target": None, "target_on": None}, format="json")

    kept = Kpi.objects.get(pk=kpi.pk)
    assert (kept.target, kept.target_on, kept.baseline) == (None, None, Decimal(10))


def test_an_archived_kpi_keeps_its_readings_and_takes_no_more(kpi, program):
    measure(kpi, "12", on=days_ago(2))
    assert program.post(f"{BASE}kpis/{kpi.pk}/archive/").json()["archived_at"]
    assert program.post(f"{BASE}kpis/{kpi.pk}/archive/").status_code == 200

    body = {"value": "13", "measured_at": timezone.now().isoformat()}
    refused = program.post(f"{BASE}kpis/{kpi.pk}/measurements/", body, format="json")

    assert refused.json() == {"reasons": ["This KPI is no longer followed."]}
    assert program.get(f"{BASE}kpis/").json()["count"] == 0
    assert program.get(f"{BASE}kpis/?archived=true").json()["count"] == 1
    assert program.get(f"{BASE}kpis/{kpi.pk}/measurements/").json()["count"] == 1


def test_kpis_are_narrowed_and_sorted(kpi, pilot, program):
    make_kpi(pilot, "Accuracy", kind="technical", direction="lower")

    def names(query):
        return [row["name"] for row in program.get(f"{BASE}kpis/?{query}").json()["results"]]

    assert names(f"pilot={pilot.key}&sort=name") == ["Accuracy", "Invoices per hour"]
    assert names("kind=technical") == names("direction=lower") == names("q=accu") == ["Accuracy"]
    assert names("sort=-name") == ["Invoices per hour", "Accuracy"]
    assert names("pilot=PIL-999") == []
