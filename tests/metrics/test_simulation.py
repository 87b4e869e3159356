"""How often the rules about KPIs err, on pilots made up with a fixed seed. `make simulate` is the long form."""

from math import sqrt

import pytest

from metrics.verdict import USUAL
from tests.metrics.simulation import (
    coarse,
    false_warnings,
    heavy_tails,
    normal,
    readings_until_lost,
    resembling,
    simulate,
    student,
    warned_after,
    without_correction,
)


def at_most(alpha: float, runs: int) -> float:
    """The share that so many runs may show, three standard errors above alpha, where alpha is true."""
    return alpha + 3 * sqrt(alpha * (1 - alpha) / runs)


def test_looking_every_week_for_two_years_deceives_less_often_than_promised():
    found = simulate(normal, runs=1_000)

    assert 0 < found.rule <= USUAL.alpha
    assert found.weekly_t > 4 * USUAL.alpha  # so looking every week does matter
    assert found.latest == 1


@pytest.mark.parametrize("series", [heavy_tails, coarse])
def test_odd_readings_deceive_no_more_often(series):
    assert simulate(series, runs=300).rule <= at_most(USUAL.alpha, 300)


def test_points_that_resemble_their_neighbours_deceive_no_more_often_thanks_to_the_correction():
    assert simulate(resembling(0.3), runs=1_000).rule <= at_most(USUAL.alpha, 1_000)
    assert without_correction(resembling(0.3), runs=500) > at_most(USUAL.alpha, 500)


@pytest.mark.parametrize(("shift", "within"), [(0.5, 45), (1, 18), (2, 10)])
def test_what_is_better_than_the_target_is_found_out(shift, within):
    found = simulate(normal, shift=shift, runs=100)

    assert found.rule > 0.95
    assert found.median <= within


def test_what_falls_off_its_target_is_opened_soon():
    assert readings_until_lost(fall=1, runs=40) <= 8


def test_a_warning_of_a_falling_kpi_is_rarely_false_and_comes_in_time():
    assert false_warnings(normal, runs=60) < 0.3
    assert warned_after(normal, slope=0.4, runs=30) <= 10


@pytest.mark.parametrize(("freedom", "quantile"), [(7, 1.8946), (20, 1.7247), (103, 1.6598)])
def test_the_rival_knows_its_quantiles(freedom, quantile):
    assert student(0.95, freedom) == pytest.approx(quantile, abs=2e-3)
