"""Defining KPIs and recording readings: the newest is kept right, nothing is written twice."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics import events
from metrics.actions import archive_kpi, create_kpi, edit_kpi, record_measurement
from metrics.choices import Direction, KpiKind, Source
from metrics.models import Kpi, Measurement
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


# --- Definitions -------------------------------------------------------------------------------
FACTS = {"name": "Cost", "kind": KpiKind.BUSINESS, "unit": "€", "direction": Direction.LOWER}


def test_a_kpi_is_defined_and_this_is_recorded(pilot, olga):
    kpi = create_kpi(pilot=pilot, by=olga, **FACTS)

    told = Event.objects.get(type=events.KPI_CREATED)
    assert (told.subject, told.data) == (f"metrics.Kpi:{kpi.pk}", {"name": "Cost", "kind": "business"})


@pytest.mark.parametrize("number", ["99999999999999.999999", "1E14", "NaN"])
@pytest.mark.parametrize("name", ["baseline", "target"])
def test_a_number_no_database_can_give_back_is_refused(pilot, olga, name, number):
    facts = {name: Decimal(number), f"{name}_on": date(2026, 3, 1)}

    with pytest.raises(RuleViolation, match=f"^{name.capitalize()}: "):
        create_kpi(pilot=pilot, by=olga, **FACTS, **facts)
    with pytest.raises(RuleViolation, match=f"^{name.capitalize()}: "):
        edit_kpi(kpi=make_kpi(pilot), by=olga, **facts)


def test_the_largest_number_is_read_back_as_it_was_written(pilot, olga):
    largest = Decimal("99999999999999.9")

    kpi = create_kpi(pilot=pilot, by=olga, **FACTS, target=largest, target_on=date(2026, 3, 1))
    measure(kpi, largest)

    kpi.refresh_from_db()
    assert kpi.target == kpi.latest_value == largest


def test_a_pilot_has_one_kpi_of_a_name_whatever_the_case(pilot, olga):
    cost = create_kpi(pilot=pilot, by=olga, **FACTS)
    other = create_kpi(pilot=pilot, by=olga, **FACTS | {"name": "Speed"})

    with pytest.raises(RuleViolation, match="already has a KPI of this name"):
        create_kpi(pilot=pilot, by=olga, **FACTS | {"name": "COST"})
    with pytest.raises(RuleViolation, match="already has a KPI of this name"):
        edit_kpi(kpi=other, by=olga, name="cost")
    edit_kpi(kpi=cost, by=olga, name="COST")

    archive_kpi(kpi=cost, by=olga)
    assert create_kpi(pilot=pilot, by=olga, **FACTS).pk != cost.pk


def test_another_cadence_moves_the_day_from_which_it_is_stale(kpi, olga):
    measure(kpi, 12)

    edit_kpi(kpi=kpi, by=olga, cadence_days=7)

    assert newest(kpi)[2] == date(2026, 3, 12)
    assert Event.objects.get(type=events.KPI_EDITED).changes == {"cadence_days": [30, 7]}


def test_an_edit_that_changes_nothing_is_not_recorded(kpi, olga):
    edit_kpi(kpi=kpi, by=olga, name=kpi.name, target=Decimal("20.000000"))

    assert not Event.objects.filter(type=events.KPI_EDITED).exists()


def test_archiving_twice_changes_nothing(kpi, olga, on):
    archive_kpi(kpi=kpi, by=olga)
    with on("2026-03-09"):
        again = archive_kpi(kpi=kpi, by=olga)

    assert again.archived_at.date() == date(2026, 3, 2)
    assert Event.objects.filter(type=events.KPI_ARCHIVED).count() == 1
