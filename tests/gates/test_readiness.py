"""Readiness, exactly: a table of small cases, then every property that must always hold."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gates.choices import Area, AssessmentState, CriterionKind
from gates.readiness import UNMET, Item, assess

S, K = AssessmentState, CriterionKind
MUST, SHOULD, KILL = K.MUST_MEET, K.SHOULD_MEET, K.KILL


def item(key="V1", state=S.UNKNOWN, *, weight=1, area=Area.VALUE, kind=MUST, stale=False) -> Item:
    return Item(key=key, area=area, kind=kind, weight=weight, state=state, stale=stale)


def of(*items, score=60, floor=0):
    return assess(items, score_threshold=score, floor_threshold=floor)


@st.composite
def gates(draw, *, min_size=0):
    """The items of one gate, each with its own key."""
    pieces = draw(
        st.lists(
            st.tuples(
                st.sampled_from(Area.values),
                st.sampled_from(K.values),
                st.integers(1, 9),
                st.sampled_from(S.values),
                st.booleans(),
            ),
            min_size=min_size,
            max_size=14,
        )
    )
    return [
        item(f"C{number}", state, weight=weight, area=area, kind=kind, stale=stale)
        for number, (area, kind, weight, state, stale) in enumerate(pieces)
    ]


thresholds = st.fixed_dictionaries(
    {"score_threshold": st.integers(0, 100), "floor_threshold": st.integers(0, 100)}
)


# --- The table ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "state", "stale", "score", "blocks", "fires"),
    [
        (MUST, S.UNKNOWN, False, 0, True, False),
        (MUST, S.IN_PROGRESS, False, 0, True, False),
        (MUST, S.NOT_MET, False, 0, True, False),
        (MUST, S.MET, False, 100, False, False),
        (MUST, S.MET, True, 0, True, False),
        (MUST, S.WAIVED, False, 0, False, False),
        (MUST, S.WAIVED, True, 0, True, False),
        (MUST, S.NOT_APPLICABLE, False, 0, False, False),
        (MUST, S.NOT_APPLICABLE, True, 0, False, False),
        (SHOULD, S.UNKNOWN, False, 0, False, False),
        (SHOULD, S.IN_PROGRESS, False, 0, False, False),
        (SHOULD, S.NOT_MET, False, 0, False, False),
        (SHOULD, S.MET, False, 100, False, False),
        (SHOULD, S.MET, True, 0, False, False),
        (SHOULD, S.WAIVED, False, 0, False, False),
        (SHOULD, S.WAIVED, True, 0, False, False),
        (SHOULD, S.NOT_APPLICABLE, False, 0, False, False),
        (KILL, S.UNKNOWN, False, 0, False, False),
        (KILL, S.IN_PROGRESS, False, 0, False, False),
        (KILL, S.NOT_MET, False, 0, False, False),
        (KILL, S.MET, False, 0, False, True),
        (KILL, S.MET, True, 0, False, True),
        (KILL, S.WAIVED, False, 0, False, False),
        (KILL, S.NOT_APPLICABLE, False, 0, False, False),
    ],
)
def test_what_one_criterion_alone_says_of_its_gate(kind, state, stale, score, blocks, fires):
    readiness = of(item("V1", state, kind=kind, stale=stale))

    assert readiness.score == score
    assert readiness.blockers == (("V1",) if blocks else ())
    assert readiness.fired == (("V1",) if fires else ())


def test_a_gate_without_criteria_scores_nothing_and_never_passes():
    readiness = of(score=0, floor=0)

    assert (readiness.score, readiness.floor, readiness.floor_area) == (0, 0, "")
    assert (readiness.unknown, readiness.gaps, readiness.passes) == (100, {}, False)


@pytest.mark.parametrize("left", [item(state=S.NOT_APPLICABLE), item(state=S.UNKNOWN, kind=KILL)])
def test_a_gate_with_nothing_that_scores_never_passes(left):
    assert not of(left, score=0, floor=0).passes


def test_weights_decide_the_score_exactly():
    readiness = of(item("V1", S.MET, weight=1), item("V2", weight=2))

    assert readiness.score == Fraction(100, 3)
    assert readiness.gaps == {"V2": Fraction(200, 3)}


def test_the_floor_is_the_weakest_area_with_its_name():
    readiness = of(
        item("V1", S.MET, weight=9),
        item("T1", S.MET, area=Area.TECHNICAL),
        item("T2", S.NOT_MET, area=Area.TECHNICAL, kind=SHOULD),
    )

    assert (readiness.floor, readiness.floor_area) == (50, Area.TECHNICAL)


def test_of_equally_weak_areas_the_first_by_name_is_named():
    readiness = of(item("T1", area=Area.TECHNICAL), item("D1", area=Area.DATA), item("V1"))

    assert readiness.floor_area == Area.DATA


def test_a_strong_area_cannot_buy_off_a_weak_one():
    items = [item("V1", S.MET, weight=99), item("R1", area=Area.RISK, kind=SHOULD)]

    assert of(*items, score=90, floor=0).passes
    assert not of(*items, score=90, floor=1).passes


def test_unknown_is_the_share_of_weight_that_nobody_assessed():
    readiness = of(item("V1", weight=3), item("V2", S.IN_PROGRESS), item("V3", S.NOT_APPLICABLE, weight=50))

    assert readiness.unknown == 75


def test_a_score_just_below_the_threshold_does_not_pass_though_it_rounds_up():
    items = [item("V1", S.MET, weight=199), item("V2", weight=101, kind=SHOULD)]  # 66.33…

    assert of(*items, score=66).passes
    assert not of(*items, score=67).passes


def test_kill_criteria_take_no_part_in_score_floor_or_unknown():
    readiness = of(item("V1", S.MET), item("K1", weight=50, kind=KILL, area=Area.RISK))

    assert (readiness.score, readiness.floor, readiness.floor_area) == (100, 100, Area.VALUE)
    assert (readiness.unknown, readiness.passes) == (0, True)


def test_blockers_and_fired_come_in_the_order_of_the_checklist():
    readiness = of(item("B2"), item("A1"), item("K9", S.MET, kind=KILL), item("K1", S.MET, kind=KILL))

    assert (readiness.blockers, readiness.fired) == (("B2", "A1"), ("K9", "K1"))


# --- What must always hold ---------------------------------------------------------------------
@given(gates(min_size=1), st.data())
def test_meeting_a_criterion_never_lowers_score_or_floor(items, data):
    place = data.draw(st.integers(0, len(items) - 1))
    assume(items[place].applies and items[place].kind != KILL)
    before = of(*items)

    after = of(*items[:place], replace(items[place], state=S.MET, stale=False), *items[place + 1 :])

    assert after.score >= before.score
    assert after.floor >= before.floor
    assert set(after.blockers) <= set(before.blockers)


@given(gates(), thresholds, st.data())
def test_order_never_matters(items, limits, data):
    shuffled = data.draw(st.permutations(items))

    one, other = assess(items, **limits), assess(shuffled, **limits)

    assert (one.score, one.floor, one.floor_area) == (other.score, other.floor, other.floor_area)
    assert (one.unknown, one.passes, one.gaps) == (other.unknown, other.passes, other.gaps)
    assert set(one.blockers) == set(other.blockers)
    assert set(one.fired) == set(other.fired)


@given(gates())
def test_gaps_add_up_to_what_is_missing_of_a_hundred(items):
    assume(any(piece.scores for piece in items))
    readiness = of(*items)

    assert sum(readiness.gaps.values()) == 100 - readiness.score


@given(gates())
def test_everything_is_a_percentage_and_the_floor_is_not_above_the_score(items):
    readiness = of(*items)

    assert 0 <= readiness.floor <= readiness.score <= 100
    assert 0 <= readiness.unknown <= 100
    assert readiness.score + readiness.unknown <= 100


@given(gates(min_size=1), st.data())
def test_a_valid_waiver_removes_a_blocker_and_earns_nothing(items, data):
    place = data.draw(st.integers(0, len(items) - 1))
    assume(items[place].kind == MUST and items[place].state in UNMET)
    before = of(*items)

    after = of(*items[:place], replace(items[place], state=S.WAIVED, stale=False), *items[place + 1 :])

    assert items[place].key in before.blockers
    assert items[place].key not in after.blockers
    assert (after.score, after.floor, after.gaps) == (before.score, before.floor, before.gaps)


@given(gates(), thresholds, st.integers(0, 14), st.sampled_from(K.values), st.integers(1, 99), st.booleans())
def test_what_does_not_apply_changes_nothing(items, limits, place, kind, weight, stale):
    extra = item("X", S.NOT_APPLICABLE, weight=weight, kind=kind, area=Area.FINANCE, stale=stale)

    assert assess([*items[:place], extra, *items[place:]], **limits) == assess(items, **limits)


@given(gates())
def test_where_nothing_is_assessed_the_score_is_nothing(items):
    untouched = [replace(piece, state=S.UNKNOWN) for piece in items]

    readiness = assess(untouched, score_threshold=0, floor_threshold=0)

    assert (readiness.score, readiness.floor, readiness.unknown) == (0, 0, 100)


@given(gates(), st.booleans())
def test_a_kill_criterion_that_came_true_stops_any_gate(items, stale):
    killed = [*items, item("K", S.MET, kind=KILL, stale=stale)]

    readiness = assess(killed, score_threshold=0, floor_threshold=0)

    assert "K" in readiness.fired
    assert not readiness.passes


@given(gates(min_size=1), st.data())
def test_what_has_expired_counts_no_longer_and_blocks_where_it_must_be_met(items, data):
    place = data.draw(st.integers(0, len(items) - 1))
    assume(items[place].applies and items[place].kind != KILL)
    stale = replace(items[place], stale=True)

    readiness = of(*items[:place], stale, *items[place + 1 :])

    assert stale.key in readiness.gaps
    assert (stale.key in readiness.blockers) == (stale.kind == MUST)


@given(gates(), thresholds)
def test_a_gate_passes_exactly_when_nothing_is_in_the_way(items, limits):
    readiness = assess(items, **limits)

    assert readiness.passes == (
        any(piece.scores for piece in items)
        and not readiness.blockers
        and not readiness.fired
        and readiness.score >= limits["score_threshold"]
        and readiness.floor >= limits["floor_threshold"]
    )


@given(gates(min_size=1), thresholds)
def test_meeting_everything_passes_at_any_threshold(items, limits):
    met = [replace(piece, state=S.MET, stale=False) for piece in items if piece.kind != KILL]
    assume(met)

    assert assess(met, **limits).passes
