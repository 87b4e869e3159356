"""When a KPI is at its target: the bound against its definition, the rule against stories and properties."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import count, pairwise
from math import exp, inf, isfinite, lgamma, pi, sqrt, tan

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from metrics.points import Reading, Target
from metrics.verdict import C2, USUAL, Terms, history, log_evidence, reach, verdict

START = date(2026, 3, 3)
TARGET = Target(low=92)
BAND = Target(low=18, high=22)


def weekly(values, start=START):
    return [Reading(start + timedelta(weeks=week), value) for week, value in enumerate(values)]


def judge(values, target=TARGET, terms=USUAL, **facts):
    return verdict(weekly(values), target, terms, **{"since": START} | facts)


# --- The bound ---------------------------------------------------------------------------------
def integral(function, low, high, steps=4_000):
    """By the midpoint rule."""
    width = (high - low) / steps
    return width * sum(function(low + width * (step + 0.5)) for step in range(steps))


@pytest.mark.parametrize("n", [2, 3, 8, 40])
def test_on_the_target_the_evidence_is_one_on_average(n):
    """Over Student's t, which is what T = t²/(n − 1) is then; t = √ν·tan θ keeps the tails in sight."""
    freedom = n - 1
    scale = exp(lgamma(n / 2) - lgamma(freedom / 2)) / sqrt(pi)

    def weighted(angle):  # density of t = scale/√ν · cos^(ν+1), and dt = √ν / cos²
        t = tan(angle) ** 2
        return exp(log_evidence(n, t)) * scale * (1 + t) ** (-(freedom - 1) / 2)

    assert integral(weighted, -pi / 2, pi / 2, 20_000) == pytest.approx(1, rel=1e-3)


@pytest.mark.parametrize("values", [[0.3, 1.1], [0.9, 1.4, -0.2, 0.8, 1.9]])
def test_the_evidence_is_the_ratio_of_averaged_likelihoods(values):
    """Straight from the definition: over all σ with weight dσ/σ, and over means N(0, 1/c²) spreads from the target."""
    n, total, squares = len(values), sum(values), sum(value * value for value in values)

    def over_spreads(effect):
        def likelihood(log_sigma):
            sigma = exp(log_sigma)
            return exp(-n * log_sigma - squares / (2 * sigma**2) + effect * total / sigma - n * effect**2 / 2)

        return integral(likelihood, -5, 12, 600)

    tau = 1 / sqrt(C2)
    prior = lambda effect: exp(-((effect / tau) ** 2) / 2) / (tau * sqrt(2 * pi))  # noqa: E731
    better = integral(lambda effect: prior(effect) * over_spreads(effect), 0, 8 * tau, 200)
    worse = integral(lambda effect: prior(effect) * over_spreads(-effect), 0, 8 * tau, 200)
    t = (total / n) ** 2 / (squares / n - (total / n) ** 2)
    evidence, root_g = exp(log_evidence(n, t)), sqrt(C2 / (n + C2))

    assert (better + worse) / over_spreads(0) == pytest.approx(evidence, rel=1e-3)
    assert 2 * worse / over_spreads(0) <= root_g
    assert 2 * better / over_spreads(0) >= 2 * evidence - root_g


@pytest.mark.parametrize("alpha", [0.01, 0.05, 0.2])
def test_the_bound_lies_where_the_evidence_is_just_enough(alpha):
    for n in (20, 60, 104, 5_000):
        evidence = 2 * exp(log_evidence(n, reach(n, alpha) ** 2)) - sqrt(C2 / (n + C2))
        assert evidence == pytest.approx(1 / alpha)


def test_more_readings_and_less_confidence_bring_the_bound_nearer():
    reaches = [reach(n, 0.05) for n in range(1, 3_000)]

    assert reaches[0] == inf
    assert all(nearer <= farther for farther, nearer in pairwise(reaches))
    assert reach(20, 0.1) < reach(20, 0.05) < reach(20, 0.01)


# --- Stories -----------------------------------------------------------------------------------
WOBBLY = [92.1, 92.9, 92.2, 93.4, 92.6, 93.1, 92.4, 93.3, 92.8, 93.0, 92.5, 93.2]
BETTER = [95.1, 95.9, 95.2, 96.4, 95.6, 96.1, 95.4, 96.3, 95.8, 96.0, 95.5, 96.2]


