"""When a collector tries again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.sources.rules import LONGEST_WAIT, SPREAD, next_try, owner_hears, pauses

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
cadences = st.timedeltas(timedelta(minutes=5), timedelta(days=400))


def test_after_a_success_the_cadence_counts():
    assert next_try(0, NOW, DAY) == NOW + DAY


def test_what_does_not_pass_by_itself_waits_for_its_regular_time():
    assert next_try(3, NOW, DAY, worth_retrying=False) == NOW + DAY


@pytest.mark.parametrize(
    ("attempts", "minutes"), [(1, 1), (2, 2), (3, 4), (5, 16), (10, 512), (11, 720), (12, 720), (9_999, 720)]
)
def test_waits_double_up_to_half_a_day(attempts, minutes):
    wait = next_try(attempts, NOW, timedelta(days=30)) - NOW

    assert timedelta(minutes=minutes) * (1 - SPREAD) <= wait <= timedelta(minutes=minutes)


def test_waits_are_never_longer_than_the_cadence():
    assert next_try(11, NOW, HOUR) - NOW <= HOUR


@given(st.integers(1, 100), cadences, st.text())
def test_a_wait_is_the_same_for_the_same_collector_and_within_bounds(attempts, cadence, seed):
    wait = next_try(attempts, NOW, cadence, seed=seed) - NOW

    assert wait == next_try(attempts, NOW, cadence, seed=seed) - NOW
    assert timedelta(0) < wait <= min(cadence, LONGEST_WAIT)


def test_collectors_that_failed_together_do_not_come_back_together():
    assert len({next_try(8, NOW, DAY, seed=str(number)) for number in range(100)}) > 90


@pytest.mark.parametrize(
    ("attempts", "failing", "paused"),
    [
        (11, timedelta(days=30), False),
        (12, timedelta(days=3), True),
        (12, timedelta(days=3) - timedelta(seconds=1), False),
        (500, timedelta(days=2), False),
    ],
)
def test_a_collector_pauses_when_it_failed_often_and_for_days(attempts, failing, paused):
    assert pauses(attempts, NOW - failing, NOW) == paused


def test_an_outage_over_a_weekend_pauses_nothing_and_a_longer_one_ends_in_a_pause():
    friday = now = datetime(2026, 3, 6, 17, tzinfo=UTC)
    attempts = 0
    while not pauses(attempts, friday, now):
        attempts += 1
        now = next_try(attempts, now, DAY)

    assert friday + timedelta(days=2, hours=16) < now < friday + timedelta(days=4)
    assert attempts < 30


@pytest.mark.parametrize(
    ("attempts", "passing", "told", "hears"),
    [
        (1, True, False, False),
        (4, True, False, False),
        (5, True, False, True),
        (6, True, True, False),
        (1, False, False, True),
        (2, False, True, False),
    ],
)
def test_the_owner_hears_once_of_what_does_not_pass(attempts, passing, told, hears):
    assert owner_hears(attempts, worth_retrying=passing, told=told) == hears
