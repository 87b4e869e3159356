"""The rules of KPIs as truth tables."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.choices import Direction, KpiKind, KpiState
from metrics.rules import (
    LARGEST,
    Aim,
    as_kept,
    definition_problems,
    fixed_fields,
    fresh_until,
    grace_days,
    improves,
    kpi_state,
    measurement_problems,
    meets,
    progress_percent,
)

UP, DOWN = Direction.HIGHER, Direction.LOWER
TODAY = date(2026, 3, 2)
numbers = st.decimals(-1000, 1000, places=2)


@pytest.mark.parametrize(
    ("value", "bar", "direction", "is_at", "is_better"),
    [
        (21, 20, UP, True, True),
        (20, 20, UP, True, False),
        (19, 20, UP, False, False),
        (21, 20, DOWN, False, False),
        (20, 20, DOWN, True, False),
        (19, 20, DOWN, True, True),
    ],
)
def test_at_the_target_is_enough_but_better_than_the_baseline_is_better(
    value, bar, direction, is_at, is_better
):
    assert meets(Decimal(value), Decimal(bar), direction) == is_at
    assert improves(Decimal(value), Decimal(bar), direction) == is_better


@pytest.mark.parametrize(("cadence", "grace"), [(1, 3), (6, 3), (7, 3), (8, 4), (30, 15), (365, 182)])
def test_grace_is_half_the_cadence_and_at_least_three_days(cadence, grace):
    assert grace_days(cadence) == grace


def test_the_newest_reading_counts_for_cadence_and_grace():
    assert fresh_until(latest_on=date(2026, 1, 1), cadence_days=30) == date(2026, 2, 15)


AIM = Aim(UP, target=Decimal(20))
BAND = Aim(Direction.WITHIN, target=Decimal(18), target_high=Decimal(22))
FRESH = {
    "kind": KpiKind.GUARDRAIL,
    "latest": Decimal(20),
    "fresh_until": TODAY,
    "aim": AIM,
    "at_target_since": None,
    "is_degrading": False,
    "today": TODAY,
}
JUDGED = {"kind": KpiKind.BUSINESS, "at_target_since": date(2026, 1, 1)}
ENDED = TODAY - timedelta(1)


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({}, KpiState.ON_TARGET),
        ({"latest": Decimal(19)}, KpiState.OFF_TARGET),
        ({"latest": Decimal(21), "aim": Aim(DOWN, Decimal(20))}, KpiState.OFF_TARGET),
        ({"latest": Decimal(0), "aim": Aim(DOWN, Decimal(20))}, KpiState.ON_TARGET),
        ({"latest": Decimal(18), "aim": BAND}, KpiState.ON_TARGET),
        ({"latest": Decimal(22), "aim": BAND}, KpiState.ON_TARGET),
        ({"latest": Decimal("17.9"), "aim": BAND}, KpiState.OFF_TARGET),
        ({"latest": Decimal("22.1"), "aim": BAND}, KpiState.OFF_TARGET),
        ({"aim": Aim(UP)}, KpiState.NO_TARGET),
        ({"aim": replace(AIM, highest=Decimal(20))}, KpiState.ON_TARGET),
        ({"aim": replace(AIM, highest=Decimal("19.9"))}, KpiState.OUT_OF_RANGE),
        ({"aim": replace(AIM, lowest=Decimal("20.1"))}, KpiState.OUT_OF_RANGE),
        ({"aim": Aim(UP, lowest=Decimal(30))}, KpiState.OUT_OF_RANGE),
        ({"fresh_until": ENDED}, KpiState.STALE),
        ({"fresh_until": ENDED, "aim": Aim(UP, lowest=Decimal(30))}, KpiState.STALE),
        ({"latest": None}, KpiState.NO_DATA),
        ({"fresh_until": None}, KpiState.NO_DATA),
        (JUDGED, KpiState.ON_TARGET),
        (JUDGED | {"latest": Decimal(19)}, KpiState.ON_TARGET),
        (JUDGED | {"is_degrading": True}, KpiState.DEGRADING),
        (JUDGED | {"at_target_since": None}, KpiState.UNPROVEN),
        (JUDGED | {"at_target_since": None, "latest": Decimal(19)}, KpiState.OFF_TARGET),
        (JUDGED | {"at_target_since": None, "is_degrading": True}, KpiState.DEGRADING),
        (
            JUDGED | {"at_target_since": None, "is_degrading": True, "latest": Decimal(19)},
            KpiState.OFF_TARGET,
        ),
        (JUDGED | {"aim": replace(AIM, highest=Decimal("19.9"))}, KpiState.OUT_OF_RANGE),
        (JUDGED | {"fresh_until": ENDED}, KpiState.STALE),
        (JUDGED | {"fresh_until": ENDED, "is_degrading": True}, KpiState.STALE),
        ({"is_degrading": True}, KpiState.DEGRADING),
        ({"latest": Decimal(19)} | {"at_target_since": date(2026, 1, 1)}, KpiState.OFF_TARGET),
    ],
)
def test_what_may_be_said_of_a_kpi(facts, state):
    assert kpi_state(**FRESH | facts) == state


@pytest.mark.parametrize(
    ("value", "is_better"), [(20, True), (18, True), (17, True), (15, False), (25, False), (14, False)]
)
def test_within_a_band_nearer_to_it_is_better(value, is_better):
    assert improves(Decimal(value), Decimal(15), Direction.WITHIN, Decimal(18), Decimal(22)) == is_better


DEFINED = {
    "direction": UP,
    "baseline": Decimal(10),
    "baseline_on": TODAY,
    "target": Decimal(20),
    "target_on": TODAY,
}


@pytest.mark.parametrize(
    ("facts", "fields"),
    [
        ({}, []),
        ({"baseline_on": None}, ["baseline_on"]),
        ({"baseline": None}, ["baseline"]),
        ({"target_on": None}, ["target_on"]),
        ({"target": None}, ["target"]),
        ({"target": None, "target_on": None}, []),
        ({"target": Decimal("NaN")}, ["target"]),
        ({"highest": Decimal("1E15")}, ["highest"]),
        ({"target_high": Decimal(30)}, ["target_high"]),
        ({"direction": Direction.WITHIN}, ["target_high"]),
        ({"direction": Direction.WITHIN, "target_high": Decimal(20)}, []),
        ({"direction": Direction.WITHIN, "target_high": Decimal(19)}, ["target_high"]),
        ({"lowest": Decimal(5), "highest": Decimal(5)}, []),
        ({"lowest": Decimal(5), "highest": Decimal(4)}, ["highest"]),
    ],
)
def test_what_cannot_be_the_definition_of_a_kpi_is_named_by_its_field(facts, fields):
    assert list(definition_problems(DEFINED | facts)) == fields


@pytest.mark.parametrize("number", [None, 0, 1])
def test_nothing_is_fixed_before_the_pilot_has_begun(number):
    assert fixed_fields(DEFINED, phase_number=number, today=TODAY) == []


def test_what_was_said_before_the_pilot_began_is_fixed_and_what_was_not_can_be_said_once():
    facts = DEFINED | {"baseline": None, "baseline_on": None}

    assert fixed_fields(facts, phase_number=2, today=TODAY) == ["target", "target_on", "direction"]


NO_NUMBER, LARGE = "Enter a number; this is not one.", "This number is too large to be a measurement."
FUTURE = "A measurement cannot lie in the future."


@pytest.mark.parametrize(
    ("value", "days", "problems"),
    [
        ("0", 0, {}),
        ("-12.5", -3, {}),
        ("99999999999999.9", 0, {}),
        ("99999999999999.95", 0, {"value": LARGE}),  # would round up to one digit too many
        ("1E14", 0, {"value": LARGE}),
        ("-1E400", 0, {"value": LARGE}),
        ("NaN", 0, {"value": NO_NUMBER}),
        ("sNaN", 0, {"value": NO_NUMBER}),
        ("Infinity", 0, {"value": NO_NUMBER}),
        ("-Infinity", 0, {"value": NO_NUMBER}),
        ("1", 1, {"measured_at": FUTURE}),
        ("NaN", 1, {"value": NO_NUMBER, "measured_at": FUTURE}),
    ],
)
def test_which_readings_are_refused(value, days, problems):
    answer = measurement_problems(value=Decimal(value), measured_on=TODAY + timedelta(days), today=TODAY)

    assert answer == problems


@given(st.decimals(-LARGEST, LARGEST, places=9))
def test_what_is_kept_fits_its_column_and_stays_as_it_is(value):
    kept = as_kept(value)

    assert as_kept(kept) == kept
    assert abs(kept) < 10**14
    assert abs(kept - value) <= max(Decimal("0.0000005"), abs(value) / 10**14)


@pytest.mark.parametrize(
    ("latest", "baseline", "target", "percent"),
    [
        (15, 10, 20, 50),
        (10, 10, 20, 0),
        (20, 10, 20, 100),
        (25, 10, 20, 150),
        (5, 10, 20, -50),
        (5, 10, 0, 50),  # lower is better
        (15, 10, 10, None),  # nowhere to go
        (None, 10, 20, None),
        (15, None, 20, None),
        (15, 10, None, None),
    ],
)
def test_how_much_of_the_way_has_been_covered(latest, baseline, target, percent):
    given_numbers = [None if n is None else Decimal(n) for n in (latest, baseline, target)]

    assert (
        progress_percent(**dict(zip(("latest", "baseline", "target"), given_numbers, strict=True))) == percent
    )


@given(numbers, numbers)
def test_a_reading_at_the_target_has_covered_the_whole_way(baseline, target):
    expected = None if baseline == target else 100

    assert progress_percent(latest=target, baseline=baseline, target=target) == expected


@given(numbers, numbers, st.sampled_from([UP, DOWN]))
def test_what_is_better_than_a_bar_is_also_at_it(value, bar, direction):
    assert meets(value, bar, direction) or not improves(value, bar, direction)
    assert meets(value, bar, direction) != improves(bar, value, direction)
