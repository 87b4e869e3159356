"""Many points drawn as few: what may be left out, and what never is."""

from hypothesis import given
from hypothesis import strategies as st

from pilots.charts.scales import thin

series = st.lists(st.integers(-50, 50), max_size=300).map(lambda values: list(enumerate(values)))
most = st.integers(4, 60)


@given(series, most)
def test_thinning_keeps_the_first_the_last_and_the_extremes(points, most):
    kept = thin(points, most)

    if points:
        assert (kept[0], kept[-1]) == (points[0], points[-1])
        for extreme in (min, max):
            assert extreme(value for _, value in kept) == extreme(value for _, value in points)


@given(series, most)
def test_thinning_invents_nothing_and_keeps_the_order(points, most):
    kept = thin(points, most)

    assert len(kept) <= most
    assert kept == sorted(set(kept) & set(points))


@given(series, most)
def test_few_points_stay_as_they_are(points, most):
    if len(points) <= most:
        assert thin(points, most) == points


def test_one_bad_reading_among_thousands_is_drawn():
    points = [(number, 90) for number in range(5_000)]
    points[3_333] = (3_333, 12)

    assert (3_333, 12) in thin(points, 400)


def test_moments_of_the_same_value_of_time_keep_their_order():
    points = [(0, number % 2) for number in range(1_000)]

    assert thin(points, 10)[0] == (0, 0) and thin(points, 10)[-1] == (0, 1)
