"""Which way readings go: exact against all orders, indifferent to units, and quiet about what does not matter."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import combinations, permutations
from math import isfinite

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.points import Reading, Target, plain
from metrics.trend import TrendTerms, chance_of, median_slope, trend, worseness

START = date(2026, 3, 3)
HIGHER, LOWER, BAND = Target(low=92), Target(high=92), Target(low=80, high=92)
numbers = st.decimals(-1000, 1000, places=2)
series = st.lists(numbers, max_size=20)


def weekly(values, start=START):
    return [Reading(start + timedelta(weeks=week), value) for week, value in enumerate(values)]


FALLING = [99, 98.5, 98.6, 97, 96.4, 96.5, 95, 94.1]


def test_what_falls_is_degrading_where_higher_is_better_and_says_so():
    found = trend(weekly(FALLING), HIGHER, baseline=60, say=lambda value: f"{plain(value)}%")

    assert found.is_degrading
    assert found.slope == pytest.approx(found.change / 49)
    assert (
        found.sentence
        == "Fell by about 4.9% over the last 8 readings, since 3 Mar 2026; the target is at least 92%."
    )


def test_the_same_readings_are_no_trouble_where_lower_is_better():
    found = trend(weekly(FALLING), LOWER, baseline=130)

    assert not found.is_degrading
    assert found.change < 0
    assert found.sentence == ""


def test_what_rises_is_degrading_where_lower_is_better():
    found = trend(weekly([-value for value in FALLING]), LOWER, baseline=130)

    assert found.is_degrading
    assert found.sentence.startswith("Rose by about 4.9 ")


def test_moving_within_a_band_is_no_trouble_and_leaving_it_is():
    within, leaving = [81, 83, 85, 86, 88, 89, 90, 91], [90, 91, 92.5, 93, 94, 95, 96, 97.5]

    assert not trend(weekly(within), BAND).is_degrading
    assert trend(weekly(leaving), BAND).sentence.startswith("Moved by about 5.7 out of its band")
    assert trend(weekly([172 - value for value in leaving]), BAND).is_degrading  # out at the other edge


@pytest.mark.parametrize(("baseline", "is_degrading"), [(50, True), (41, False), (134, True), (143, False)])
def test_a_drift_that_is_small_beside_the_way_is_not_shouted(baseline, is_degrading):
    falling = [99 - 0.64 * week for week in range(8)]  # by 4.48: more than a tenth of 42, less than one of 51

    assert trend(weekly(falling), HIGHER, baseline=baseline).is_degrading == is_degrading


@pytest.mark.parametrize("baseline", [None, 92])
def test_without_a_way_the_scatter_around_the_line_is_the_measure(baseline):
    assert trend(weekly(FALLING), HIGHER, baseline=baseline).is_degrading


def test_too_few_readings_tell_no_trend():
    assert not trend(weekly([5, 4, 3, 2, 1]), HIGHER).is_degrading
    assert trend(weekly([6, 5, 4, 3, 2, 1]), HIGHER).is_degrading


@pytest.mark.parametrize("values", [[], [7]])
def test_no_line_goes_through_less_than_two_readings(values):
    found = trend(weekly(values), HIGHER)

    assert (found.is_degrading, found.slope, found.chance, found.readings) == (False, None, None, len(values))


def test_a_line_that_chance_may_well_have_drawn_is_no_trend():
    jagged = [100, 94, 99.5, 93.5, 99, 93, 98.5, 92.5]
    found = trend(weekly(jagged), HIGHER, baseline=90)

    assert found.change > 0.2  # a tenth of the way
    assert found.chance > 0.03  # far from one in two hundred
    assert not found.is_degrading


def test_only_the_latest_points_are_looked_at():
    long_ago = [1000 - 10 * week for week in range(30)]
    found = trend(weekly([*long_ago, *[50] * 12]), HIGHER)

    assert (found.is_degrading, found.readings, found.since) == (False, 12, START + timedelta(weeks=30))


def test_the_line_knows_that_readings_lie_unequally_far_apart():
    days = [0, 1, 2, 30, 31, 60]
    made = [Reading(START + timedelta(day), Decimal(100) - day) for day in days]

    assert trend(made, HIGHER).slope == pytest.approx(1)
    assert trend(
        [Reading(datetime(2026, 3, 3, tzinfo=UTC) + (at - START), value) for at, value in made], HIGHER
    ).slope == pytest.approx(1)


def test_one_odd_reading_does_not_bend_the_line():
    values = [float(value) for value in range(11)]

    assert median_slope(values, [*values[:5], 1e6, *values[6:]]) == pytest.approx(1)


@pytest.mark.parametrize(
    "values", [(1, 2, 3, 4), (1, 1, 2, 2, 3), (1, 1, 1), (5, 2, 2, 2, 1), (1, 2, 3, 4, 5, 5)]
)
def test_the_share_of_chance_is_counted_over_all_orders(values):
    orders = Counter(permutations(values))
    scores = {order: score(order) for order in orders}

    for order in orders:
        as_bad = sum(orders[other] for other in orders if scores[other] >= scores[order])
        assert chance_of([Decimal(value) for value in order]) == pytest.approx(as_bad / orders.total())


def score(order):
    """Rising pairs less falling ones."""
    return sum((b > a) - (b < a) for a, b in combinations(order, 2))


@pytest.mark.parametrize(
    "terms",
    [{"minimum_readings": 2}, {"window": 5}, {"window": 61}, {"alpha": 0}, {"alpha": 0.6}, {"share": -1}],
)
def test_terms_that_mean_nothing_are_refused(terms):
    with pytest.raises(ValueError, match="trend"):
        TrendTerms(**terms)


@given(series, st.sampled_from([HIGHER, LOWER, BAND]), st.none() | numbers)
def test_numbers_are_always_numbers(values, target, baseline):
    found = trend(weekly(values), target, baseline=baseline)

    assert all(isfinite(number) for number in (found.slope, found.change, found.chance) if number is not None)
    assert found.chance is None or 0 < found.chance <= 1
    assert bool(found.sentence) == found.is_degrading


@given(series, st.none() | numbers, st.sampled_from([Decimal("0.01"), Decimal(60), Decimal(1000)]), numbers)
def test_units_change_nothing(values, baseline, unit, shift):
    def there(value):
        return None if value is None else value * unit + shift

    here = trend(weekly(values), HIGHER, baseline=baseline)
    other = trend(weekly(map(there, values)), Target(low=there(HIGHER.low)), baseline=there(baseline))

    assert other.chance == here.chance
    assert here.change is None or other.change == pytest.approx(here.change * float(unit), abs=1e-9)


@given(series, st.none() | numbers)
def test_higher_and_lower_are_mirror_images(values, baseline):
    here = trend(weekly(values), HIGHER, baseline=baseline)
    mirrored = trend(
        weekly([-value for value in values]),
        Target(high=-92),
        baseline=None if baseline is None else -baseline,
    )

    assert (mirrored.is_degrading, mirrored.slope, mirrored.chance) == (
        here.is_degrading,
        here.slope,
        here.chance,
    )


@given(series)
def test_a_band_has_no_better_edge(values):
    here, mirrored = (trend(weekly(found), BAND) for found in (values, [172 - value for value in values]))

    assert (mirrored.is_degrading, mirrored.slope, mirrored.chance) == (
        here.is_degrading,
        here.slope,
        here.chance,
    )


@given(numbers)
def test_nothing_within_a_band_is_worse_than_anything_else(value):
    inside = Decimal(80) <= value <= Decimal(92)

    assert (worseness(value, BAND) == 0) == inside
