"""The page of a KPI, its file, and its course in the API."""

import csv
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from metrics.choices import Source
from metrics.courses.queries import MOST_DRAWN
from metrics.readings.actions import supersede_measurement, take_back_measurement
from metrics.readings.many import Told, record_measurements
from tests.api.world import BASE, program_of
from tests.builders import days_ago, make_gate, make_kpi, measure

pytestmark = pytest.mark.django_db


@pytest.fixture
def kpi(pilot):
    return make_kpi(pilot)


def address(kpi, name: str = "kpi", query: str = "") -> str:
    return reverse(f"metrics:{name}", args=[kpi.pilot.key, kpi.pk]) + query


def words(answer) -> str:
    return " ".join(answer.content.decode().split())


def record_daily(kpi, count: int, *, until: date | None = None) -> None:
    last = until or days_ago(1)
    days = [last - timedelta(days=count - index - 1) for index in range(count)]
    told = [
        Told(index, Decimal(15 + index % 9), timezone.make_aware(datetime.combine(day, time(12))))
        for index, day in enumerate(days)
    ]
    record_measurements(kpi=kpi, told=told, source=Source.API, by=None)


def queries(client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


@pytest.mark.parametrize("query", ["", "?show=table"])
def test_five_thousand_readings_cost_no_more_queries_than_fifty(kpi, olga, client_of, query):
    client = client_of(olga)
    record_daily(kpi, 60)
    few = queries(client, address(kpi, query=query))
    record_daily(kpi, 4_940, until=days_ago(61))

    assert queries(client, address(kpi, query=query)) == few <= 18


def test_what_is_drawn_and_what_stands_behind_it_is_said(kpi, olga, client_of):
    record_daily(kpi, 5_000)

    text = words(client_of(olga).get(address(kpi)))

    assert "5,000 readings that count; 400 of them are drawn, the lowest and highest among them." in text
    assert len(text) < 90_000


def test_the_head_says_value_target_baseline_and_how_far_apart_they_are(pilot, olga, client_of):
    kpi = make_kpi(
        pilot, "Wrong clauses", unit="%", direction="lower", baseline=Decimal("5.1"), target=Decimal(2)
    )
    measure(kpi, "2.8", on=days_ago(1))

    text = words(client_of(olga).get(address(kpi)))

    for said in ("<b>2.8%</b>", "<b>≤ 2%</b>", "0.8pp over target", "<b>5.1%</b>", "Now 2.3pp less"):
        assert said.replace("pp", " pp") in text, said


def test_chart_and_table_are_links_that_work_without_javascript(kpi, olga, client_of):
    record_daily(kpi, 120)
    client = client_of(olga)

    chart, table = (
        words(client.get(address(kpi))),
        words(client.get(address(kpi, query="?show=table&page=3"))),
    )

    assert 'role="img"' in chart and "Latest measurements" in chart
    assert "All measurements" in table and "101 to 120 of 120" in table
    assert 'href="?show=table"' in chart


def test_a_kpi_that_was_never_measured_shows_target_and_baseline(kpi, olga, client_of):
    text = words(client_of(olga).get(address(kpi)))

    assert "No measurement yet" in text and "Target at least 20 per hour" in text


def test_what_is_out_of_date_is_shaded_and_said(kpi, olga, client_of):
    measure(kpi, 21, on=days_ago(90))

    text = words(client_of(olga).get(address(kpi)))

    assert 'class="old"' in text
    assert "Shaded: the newest reading is out of date" in text


def test_the_file_has_every_reading_with_those_corrected(kpi, olga, client_of):
    wrong, other = measure(kpi, 21, on=days_ago(9), by=olga), measure(kpi, "9.5", on=days_ago(8), by=olga)
    supersede_measurement(reading=wrong, value=Decimal(12), reason="=Swapped.", by=olga)
    take_back_measurement(reading=other, reason="Of another team.", by=olga)

    answer = client_of(olga).get(address(kpi, "kpi_csv"))

    rows = list(csv.DictReader(answer.getvalue().decode("utf-8-sig").split("\r\n\r\n")[1].splitlines()))
    assert answer["Content-Type"].startswith("text/csv")
    assert sorted((row["Value"], row["Counts"], row["Superseded by"], row["Reason"]) for row in rows) == [
        ("12", "yes", "", ""),
        ("21", "no", "12", "'=Swapped."),
        ("9.5", "no", "", "Of another team."),
    ]


def test_the_api_gives_a_course_as_short_as_a_chart_needs(kpi, olga):
    record_daily(kpi, 1_000)

    course = program_of(olga).get(f"{BASE}kpis/{kpi.pk}/course/").json()

    assert (course["stored"], course["is_cut"], course["unit"]) == (1_000, False, "per hour")
    assert course["shown"] == len(course["points"]) <= MOST_DRAWN
    assert course["points"][0].keys() == {"measured_at", "value"}


def record_fall(kpi, first: int = 30) -> None:
    """Eight readings a week apart on a straight line, the last of them yesterday."""
    at = [timezone.make_aware(datetime.combine(days_ago(1 + 7 * week), time(12))) for week in range(8)]
    told = [Told(week, Decimal(first + week), moment) for week, moment in enumerate(at)]
    record_measurements(kpi=kpi, told=told, source=Source.API, by=None)
    kpi.refresh_from_db()


def test_the_evidence_freeze_is_forecast_on_chart_table_and_api(kpi, olga, client_of):
    gate = make_gate(pilot=kpi.pilot, planned_on=days_ago(-20))
    freeze = days_ago(-20 + gate.definition.freeze_days_before)
    record_fall(kpi)
    client = client_of(olga)

    chart, table = words(client.get(address(kpi))), words(client.get(address(kpi, query="?show=table")))
    said = program_of(olga).get(f"{BASE}kpis/{kpi.pk}/course/").json()["forecast"]

    assert (said["on"], said["to"], said["readings"]) == (freeze.isoformat(), "evidence freeze", 8)
    assert float(said["low"]) == float(said["value"]) == pytest.approx(30 - ((freeze - days_ago(1)).days / 7))
    assert chart.count(said["sentence"]) == 3  # below the chart, as its title, and in its text equivalent
    assert 'class="hatched"' in chart and "It decides nothing" in chart
    assert "Forecast to the evidence freeze, between" in table


def test_without_a_freeze_ahead_the_day_of_the_target_is_forecast(kpi, olga):
    type(kpi).objects.filter(pk=kpi.pk).update(target_on=days_ago(-10))
    make_gate(pilot=kpi.pilot, planned_on=days_ago(3))
    record_fall(kpi)

    said = program_of(olga).get(f"{BASE}kpis/{kpi.pk}/course/").json()["forecast"]

    assert (said["on"], said["to"]) == (days_ago(-10).isoformat(), "target date")


@pytest.mark.parametrize(
    "facts",
    [{"fresh_until": date(2020, 1, 1)}, {"counts_from": date(2099, 1, 1)}, {"target_on": date(2020, 1, 1)}],
)
def test_nothing_is_forecast_for_what_is_stale_too_short_or_past(kpi, olga, client_of, facts):
    record_fall(kpi)
    type(kpi).objects.filter(pk=kpi.pk).update(**{"target_on": days_ago(-10)} | facts)

    assert program_of(olga).get(f"{BASE}kpis/{kpi.pk}/course/").json()["forecast"] is None
    assert "Forecast" not in words(client_of(olga).get(address(kpi)))
