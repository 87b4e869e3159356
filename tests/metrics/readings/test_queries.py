"""What can be asked about readings."""

from datetime import date

import pytest

from metrics.models import Kpi, Measurement
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

    assert [reading.value for reading in found[one.pk]] == [2, 3]
    assert [reading.value for reading in found[other.pk]] == [9]


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
