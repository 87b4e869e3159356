"""Where a KPI would be on a day ahead."""

from datetime import date, timedelta
from decimal import Decimal
from math import gamma, pi, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.forecast import LEAST, MOST, T90, forecast
from metrics.points import Point

MONDAY = date(2026, 3, 2)
TO = "evidence freeze"
numbers = st.decimals(min_value=-10_000, max_value=10_000, places=2)
series = st.lists(numbers, min_size=LEAST, max_size=40)


def weekly(values) -> list[Point]:
    return [Point(MONDAY + timedelta(7 * week), Decimal(value)) for week, value in enumerate(values)]


def ahead(points: list[Point], days: int, **facts):
    return forecast(points, points[-1].at + timedelta(days), TO, **facts)


@pytest.mark.parametrize(("degrees", "t"), T90.items())
def test_the_values_of_t_leave_a_tenth_above(degrees, t):
    norm = gamma((degrees + 1) / 2) / (sqrt(degrees * pi) * gamma(degrees / 2))
    steps = 400  # Simpson's rule from 0 to t
    weights = [1, *([4, 2] * (steps // 2))[:-1], 1]
    heights = (norm * (1 + (t * i / steps) ** 2 / degrees) ** (-(degrees + 1) / 2) for i in range(steps + 1))
    below = 0.5 + t / steps / 3 * sum(w * height for w, height in zip(weights, heights, strict=True))

    assert below == pytest.approx(0.9, abs=2e-4)


@given(st.integers(LEAST, 40), numbers, numbers, st.integers(1, 40))
def test_points_on_a_line_give_its_exact_value_and_no_width(count, start, step, days):
    points = [Point(MONDAY + timedelta(day), start + step * day) for day in range(count)]

    said = ahead(points, min(days, min(count, MOST) - 1))

    expected = start + step * (said.end.on - MONDAY).days
    if start >= 0 and points[-1].value >= 0:
        expected = max(expected, Decimal(0))
    if min(point.value for point in points[-MOST:]) < 0 or expected > 0:
        assert said.end.value == said.end.low == said.end.high == expected


@given(series, st.integers(1, 24), st.integers(1, 24))
def test_the_farther_ahead_the_wider(values, one, other):
    points = weekly([*values, -1])  # so that zero is no bound
    near, far = (ahead(points, days) for days in sorted((one, other)))

    assert near.end.low <= near.end.value <= near.end.high
    unit = Decimal(1).scaleb(far.end.value.as_tuple().exponent)
    assert far.end.high - far.end.low >= near.end.high - near.end.low - 2 * unit
    assert far.end.high - far.end.low >= far.start.high - far.start.low - 2 * unit


@given(st.lists(st.decimals(min_value=0, max_value=100, places=1), min_size=LEAST, max_size=30))
def test_nothing_is_expected_below_zero_or_above_all_of_a_hundred(values):
    points = weekly(values)
    said = ahead(points, 49, is_percent=True).end

    assert 0 <= said.low <= said.value <= said.high <= 100


def test_a_share_that_has_been_above_a_hundred_may_be_again():
    said = ahead(weekly(range(90, 130, 5)), 14, is_percent=True).end

    assert said.value == 135


@given(series)
def test_only_the_newest_points_count(values):
    points = weekly(values)

    assert ahead(points, 7) == ahead(points[-MOST:], 7)


@pytest.mark.parametrize("days", [-1, 0, 50])
def test_no_forecast_for_a_day_that_has_been_or_is_farther_than_the_points_reach(days):
    assert ahead(weekly(range(8)), days) is None
    assert ahead(weekly(range(8)), 49) is not None


def test_no_forecast_from_few_points():
    assert ahead(weekly(range(7)), 1) is None
    assert forecast([], MONDAY, TO) is None


def test_the_interval_is_that_of_the_book():
    """By hand: the line is 5 + 0·x around errors of ±1, s² = 8/6, x₀ − x̄ = 4.5, Sxx = 42; t = 1.440."""
    values = [6, 4, 4, 6, 6, 4, 4, 6]  # its slope is zero
    points = [Point(MONDAY + timedelta(day), Decimal(value)) for day, value in enumerate(values)]

    said = ahead(points, 1).end

    half = 1.440 * sqrt(8 / 6 * (1 + 1 / 8 + 4.5**2 / 42))
    assert (float(said.low), float(said.value), float(said.high)) == (round(5 - half), 5, round(5 + half))


def test_it_is_said_in_a_sentence():
    points = weekly(["5.1", "4.4", "4.5", "3.9", "3.6", "3.7", "3.1", "2.8"])

    assert ahead(points, 14).sentence(lambda value: f"{value:f}%") == (
        "Forecast to the evidence freeze on 4 May 2026: 2.2%, between 1.9% and 2.6% in four of five cases, if it goes"
        " on as in the last 8 readings."
    )