def test_enough_readings_that_hold_with_confidence_close_it():
    found = judge(BETTER)

    assert (found.closed, found.reasons, found.more) == (True, (), 0)
    assert found.closed_on == START + timedelta(weeks=7)  # the eighth
    assert found.e_value >= 20
    assert found.at_least >= 92
    assert (
        found.summary
        == "On average 95.79, and at least 95.35 with 95% confidence; the target is at least 92."
    )


def test_few_readings_do_not_close_it_however_good():
    found = judge(BETTER[:5], say=lambda value: f"{value.normalize():f}%")

    assert not found.closed
    assert found.reasons[0] == "Needs 8 readings since 3 Mar 2026; has 5."
    assert found.more == 3


def test_nothing_measured_says_so_and_has_no_numbers():
    found = judge([])

    assert found.reasons == ("Needs 8 readings since 3 Mar 2026; has none.",)
    assert (found.mean, found.spread, found.at_least, found.more, found.e_value) == (
        None,
        None,
        None,
        None,
        1,
    )


def test_points_before_the_start_do_not_count():
    since = START + timedelta(weeks=2)

    assert verdict(weekly(BETTER), TARGET, since=since) == verdict(weekly(BETTER)[2:], TARGET, since=since)


def test_the_latest_points_must_hold():
    found = judge([*BETTER[:6], 91, 95.5])

    assert "Must be at target for 3 readings in a row; is for 1." in found.reasons
    assert (
        judge([*BETTER[:6], 95, 91]).reasons[0] == "Must be at target for 3 readings in a row; is for none."
    )


def test_the_third_reading_in_a_row_closes_it_and_not_the_second():
    late = Terms(minimum_readings=15)
    values = [*BETTER, 95.4, 95.7, 91.9, 95.2, 95.9, 95.3]
    states = [closed for _, closed in history(weekly(values), TARGET, late, since=START)]

    assert states == [*[False] * 17, True]
    assert [judge(values[:length], terms=late).more for length in (14, 15, 16, 17, 18)] == [1, 3, 2, 1, 0]


