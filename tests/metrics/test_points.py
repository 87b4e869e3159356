"""Readings, targets and numbers in words."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.points import (
    Point,
    Reading,
    Target,
    cut_down,
    cut_up,
    decimals,
    exact,
    plain,
    points,
    rounded,
    written,
)

MONDAY = date(2026, 3, 2)


@pytest.mark.parametrize("same", [91.8, "91.8", "91.800000", "91.8000004"])
def test_a_number_is_the_same_however_it_comes_in(same):
    assert exact(same if isinstance(same, float) else Decimal(same)) == Decimal("91.8")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN"), 1e14])
def test_what_is_no_measurement_is_refused(value):
    with pytest.raises(ValueError, match="number"):
        exact(value)


@pytest.mark.parametrize(
    ("target", "words", "shortfalls"),
    [
        (Target(low=20), "at least 20", {19: 1, 20: 0, 21: -1}),
        (Target(high=20), "at most 20", {19: -1, 20: 0, 21: 1}),
        (Target(low=18, high=22), "at least 18 and at most 22", {17: 1, 18: 0, 20: -2, 21: -1, 24: 2}),
    ],
)
def test_how_far_a_reading_is_off_target(target, words, shortfalls):
    assert target.words(plain) == words
    assert {value: target.shortfall(Decimal(value)) for value in shortfalls} == shortfalls


@pytest.mark.parametrize("edges", [{}, {"low": 3, "high": 2}])
def test_a_target_that_nothing_can_meet_is_refused(edges):
    with pytest.raises(ValueError, match="edge|band"):
        Target(**edges)


def test_points_of_one_day_count_once_as_their_average():
    made = [Reading(MONDAY, 4), Reading(MONDAY - timedelta(1), 1.5), Reading(MONDAY, Decimal(5))]

    assert points(made) == [
        Point(MONDAY - timedelta(1), Decimal("1.5")),
        Point(MONDAY, Decimal("4.5")),
    ]


def test_points_at_different_moments_of_a_day_stay_apart():
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)

    assert len(points([Reading(noon, 1), Reading(noon + timedelta(hours=1), 1), Reading(noon, 1)])) == 2


@given(
    st.lists(st.tuples(st.dates(MONDAY, MONDAY + timedelta(3)), st.integers(-9, 9)), min_size=1), st.randoms()
)
def test_the_order_in_which_readings_come_in_is_no_fact(pairs, chance):
    shuffled = list(pairs)
    chance.shuffle(shuffled)

    assert points(Reading(*pair) for pair in shuffled) == points(Reading(*pair) for pair in pairs)


@given(st.decimals(-1000, 1000, places=6), st.integers(0, 6))
def test_a_bound_is_cut_to_the_careful_side(value, places):
    assert cut_down(value, places) <= value <= cut_up(value, places)
    assert abs(rounded(value, places) - value) <= Decimal("0.5").scaleb(-places)


@pytest.mark.parametrize(("text", "count"), [("91.250000", 2), ("400", 0), ("4E+2", 0), ("0.000001", 6)])
def test_how_many_decimals_a_number_needs(text, count):
    assert decimals(Decimal(text)) == count


def test_numbers_and_days_as_people_write_them():
    assert [plain(Decimal(text)) for text in ("1234.500000", "-0.0", "7")] == ["1,234.5", "0", "7"]
    assert written(date(2026, 3, 3)) == "3 Mar 2026"
