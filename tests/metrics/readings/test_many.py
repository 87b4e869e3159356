"""Recording many readings at once."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from metrics.choices import Source
from metrics.kpis.actions import archive_kpi
from metrics.models import Measurement
from metrics.readings.actions import take_back_measurement
from metrics.readings.many import MOST
from pilots.models import Event
from tests.api.world import BASE, nothing_written, program_of
from tests.builders import days_ago, make_kpi, measure

pytestmark = pytest.mark.django_db


@pytest.fixture
def kpi(pilot):
    return make_kpi(pilot, unit="min")


@pytest.fixture
def send(olga, kpi):
    """Sends these readings; returns the answer."""
    program = program_of(olga)

    def post(readings, text: str = ""):
        address = f"{BASE}kpis/{kpi.pk}/measurements/bulk/"
        if text:
            return program.generic("POST", address, text, content_type="application/json")
        return program.post(address, {"readings": readings}, format="json")

    return post


def reading(days: int, value="13", **facts) -> dict:
    return {"value": value, "measured_at": f"{days_ago(days)}T10:00:00Z"} | facts


def told_of(answer) -> tuple:
    assert answer.status_code == 200, answer.content
    body = answer.json()
    return body["recorded"], body["same"], [(one["index"], one["field"]) for one in body["refused"]]


def test_many_readings_are_recorded_with_one_event_and_judged_once(kpi, olga, send):
    measure(kpi, 9, on=days_ago(200), by=olga)
    values = [30, 31, 29, 30, 32, 30, 31, 30, 29, 31]

    answer = send([reading(1 + days * 7, str(value)) for days, value in enumerate(values)])

    assert told_of(answer) == (10, 0, [])
    kpi.refresh_from_db()
    assert (kpi.latest_value, timezone.localdate(kpi.latest_at)) == (30, days_ago(1))
    assert "the target is at least 20 min" in kpi.judgement
    event = Event.objects.get(type="metrics.measurements_recorded")
    assert event.changes == {"latest_value": ["9.000000", "30.000000"]}
    assert (event.data["recorded"], event.data["same"], event.data["refused"]) == (10, 0, 0)
    assert (event.data["first"][:10], event.data["last"][:10]) == (str(days_ago(64)), str(days_ago(1)))
    assert set(Measurement.objects.filter(recorded_by=olga).values_list("source", flat=True)) == {
        Source.API,
        Source.FORM,
    }


def test_sending_them_again_changes_nothing(send):
    readings = [reading(days) for days in range(1, 6)]
    send(readings)

    with nothing_written():
        assert told_of(send(readings)) == (0, 5, [])


def test_one_sent_twice_counts_once_and_two_values_for_a_moment_conflict(send):
    assert told_of(send([reading(1), reading(1), reading(1, "14")])) == (1, 1, [(2, "measured_at")])


def test_what_was_taken_back_does_not_come_back(kpi, olga, send):
    send([reading(1)])
    take_back_measurement(reading=Measurement.objects.get(), reason="Of another team.", by=olga)

    assert told_of(send([reading(1), reading(2)])) == (1, 1, [])
    assert Measurement.objects.counting().count() == 1


WRONG = {
    "unit": reading(1, unit="h"),
    "value": reading(1, "much"),
    "measured_at": {"value": "13", "measured_at": (timezone.now() + timedelta(days=2)).isoformat()},
    "sample_size": reading(1, sample_size=0),
    "colour": reading(1, colour="red"),
}


@pytest.mark.parametrize("field", WRONG)
def test_the_good_ones_are_recorded_and_each_other_is_told_by_index_and_field(field, send):
    assert told_of(send([reading(3), WRONG[field], reading(2, unit="min")])) == (2, 0, [(1, field)])


def test_a_wrong_unit_is_refused_by_name(kpi, olga, send):
    sentence = "This KPI is measured in min; h was sent."
    single = f"{BASE}kpis/{kpi.pk}/measurements/"

    assert send([reading(1, unit="h")]).json()["refused"][0]["sentence"] == sentence
    answer = program_of(olga).post(single, reading(1, unit="h"), format="json")
    assert (answer.status_code, answer.json()) == (400, {"unit": [sentence]})


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity", '"NaN"', '"Infinity"'])
def test_what_is_no_number_is_refused_at_its_field(literal, send):
    good = f'{{"value": 13, "measured_at": "{days_ago(1)}T10:00:00Z"}}'
    bad = f'{{"value": {literal}, "measured_at": "{days_ago(2)}T10:00:00Z"}}'

    assert told_of(send([], f'{{"readings": [{bad}, {good}]}}')) == (1, 0, [(0, "value")])


@pytest.mark.parametrize("readings", [[], [5], "many", None, [{}] * (MOST + 1)])
def test_what_is_no_list_of_readings_is_refused_as_a_whole(readings, send):
    answer = send(readings)

    assert (answer.status_code, list(answer.json())) == (400, ["readings"])


def test_a_kpi_no_longer_followed_takes_none(kpi, olga, send):
    archive_kpi(kpi=kpi, by=olga)

    assert send([reading(1)]).status_code == 409


def test_many_cost_no_more_queries_than_few(send):
    def queries(hours: range) -> int:
        moments = (timezone.now() - timedelta(days=30, hours=hour) for hour in hours)
        readings = [{"value": "13", "measured_at": moment.isoformat()} for moment in moments]
        with CaptureQueriesContext(connection) as captured:
            assert told_of(send(readings))[0] == len(hours)
        # SQLite takes so few values in a statement that the rows need several.
        inserts = 'INSERT INTO "metrics_measurement"'
        return len([query for query in captured if not query["sql"].startswith(inserts)])

    send([reading(1)])
    tally = 2  # what is remembered of so many
    assert queries(range(3)) == queries(range(3, 500)) - tally


def test_values_are_kept_as_a_single_reading_keeps_them(kpi, send):
    send([reading(1, "0.123456"), reading(2, 13.25)])

    assert set(kpi.measurements.values_list("value", flat=True)) == {Decimal("0.123456"), Decimal("13.25")}
