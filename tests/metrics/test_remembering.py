"""What the rule remembers of readings long past says the same as those readings."""

from datetime import date, timedelta
from json import dumps, loads

from hypothesis import given
from hypothesis import strategies as st

from metrics.points import Reading, Target
from metrics.verdict import remember, verdict

START = date(2026, 3, 3)
hundredths = st.decimals(80, 105, places=2)
many = st.lists(hundredths, max_size=40)
mostly_good = st.lists(st.decimals(90, 105, places=2), min_size=8, max_size=40)
targets = st.sampled_from([Target(low=92), Target(high=92), Target(low=91, high=97)])


@given(
    many | mostly_good | st.lists(st.sampled_from([93, 93.5, 91]), max_size=40), targets, st.integers(0, 40)
)
def test_what_was_remembered_says_the_same_as_all_readings(values, target, cut):
    made = [Reading(START + timedelta(days=number // 2), value) for number, value in enumerate(values)]
    day = START + timedelta(days=cut // 2)
    old, new = [one for one in made if one.at < day], [one for one in made if one.at >= day]
    half = len(old) // 4 * 2  # a whole day

    memory = remember(old[:half], target, since=START)
    memory = loads(dumps(remember(old[half:], target, since=START, after=memory), allow_nan=False))

    assert verdict(new, target, since=START, after=memory) == verdict(made, target, since=START)


def test_what_is_remembered_does_not_grow_with_the_readings():
    daily = [Reading(START + timedelta(days=number), 92 + number / 7) for number in range(1_000)]

    memory = remember(daily, Target(low=92), since=START)

    assert len(dumps(memory)) < 6_000
