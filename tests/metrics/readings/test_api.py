"""The API's doors of readings."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from metrics.models import Measurement
from tests.api.world import BASE, nothing_written, program_of
from tests.builders import days_ago, make_kpi, measure


@pytest.fixture
def kpi(pilot):
    return make_kpi(pilot)


@pytest.fixture
def program(olga, kpi):
    return program_of(olga)


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


def test_a_superseded_reading_is_listed_apart(kpi, program):
    wrong = measure(kpi, 21, on=days_ago(3), source="api")
    address = f"{BASE}kpis/{kpi.pk}/measurements/"

    answer = program.post(
        f"{address}{wrong.pk}/supersede/", {"value": "12", "reason": "Swapped."}, format="json"
    )

    assert answer.status_code == 201
    right = answer.json()
    assert (right["value"], right["source"], right["corrected_at"]) == ("12.000000", "api", None)
    counting, corrected = (
        program.get(address + query).json()["results"] for query in ("", "?corrected=true")
    )
    assert [row["id"] for row in counting] == [right["id"]]
    assert [(row["id"], row["superseded_by"], row["correction_reason"]) for row in corrected] == [
        (wrong.pk, right["id"], "Swapped.")
    ]


def test_a_reading_is_corrected_only_under_its_own_kpi(kpi, program):
    other = measure(make_kpi(kpi.pilot, "Another"), 21)
    address = f"{BASE}kpis/{kpi.pk}/measurements/{other.pk}/take-back/"

    assert program.post(address, {"reason": "So."}, format="json").status_code == 404
