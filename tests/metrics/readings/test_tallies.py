"""A new reading is judged without reading all old ones, and says the same as if it were."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from metrics.choices import Source
from metrics.kpis.actions import edit_kpi
from metrics.models import Kpi, Measurement, Tally
from metrics.readings import judging
from metrics.readings.actions import supersede_measurement, take_back_measurement
from metrics.readings.judging import JUDGED, judge_all
from metrics.readings.many import Told, record_measurements
from metrics.readings.tallies import KEPT_OUT, MOST_READ
from tests.builders import make_kpi, measure

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 30)


@pytest.fixture(autouse=True)
def today(on):
    with on(TODAY.isoformat()):
        yield


@pytest.fixture
def kpi(pilot) -> Kpi:
    return make_kpi(pilot)


def daily(kpi: Kpi, count: int, *, until: date = TODAY - timedelta(days=1)) -> None:
    """A reading a day, wobbling above the target."""
    told = [
        Told(
            index,
            Decimal(21 + index * 7 % 5) + Decimal(index) / 1000,
            timezone.make_aware(datetime.combine(until - timedelta(days=count - index - 1), time(12))),
        )
        for index in range(count)
    ]
    record_measurements(kpi=kpi, told=told, source=Source.API, by=None)


def judged(kpi: Kpi) -> dict:
    kpi.refresh_from_db()
    return {name: getattr(kpi, name) for name in JUDGED}


def judged_in_full(kpi: Kpi) -> dict:
    Tally.objects.all().delete()
    judge_all(Kpi.objects.all())
    return judged(kpi)


def test_few_readings_need_no_tally(kpi):
    daily(kpi, MOST_READ)

    assert not Tally.objects.exists()


@pytest.mark.parametrize("count", [MOST_READ + 1, 700])
def test_one_more_reading_reads_only_those_after_the_tally(kpi, count, monkeypatch):
    daily(kpi, count)
    assert Tally.objects.get().until == TODAY - timedelta(days=KEPT_OUT + 1)
    read = []
    monkeypatch.setattr(judging, "new_tally", lambda kpi, readings, used, terms: read.append(len(readings)))

    measure(kpi, 25)

    assert read == [KEPT_OUT + 1]
    assert judged(kpi) == judged_in_full(kpi)
    assert kpi.at_target_since is not None


def test_the_tally_moves_on_and_nothing_is_lost(kpi):
    for part in range(4):
        daily(kpi, 150, until=TODAY - timedelta(days=1 + 150 * (3 - part)))

    tally = Tally.objects.get()
    assert tally.until == TODAY - timedelta(days=KEPT_OUT + 1)
    assert judged(kpi) == judged_in_full(kpi)
    again = Tally.objects.get()
    assert (again.until, again.memory, again.latest) == (tally.until, tally.memory, tally.latest)


@pytest.mark.parametrize("days", [5, 250])
def test_what_changes_late_is_judged(kpi, olga, days):
    daily(kpi, 300)
    late = Measurement.objects.get(measured_at__date=TODAY - timedelta(days=days))

    take_back_measurement(reading=late, reason="Of another team.", by=olga)
    assert judged(kpi) == judged_in_full(kpi)
    measure(kpi, 2000, on=TODAY - timedelta(days=days))
    assert judged(kpi) == judged_in_full(kpi)
    wrong = Measurement.objects.counting().get(measured_at__date=TODAY - timedelta(days=days))
    supersede_measurement(reading=wrong, reason="A typo.", value=Decimal(20), by=olga)
    assert judged(kpi) == judged_in_full(kpi)


def test_another_target_is_held_against_all_readings(kpi, olga):
    daily(kpi, 300)

    edit_kpi(kpi=kpi, target=Decimal(35), by=olga)
    measure(kpi, 22)

    assert judged(kpi) == judged_in_full(kpi)
    assert Tally.objects.get().target == ["35.000000", None]


def test_readings_judged_past_the_actions_heal_in_the_night(kpi):
    daily(kpi, 300)
    Measurement.objects.filter(measured_at__date=TODAY - timedelta(days=250)).delete()

    judge_all(Kpi.objects.all())

    measure(kpi, 23)
    assert judged(kpi) == judged_in_full(kpi)
