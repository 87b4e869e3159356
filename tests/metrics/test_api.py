"""KPIs and measurements through the API's door."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from metrics.models import Kpi, Measurement
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


@pytest.mark.parametrize(("reading", "state"), [(None, "no_data"), ("12", "off_target"), ("20", "on_target")])
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


@pytest.mark.parametrize("value", ["13.25", 13.25, "13.250000"])
def test_a_reading_is_recorded_once_however_often_it_is_sent(value, kpi, program):
    body = {"value": value, "measured_at": f"{days_ago(1)}T10:00:00Z", "sample_size": 40, "note": "May"}
    address = f"{BASE}kpis/{kpi.pk}/measurements/"

    first, second = (program.post(address, body, format="json") for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    reading = Measurement.objects.get()
    assert (reading.value, reading.sample_size, reading.source) == (Decimal("13.25"), 40, "api")
    assert first.json()["recorded_by"]["name"] == "Olga Owner"
    kpi.refresh_from_db()
    assert kpi.latest_value == Decimal("13.25")


def test_another_value_for_the_same_time_is_a_conflict(kpi, program):
    body = {"value": "13", "measured_at": f"{days_ago(1)}T10:00:00Z"}
    address = f"{BASE}kpis/{kpi.pk}/measurements/"
    program.post(address, body, format="json")

    with nothing_written():
        answer = program.post(address, body | {"value": "14"}, format="json")

    assert answer.status_code == 409
    assert answer.json() == {"reasons": ["Another value is already recorded for this time."]}


WRONG = {
    "value": ("", None, "NaN", "Infinity", "much", "1e30", "1" * 21, "0.1234567", True, [1], {"a": 1}),
    "measured_at": ("", None, "yesterday", "2026-13-01T00:00:00Z", 20260301, "0001-01-01T00:00:00Z"),
    "sample_size": (0, -1, 1.5, "many", "5", 10**30),
    "note": ("x" * 301, "nul\0", 5),
}


@pytest.mark.parametrize("field", WRONG)
def test_a_reading_that_cannot_be_is_named_by_its_field(field, kpi, program):
    for value in WRONG[field]:
        body = {"value": "13", "measured_at": f"{days_ago(1)}T10:00:00Z"} | {field: value}
        with nothing_written():
            answer = program.post(f"{BASE}kpis/{kpi.pk}/measurements/", body, format="json")

        assert answer.status_code == 400, value
        assert list(answer.json()) == [field], value


def test_a_reading_of_tomorrow_is_refused(kpi, program):
    body = {"value": "13", "measured_at": (timezone.now() + timedelta(days=1)).isoformat()}
    with nothing_written():
        answer = program.post(f"{BASE}kpis/{kpi.pk}/measurements/", body, format="json")

    assert answer.json() == {"measured_at": ["A measurement cannot lie in the future."]}


def test_readings_come_newest_first_and_by_their_time(kpi, program):
    for days in (9, 3, 6):
        measure(kpi, days, on=days_ago(days))
    address = f"{BASE}kpis/{kpi.pk}/measurements/"

    def values(query=""):
        return [row["value"][0] for row in program.get(address + query).json()["results"]]

    assert values() == ["3", "6", "9"]
    assert values(f"?since={days_ago(7)}T00:00:00Z") == ["3", "6"]
    assert values(f"?until={days_ago(7)}T00:00:00Z&source=form") == ["9"]
    assert program.get(f"{address}?since=May").status_code == 400


def test_readings_of_a_kpi_nobody_measured_are_an_empty_list(kpi, program):
    answer = program.get(f"{BASE}kpis/{kpi.pk}/measurements/")
    assert (answer.status_code, answer.json()["results"]) == (200, [])


def test_kpis_are_narrowed_and_sorted(kpi, pilot, program):
    make_kpi(pilot, "Accuracy", kind="technical", direction="lower")

    def names(query):
        return [row["name"] for row in program.get(f"{BASE}kpis/?{query}").json()["results"]]

    assert names(f"pilot={pilot.key}&sort=name") == ["Accuracy", "Invoices per hour"]
    assert names("kind=technical") == names("direction=lower") == names("q=accu") == ["Accuracy"]
    assert names("sort=-name") == ["Invoices per hour", "Accuracy"]
    assert names("pilot=PIL-999") == []