def test_how_many_more_readings_it_takes_if_they_go_on_like_these():
    so_far = [91.7, 92.7] * 5
    more = judge(so_far).more
    at_last, nearly = [91.7, 92.7] * ((10 + more + 1) // 2), [91.7, 92.7] * ((10 + more) // 2 - 1)

    assert more > 10
    assert judge(nearly).e_value < 20 <= judge(at_last).e_value
    assert judge([91.5, 92.5] * 5).more is None  # on the target for ever
    assert judge([91.5, 92.51] * 5).more is None  # nobody waits that long


def test_an_average_too_near_the_target_says_how_sure_one_can_be():
    found = judge(WOBBLY[:8], Target(low=92.5))

    assert found.reasons[-1] == found.summary
    assert (
        found.summary
        == "On average 92.75, and at least 91.89 with 95% confidence; the target is at least 92.5."
    )
    assert found.more > 10


def test_lower_is_better_speaks_of_at_most():
    found = judge([5.2, 4.8, 5.1, 4.4, 4.9, 4.7, 5.0, 4.6, 4.9], Target(high=4.9))

    assert found.summary == "On average 4.84, and at most 5.2 with 95% confidence; the target is at most 4.9."


def test_a_band_needs_both_edges():
    inside = [19.4, 20.5, 20.1, 19.8, 20.3, 19.7, 20.2, 19.9, 20.0]
    near = [value + 1.7 for value in inside]

    assert judge(inside, BAND).closed
    assert not judge(near, BAND).closed
    assert judge(near, Target(low=18)).closed
    assert "at least 21.22 and at most 22.16 each with 95% confidence" in judge(near, BAND).summary


def test_a_stale_reading_opens_it_and_one_more_is_enough():
    found = judge(BETTER, is_fresh=False)

    assert (found.closed, found.reasons, found.more) == (
        False,
        ("The latest reading is too old to count.",),
        1,
    )


def test_one_bad_reading_does_not_open_it():
    found = judge([*BETTER, 80])

    assert found.closed
    assert found.at_least < 92  # it would not close now, and is not opened for that


def test_points_in_a_row_off_target_open_it_and_it_says_since_when():
    three, four = judge([*BETTER, *[91.9] * 3]), judge([*BETTER, *[91.9] * 4])

    assert three.closed
    assert not four.closed
    assert four.reasons[0] == (
        "Was at target from 21 Apr 2026 until 16 Jun 2026, when 4 readings in a row were off target."
    )


def test_what_was_opened_closes_again_when_it_holds_with_confidence_again():
    values = [*BETTER, *[91.9] * 4, *BETTER * 3]
    states = [closed for _, closed in history(weekly(values), TARGET, since=START)]

    assert not states[len(BETTER) + 4 + 2]  # three at target again, and the average not sure yet
    assert judge(values).closed
    assert judge(values).closed_on == START + timedelta(weeks=states.index(True, len(BETTER) + 3))


def test_an_average_that_is_surely_off_target_opens_it():
    patient = Terms(lost_after=1_000)
    bad = [80.1, 79.2, 80.5, 79.8] * 40
    states = [closed for _, closed in history(weekly([*BETTER, *bad]), TARGET, patient, since=START)]

    assert states[len(BETTER)]
    assert not states[-1]
    assert (
        "when the average was off target with 95% confidence."
        in judge([*BETTER, *bad], terms=patient).reasons[0]
    )


def test_equal_readings_are_no_endless_confidence():
    found = judge([93] * 8)

    assert 20 <= found.e_value < 30
    assert found.summary == "All 8 readings are 93; the target is at least 92."
    assert (found.closed, found.spread, found.at_least) == (True, 0, None)
    assert not judge([93] * 8, terms=Terms(alpha=0.01)).closed
    assert not judge([93] * 7, terms=Terms(minimum_readings=2)).closed


def test_nothing_at_all_in_every_reading_meets_a_target_of_nothing():
    assert judge([0] * 8, Target(high=0)).closed
    assert not judge([0] * 7 + [1], Target(high=0)).closed


def test_points_that_differ_by_one_step_count_half_of_it_as_their_spread():
    found = judge([93] * 30 + [94])

    assert found.spread == 0.5


def test_neighbours_that_resemble_each_other_count_less():
    assert judge(sorted(WOBBLY)).spread > 3 * judge(WOBBLY).spread


def test_the_spread_grows_with_the_resemblance_of_neighbours():
    values = [92.0, 92.4, 92.9, 92.7, 93.1, 92.5, 92.2, 92.6, 92.1, 92.3, 92.8, 92.7]
    n, off = len(values), [value - sum(values) / len(values) for value in values]
    around = sum(value * value for value in off)
    resemblance = (n * sum(a * b for a, b in pairwise(off)) / around + 1) / (n - 4)

    assert 0.2 < resemblance < 0.9
    assert judge(values).spread == pytest.approx(sqrt(around / n * (1 + resemblance) / (1 - resemblance)))


def test_measuring_one_day_again_adds_no_confidence():
    twice = [*weekly(BETTER[:4]), *weekly(BETTER[:4])]

    assert verdict(twice, TARGET, since=START) == judge(BETTER[:4])


@pytest.mark.parametrize(
    "terms", [{"alpha": 0}, {"alpha": 0.6}, {"minimum_readings": 1}, {"hold": 0}, {"lost_after": 0}]
)
def test_terms_that_mean_nothing_are_refused(terms):
    with pytest.raises(ValueError, match="confidence|readings"):
        Terms(**terms)


# --- Properties --------------------------------------------------------------------------------
hundredths = st.decimals(80, 105, places=2)
many = st.lists(hundredths, max_size=40)
mostly_good = st.lists(st.decimals(90, 105, places=2), min_size=8, max_size=40)
targets = st.sampled_from([TARGET, Target(high=92), Target(low=91, high=97)])


@given(many | mostly_good, targets, st.booleans())
def test_numbers_are_always_numbers_and_reasons_are_sentences(values, target, is_fresh):
    found = judge(values, target, is_fresh=is_fresh)

    numbers = (found.mean, found.spread, found.at_least, found.at_most, found.e_value, found.more)
    assert all(isfinite(number) for number in numbers if number is not None)
    assert found.closed == (not found.reasons)
    assert found.closed == (found.closed_on is not None)
    assert all(reason[0].isupper() and reason.endswith(".") for reason in found.reasons)
    assert (found.more == 0) == found.closed


@given(many | mostly_good, targets)
def test_the_bound_and_the_evidence_say_the_same(values, target):
    found = judge(values, target)
    assume(found.at_least is not None)
    fits = (target.low is None or found.at_least >= target.low) and (
        target.high is None or found.at_most <= target.high
    )

    assert fits == (found.e_value >= 1 / USUAL.alpha)


@given(mostly_good, st.decimals(0, 20, places=2), st.sampled_from([1, -1]))
def test_better_readings_never_open_what_is_closed(values, by, side):
    target = Target(low=92) if side > 0 else Target(high=-92)
    before = history(weekly([side * value for value in values]), target, since=START)
    after = history(weekly([side * (value + by) for value in values]), target, since=START)

    assert all(better or not closed for (_, closed), (_, better) in zip(before, after, strict=True))


@given(many, st.randoms(), targets)
def test_the_order_in_which_facts_come_in_is_no_fact(values, chance, target):
    made = [Reading(START + timedelta(days=number // 2), value) for number, value in enumerate(values)]
    shuffled = list(made)
    chance.shuffle(shuffled)

    assert verdict(shuffled, target, since=START) == verdict(made, target, since=START)


@given(many | mostly_good, targets)
def test_what_comes_later_changes_no_earlier_answer(values, target):
    whole = list(history(weekly(values), target, since=START))

    for length in range(0, len(values) + 1, 7):
        assert list(history(weekly(values[:length]), target, since=START)) == whole[:length]
    assert judge(values, target).closed == (bool(whole) and whole[-1][1])


@given(many, st.decimals(92, 105, places=2), st.decimals("0.5", 3, places=2))
def test_points_beyond_the_target_close_it_in_the_end(values, level, wobble):
    beyond = [level + wobble, level + 3 * wobble]  # ever so far from the target, for ever
    closed = (
        number
        for number in count(len(values) + 8, 50)
        if judge([*values, *(beyond[k % 2] for k in range(number - len(values)))]).closed
    )

    assert next(closed) < 5_000


@given(
    mostly_good | many,
    st.sampled_from([Decimal(60), Decimal("0.01"), Decimal("1.6")]),
    st.integers(-500, 500),
)
def test_units_change_nothing(values, unit, shift):
    here = judge(values)
    there = judge([value * unit + shift for value in values], Target(low=92 * unit + shift))

    assert (there.closed, there.more, there.readings) == (here.closed, here.more, here.readings)
    assert there.e_value == pytest.approx(here.e_value)
    assert here.spread is None or there.spread == pytest.approx(here.spread * float(unit))


@given(many | mostly_good, st.sampled_from([TARGET, Target(low=91, high=97)]))
def test_higher_and_lower_are_mirror_images(values, target):
    mirror = Target(low=None if target.high is None else -target.high, high=-target.low)
    here, there = judge(values, target), judge([-value for value in values], mirror)

    assert (there.closed, there.more, there.e_value) == (here.closed, here.more, here.e_value)
    if here.at_least is not None:
        assert (there.at_least, there.at_most) == (-here.at_most, -here.at_least)


@given(many | mostly_good)
def test_a_reading_is_the_same_as_float_and_as_decimal(values):
    assert judge([float(value) for value in values]) == judge(values)
    assert judge([float(value) for value in values], Target(low=92.0)) == judge(values)


@given(mostly_good, st.decimals(-1_000, 91, places=2))
def test_no_single_reading_opens_what_is_closed(values, worst):
    before = [closed for _, closed in history(weekly(values), TARGET, since=START)]
    after = [closed for _, closed in history(weekly([*values, worst]), TARGET, since=START)]
    lately_off = sum(value < 92 for value in values[-3:]) == 3

    assert after[-1] or lately_off or not before[-1]
