"""What can be asked about readings."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from metrics.models import Kpi, Measurement
from metrics.readings.actions import record_measurement, take_back_measurement
from metrics.readings.queries import series
from tests.builders import make_kpi, make_pilot, measure

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 2)


def test_a_series_is_the_newest_readings_oldest_first(django_assert_num_queries, on):
    pilot = make_pilot()
    one, other = make_kpi(pilot, "One"), make_kpi(pilot, "Other")
    with on(TODAY):
        for day in (3, 1, 2):
            measure(one, day, on=date(2026, 2, day))
        measure(other, 9)

    with django_assert_num_queries(1):
        found = series([one.pk, other.pk], limit=2)

    assert found == {one.pk: [(date(2026, 2, 2), 2), (date(2026, 2, 3), 3)], other.pk: [(TODAY, 9)]}


def test_a_series_leaves_out_what_was_taken_back_and_readings_of_one_moment_beyond_the_limit(pilot, olga):
    kpi = make_kpi(pilot)
    moment = timezone.now()
    for value, source in ((Decimal(1), "form"), (Decimal(2), "api"), (Decimal(3), "import")):
        record_measurement(kpi=kpi, value=value, measured_at=moment, source=source, by=olga)
    wrong = measure(kpi, 9, by=olga)
    take_back_measurement(reading=wrong, reason="Of another team.", by=olga)

    assert [value for _, value in series([kpi.pk], limit=2)[kpi.pk]] == [2, 3]


def test_a_kpi_without_readings_has_an_empty_series():
    kpi = make_kpi(make_pilot())

    assert series([kpi.pk]) == {kpi.pk: []}


def test_readings_are_seen_by_people_of_the_programme_only(pilot, olga, nils):
    kpi = make_kpi(pilot)
    measure(kpi, 12)

    assert Kpi.objects.visible_to(olga).get() == kpi
    assert Measurement.objects.visible_to(olga).count() == 1
    assert not Kpi.objects.visible_to(nils).exists()
    assert not Measurement.objects.visible_to(nils).exists()
