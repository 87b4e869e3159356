"""Which way a fixed term of a KPI moves, and how it is written."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.choices import Direction
from metrics.kpis.rules import is_easier, read, whole_term, written
from metrics.rules import improves, in_range, meets

numbers = st.integers(-20, 20).map(Decimal)
days = st.dates(date(2026, 1, 1), date(2026, 1, 9))
EVERYTHING = [Decimal(number) / 2 for number in range(-50, 51)]  # every reading that may tell two terms apart


@st.composite
def said(draw, direction: str):
    low, high = sorted((draw(numbers), draw(numbers)))
    lowest, highest = sorted((draw(numbers), draw(numbers)))
    return {
        "direction": direction,
        "baseline": draw(numbers),
        "baseline_on": draw(days),
        "baseline_source": "",
        "target": low,
        "target_high": high if direction == Direction.WITHIN else None,
        "target_on": draw(days),
        "lowest": draw(st.sampled_from([lowest, None])),
        "highest": draw(st.sampled_from([highest, None])),
    }


pairs = st.sampled_from(list(Direction)).flatmap(lambda way: st.tuples(said(way), said(way)))


def met(facts) -> set[Decimal]:
    way = facts["direction"]
    return {one for one in EVERYTHING if meets(one, facts["target"], way, facts["target_high"])}


def better(facts, band) -> set[Decimal]:
    way, low, high = band["direction"], band["target"], band["target_high"]
    return {one for one in EVERYTHING if improves(one, facts["baseline"], way, low, high)}


def tolerated(facts) -> set[Decimal]:
    return {one for one in EVERYTHING if in_range(one, facts["lowest"], facts["highest"])}


@given(pairs)
def test_a_target_is_looser_when_some_reading_meets_it_that_did_not_or_there_is_more_time(pair):
    before, after = pair
    later = after["target_on"] > before["target_on"]
    assert is_easier("target", before, after) == (bool(met(after) - met(before)) or later)


@given(pairs)
def test_a_baseline_is_looser_when_some_reading_is_better_than_it_that_was_not(pair):
    before, after = pair
    after |= {name: before[name] for name in ("target", "target_high")}
    assert is_easier("baseline", before, after) == bool(better(after, before) - better(before, before))


@given(pairs)
def test_a_range_is_looser_when_it_holds_what_it_did_not(pair):
    before, after = pair
    assert is_easier("range", before, after) == bool(tolerated(after) - tolerated(before))


@given(pairs)
def test_what_is_written_is_read_as_it_was(pair):
    facts, other = pair
    for term in ("baseline", "target", "range"):
        text = written(term, facts)
        assert read(term, text) == {name: facts[name] for name in text}
        assert whole_term(term, text, written(term, other)) == written(term, other)


def test_equal_numbers_are_written_alike():
    facts = {"lowest": Decimal("9.500000"), "highest": Decimal("-0.000000")}
    assert written("range", facts) == {"lowest": "9.5", "highest": "0"}
    assert whole_term("range", {"lowest": "9.5", "highest": "20"}, {"highest": "1E1"}) == {
        "lowest": "9.5",
        "highest": "10",
    }


@pytest.mark.parametrize(
    "value",
    [
        None,
        5,
        {},
        [],
        {"target": 5},
        {"target": True},
        {"target": "NaN"},
        {"target": "much"},
        {"target": "1e400"},
        {"target_on": "soon"},
        {"target_on": "2026-13-01"},
        {"lowest": "5"},
        {"target": {}},
    ],
)
def test_what_is_no_target_is_refused_with_a_sentence(value):
    with pytest.raises(ValueError, match=r"\.$"):
        read("target", value)
