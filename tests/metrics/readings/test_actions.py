"""Recording what was measured."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics import events
from metrics.choices import Source
from metrics.kpis.actions import archive_kpi
from metrics.models import Kpi, Measurement
from metrics.readings.actions import (
    record_measurement,
    supersede_measurement,
    take_back_measurement,
)
from metrics.readings.queries import series
from pilots.models import Event
from pilots.rules import RuleViolation
from tests.builders import make_kpi, make_pilot, measure

pytestmark = pytest.mark.django_db


MARCH = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def today(on):
    with on("2026-03-02"):
        yield


@pytest.fixture
def kpi(pilot) -> Kpi:
    return make_kpi(pilot)


def newest(kpi: Kpi) -> tuple:
    kpi.refresh_from_db()
    return kpi.latest_value, kpi.latest_at and kpi.latest_at.date(), kpi.fresh_until


# --- Readings ----------------------------------------------------------------------------------
def test_a_reading_becomes_the_newest_and_says_how_long_it_counts(kpi, olga):
    reading = measure(kpi, "12.5", by=olga, note="From the ledger", sample_size=40)

    assert newest(kpi) == (Decimal("12.5"), date(2026, 3, 2), date(2026, 4, 16))
    assert (reading.recorded_by, reading.note, reading.sample_size) == (olga, "From the ledger", 40)
    assert (reading.source, reading.recorded_at) == (Source.FORM, timezone.now())


def test_a_reading_told_late_does_not_hide_a_newer_one(kpi):
    measure(kpi, 12, on=date(2026, 2, 20))
    measure(kpi, 11, on=date(2026, 1, 20))

    assert newest(kpi)[:2] == (12, date(2026, 2, 20))
    assert kpi.measurements.count() == 2


@settings(max_examples=20)
@given(st.permutations(range(1, 8)))
def test_the_newest_reading_is_the_latest_in_time_in_whatever_order_they_come(days):
    kpi = make_kpi(make_pilot())

    for day in days:
        measure(kpi, day, on=date(2026, 2, day))

    assert newest(kpi)[:2] == (7, date(2026, 2, 7))


def test_of_two_sources_at_one_moment_the_later_told_counts(kpi):
    measure(kpi, 12, source=Source.API)
    measure(kpi, 13, source=Source.IMPORT)

    assert newest(kpi)[0] == 13


@pytest.mark.parametrize(
    "value", ["12", "0.1234567891", "-3.0000005", "12345678901234.567891", "99999999999999.9"]
)
def test_the_same_reading_sent_again_is_the_one_there_is(kpi, olga, value):
    one = measure(kpi, value, by=olga)
    again = measure(kpi, value, by=olga)

    assert one == again
    assert Measurement.objects.count() == Event.objects.filter(type=events.MEASUREMENT_RECORDED).count() == 1


def test_a_reading_is_kept_to_six_decimals_alike_everywhere(kpi):
    measure(kpi, "0.1234565")

    assert newest(kpi)[0] == Measurement.objects.get().value == Decimal("0.123456")


def test_another_value_for_the_same_moment_is_refused(kpi):
    measure(kpi, 12)

    with pytest.raises(RuleViolation, match="Another value is already recorded for this time"):
        measure(kpi, 13)

    assert newest(kpi)[0] == 12


@pytest.mark.parametrize(
    ("value", "moment", "reason"),
    [
        ("NaN", MARCH, "Enter a number"),
        ("-Infinity", MARCH, "Enter a number"),
        ("1E14", MARCH, "too large"),
        ("1E999", MARCH, "too large"),
        ("1", datetime(2026, 3, 3, 12, tzinfo=UTC), "cannot lie in the future"),
    ],
)
def test_what_cannot_be_a_reading_is_refused_and_writes_nothing(kpi, olga, value, moment, reason):
    with pytest.raises(RuleViolation, match=reason):
        record_measurement(kpi=kpi, value=Decimal(value), measured_at=moment, by=olga)

    assert newest(kpi) == (None, None, None)
    assert not Measurement.objects.exists()


def test_today_is_the_day_where_the_organisation_is(kpi, olga, settings):
    settings.TIME_ZONE = "Pacific/Auckland"  # already 3 March there

    record_measurement(kpi=kpi, value=Decimal(1), measured_at=datetime(2026, 3, 2, 23, tzinfo=UTC), by=olga)

    kpi.refresh_from_db()
    assert kpi.fresh_until == date(2026, 4, 17)


def test_a_reading_is_recorded_with_what_it_was_before(kpi, pilot, olga):
    measure(kpi, 12, on=date(2026, 2, 20), by=olga)
    reading = measure(kpi, 13, by=olga)

    told = Event.objects.filter(type=events.MEASUREMENT_RECORDED).first()
    assert (told.actor, told.pilot, told.subject) == (olga, pilot, f"metrics.Measurement:{reading.pk}")
    assert told.changes == {"value": ["12.000000", "13.000000"]}
    assert told.data == {"kpi": "Invoices per hour", "unit": "per hour"}


def test_a_kpi_no_longer_followed_takes_no_readings(kpi, olga):
    archive_kpi(kpi=kpi, by=olga)

    with pytest.raises(RuleViolation, match="This KPI is no longer followed"):
        measure(kpi, 12)


# --- Corrections -------------------------------------------------------------------------------
def test_a_superseded_reading_stays_with_its_reason_and_no_longer_counts(kpi, olga, on):
    measure(kpi, 11, on=date(2026, 2, 1))
    wrong = measure(kpi, 21, on=date(2026, 2, 20), by=olga, source=Source.API)

    right = supersede_measurement(reading=wrong, value=Decimal("12"), reason="Two digits swapped.", by=olga)

    wrong.refresh_from_db()
    assert (wrong.value, wrong.superseded_by, wrong.correction_reason) == (21, right, "Two digits swapped.")
    assert (wrong.corrected_by, wrong.corrected_at) == (olga, timezone.now())
    assert (right.measured_at, right.source) == (wrong.measured_at, Source.API)
    assert newest(kpi) == (12, date(2026, 2, 20), date(2026, 4, 6))
    assert [value for _, value in series([kpi.pk])[kpi.pk]] == [11, 12]


def test_a_correction_is_told_with_what_it_was(kpi, olga, pilot):
    wrong = measure(kpi, 21, on=date(2026, 2, 20))

    supersede_measurement(reading=wrong, value=Decimal(12), note="Ledger", reason="Swapped.", by=olga)

    event = Event.objects.get(type=events.MEASUREMENT_SUPERSEDED)
    assert (event.actor, event.pilot, event.subject) == (olga, pilot, f"metrics.Measurement:{wrong.pk}")
    assert event.changes == {"value": ["21.000000", "12.000000"], "note": ["", "Ledger"]}
    assert (event.data["reason"], event.data["kpi"]) == ("Swapped.", kpi.name)


def test_a_reading_taken_back_leaves_the_one_before_as_the_newest(kpi, olga):
    measure(kpi, 11, on=date(2026, 2, 1))
    wrong = measure(kpi, 21, on=date(2026, 2, 20))

    take_back_measurement(reading=wrong, reason="Of another team.", by=olga)

    assert newest(kpi) == (11, date(2026, 2, 1), date(2026, 3, 18))
    event = Event.objects.get(type=events.MEASUREMENT_TAKEN_BACK)
    assert event.changes == {"value": ["21.000000", None]}


def test_with_its_only_reading_taken_back_a_kpi_is_not_measured(kpi, olga):
    take_back_measurement(reading=measure(kpi, 21), reason="Of another team.", by=olga)

    assert newest(kpi) == (None, None, None)


def test_a_reading_moved_to_an_earlier_day_may_no_longer_be_the_newest(kpi, olga):
    measure(kpi, 11, on=date(2026, 2, 10))
    wrong = measure(kpi, 21, on=date(2026, 2, 20))
    january = datetime(2026, 1, 20, 12, tzinfo=UTC)

    supersede_measurement(reading=wrong, value=wrong.value, measured_at=january, reason="Month.", by=olga)

    assert newest(kpi)[:2] == (11, date(2026, 2, 10))


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"reason": " ", "value": Decimal(12)}, "Say why the reading was wrong"),
        ({"reason": "So.", "value": Decimal(21)}, "nothing would change"),
        ({"reason": "So.", "value": Decimal("NaN")}, "Enter a number"),
        (
            {"reason": "So.", "value": Decimal(1), "measured_at": datetime(2026, 2, 1, 12, tzinfo=UTC)},
            "Another value is already recorded for this time",
        ),
    ],
)
def test_a_correction_that_cannot_be_leaves_everything(kpi, olga, facts, sentence):
    measure(kpi, 11, on=date(2026, 2, 1))
    wrong = measure(kpi, 21, on=date(2026, 2, 20))

    with pytest.raises(RuleViolation, match=sentence):
        supersede_measurement(reading=wrong, by=olga, **facts)

    assert newest(kpi)[0] == 21
    assert Measurement.objects.counting().count() == Measurement.objects.count() == 2


def test_a_reading_is_corrected_once_and_its_successor_may_be_again(kpi, olga):
    wrong = measure(kpi, 21)
    right = supersede_measurement(reading=wrong, value=Decimal(12), reason="Swapped.", by=olga)

    with pytest.raises(RuleViolation, match="has been corrected before"):
        take_back_measurement(reading=wrong, reason="Again.", by=olga)
    supersede_measurement(reading=right, value=Decimal(13), reason="Rounded.", by=olga)

    assert newest(kpi)[0] == 13


def test_a_program_that_repeats_a_corrected_reading_does_not_bring_it_back(kpi, olga):
    wrong = measure(kpi, 21, source=Source.API)
    take_back_measurement(reading=wrong, reason="Of another team.", by=olga)

    assert measure(kpi, 21, source=Source.API) == wrong
    assert newest(kpi)[0] is None


def test_a_person_who_says_a_reading_again_means_it(kpi, olga):
    wrong = measure(kpi, 21)
    take_back_measurement(reading=wrong, reason="Of another team.", by=olga)

    assert measure(kpi, 21) != wrong
    assert newest(kpi)[0] == 21


def test_a_kpi_no_longer_followed_takes_no_corrections(kpi, olga):
    wrong = measure(kpi, 21)
    archive_kpi(kpi=kpi, by=olga)

    with pytest.raises(RuleViolation, match="This KPI is no longer followed"):
        take_back_measurement(reading=wrong, reason="Late.", by=olga)
