"""What is kept on a KPI of what its readings say."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from metrics.choices import Direction, KpiKind, KpiState
from metrics.kpis.actions import create_kpi, edit_kpi
from metrics.models import Kpi, Measurement
from metrics.queries import standing_of
from metrics.readings.actions import record_measurement, supersede_measurement, take_back_measurement
from metrics.readings.judging import JUDGED, judge_all
from metrics.readings.tasks import judge_kpis
from pilots.models import Event
from pilots.rules import RuleViolation
from tests.builders import make_kpi, make_pilot, measure

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 30)
GOOD = (30, 31, 29, 30, 32, 30, 31, 30, 29, 31)


@pytest.fixture(autouse=True)
def today(on):
    with on(TODAY.isoformat()):
        yield


@pytest.fixture
def kpi(pilot) -> Kpi:
    return make_kpi(pilot)


def weekly(kpi: Kpi, values, *, until: date = TODAY) -> list[Measurement]:
    """A reading each week, the last of them on this day."""
    return [
        measure(kpi, value, on=until - timedelta(weeks=len(values) - number - 1))
        for number, value in enumerate(values)
    ]


def judged(kpi: Kpi) -> dict:
    kpi.refresh_from_db()
    return {name: getattr(kpi, name) for name in JUDGED}


def test_one_good_reading_is_not_at_target(kpi):
    measure(kpi, 25)

    assert standing_of(kpi, today=TODAY).state == KpiState.UNPROVEN
    assert kpi.at_target_since is None
    assert (
        kpi.judgement
        == "Needs 8 readings since 30 Mar 2026; has 1. Must be at target for 3 readings in a row; is for 1."
    )


def test_enough_readings_clearly_beyond_the_target_are(kpi):
    weekly(kpi, GOOD)

    assert kpi.at_target_since == date(2026, 3, 16)
    assert kpi.judgement.startswith("On average 30.3 per hour, and at least 2")
    assert kpi.judgement.endswith("with 95% confidence; the target is at least 20 per hour.")


def test_a_better_target_is_judged_at_once(kpi, olga):
    weekly(kpi, GOOD)

    edit_kpi(kpi=kpi, target=Decimal(35), by=olga)

    assert judged(kpi)["at_target_since"] is None
    assert "the target is at least 35 per hour" in kpi.judgement


def test_what_was_taken_back_or_superseded_is_not_judged(kpi, olga):
    readings = weekly(kpi, GOOD[:8])
    was = judged(kpi)
    assert was["at_target_since"] == TODAY

    take_back_measurement(reading=readings[0], reason="Of another team.", by=olga)
    assert judged(kpi)["at_target_since"] is None
    supersede_measurement(reading=readings[-1], value=Decimal(3), reason="A typo.", by=olga)
    assert "is for none" in judged(kpi)["judgement"]


def test_a_kpi_on_target_that_falls_is_shown_as_getting_worse(kpi):
    weekly(kpi, (60, 55, 52, 48, 45, 41, 38, 33, 29, 25))

    standing = standing_of(kpi, today=TODAY)
    assert (standing.state, standing.tone) == (KpiState.DEGRADING, "warn")
    assert standing.sentence.startswith(
        "Invoices per hour is 25 per hour, as wanted: at least 20 per hour. But it is getting worse. Fell by"
    )
    assert kpi.degrading_since == TODAY - timedelta(weeks=9)


def test_stale_is_never_green_whatever_is_kept(kpi):
    weekly(kpi, GOOD)

    late = standing_of(kpi, today=TODAY + timedelta(days=60))

    assert (late.state, late.tone, late.at_target) == (KpiState.STALE, "none", False)


def test_a_guardrail_goes_by_its_newest_reading_alone(pilot):
    kpi = make_kpi(pilot, kind=KpiKind.GUARDRAIL)
    weekly(kpi, GOOD, until=TODAY - timedelta(1))
    assert (standing_of(kpi, today=TODAY).state, kpi.judgement) == (KpiState.ON_TARGET, "")

    measure(kpi, 19, on=TODAY)
    assert standing_of(kpi, today=TODAY).state == KpiState.OFF_TARGET


def test_a_band_is_judged_at_both_edges(pilot):
    kpi = make_kpi(pilot, direction=Direction.WITHIN, target=Decimal(18), target_high=Decimal(22), unit="°C")
    weekly(kpi, (20, 20.1, 19.9, 20, 20.2, 19.8, 20.1, 20, 19.9, 20.1))

    assert kpi.at_target_since is not None


def test_readings_from_before_counting_begins_are_not_judged(kpi):
    weekly(kpi, GOOD, until=date(2026, 2, 27))
    Kpi.objects.filter(pk=kpi.pk).update(counts_from=date(2026, 3, 1))
    judge_all(Kpi.objects.all())

    assert judged(kpi)["at_target_since"] is None
    assert kpi.judgement == "Needs 8 readings since 1 Mar 2026; has none."


def test_without_target_or_readings_nothing_is_said(pilot):
    aimless = make_kpi(pilot, "Aimless", target=None, target_on=None)
    measure(aimless, 12)

    for kpi in (aimless, make_kpi(pilot, "Silent")):
        assert judged(kpi) == {
            "at_target_since": None,
            "judgement": "",
            "degrading_since": None,
            "trend_note": "",
        }


def test_all_together_are_judged_as_one_by_one_in_few_queries(pilot, django_assert_num_queries):
    kpis = [make_kpi(pilot, f"K{number}") for number in range(5)]
    for number, kpi in enumerate(kpis):
        weekly(kpi, [value - 3 * number for value in GOOD])
    alone = [judged(kpi) for kpi in kpis]
    Kpi.objects.update(at_target_since=None, judgement="", degrading_since=None, trend_note="")

    with django_assert_num_queries(8):  # ids, savepoint, KPIs, terms, readings, tallies, one update, release
        assert judge_kpis() == 5

    assert [judged(kpi) for kpi in kpis] == alone
    assert judge_kpis() == 0


def test_one_reading_costs_the_same_queries_however_many_there_are(kpi, olga, django_assert_max_num_queries):
    def record(hour):
        moment = datetime(2026, 3, 30, hour, tzinfo=UTC)
        record_measurement(kpi=kpi, value=Decimal(25), measured_at=moment, by=olga)

    with django_assert_max_num_queries(10):
        record(6)
    weekly(kpi, GOOD, until=date(2026, 3, 20))
    with django_assert_max_num_queries(10):
        record(7)


# --- From when on ------------------------------------------------------------------------------
def test_from_when_readings_count_is_said_beforehand_and_then_fixed(kpi, olga, on):
    with pytest.raises(RuleViolation, match="Choose a day to come"):
        edit_kpi(kpi=kpi, counts_from=TODAY, by=olga)

    edit_kpi(kpi=kpi, counts_from=date(2026, 5, 1), by=olga)
    edit_kpi(kpi=kpi, counts_from=date(2026, 4, 20), by=olga)

    with on("2026-04-20"), pytest.raises(RuleViolation, match="Readings count from"):
        edit_kpi(kpi=kpi, counts_from=date(2026, 6, 1), by=olga)
    changes = Event.objects.filter(type="metrics.kpi_edited").first().changes
    assert changes == {"counts_from": ["2026-05-01", "2026-04-20"]}


def test_a_kpi_is_not_defined_with_a_start_in_the_past(olga):
    with pytest.raises(RuleViolation, match="Choose a day to come"):
        create_kpi(
            pilot=make_pilot(owner=olga),
            name="Cost",
            kind="business",
            unit="€",
            direction="lower",
            counts_from=date(2026, 3, 1),
            by=olga,
        )
