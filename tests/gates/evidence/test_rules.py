"""Until when a criterion counts, and what evidence may and may not be. No database."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gates.choices import CURRENT, GateStatus
from gates.evidence.rules import (
    change_blockers,
    evidence_blockers,
    link_blockers,
    removal_blockers,
    room_problem,
    stale_from,
    unlink_blockers,
    validity_problem,
)

JUNE, NOVEMBER, DECEMBER = date(2026, 6, 10), date(2026, 11, 3), date(2026, 12, 24)
MB = 1024 * 1024


# --- Freshness ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("lapses_on", "valid_until", "expected"),
    [
        (None, [], None),
        (None, [None], None),
        (None, [NOVEMBER], NOVEMBER),
        (None, [NOVEMBER, DECEMBER], DECEMBER),  # one valid piece is enough
        (None, [NOVEMBER, None], NOVEMBER),  # an undated piece neither prolongs nor shortens
        (JUNE, [], JUNE),
        (JUNE, [None], JUNE),
        (JUNE, [NOVEMBER], JUNE),
        (DECEMBER, [NOVEMBER], NOVEMBER),
        (DECEMBER, [JUNE, NOVEMBER, None], NOVEMBER),
    ],
)
def test_from_when_a_criterion_no_longer_counts(lapses_on, valid_until, expected):
    assert stale_from(lapses_on=lapses_on, valid_until=valid_until) == expected


DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
MAYBE = st.none() | DAYS
PIECES = st.lists(MAYBE, max_size=5)


def counts(stale_on: date | None, day: date) -> bool:
    return stale_on is None or day < stale_on


@given(MAYBE, PIECES, DAYS)
def test_it_counts_while_its_own_validity_and_one_dated_piece_last(lapses_on, pieces, day):
    own = lapses_on is None or day < lapses_on
    dated = [until for until in pieces if until]
    shown = not dated or any(day < until for until in dated)

    assert counts(stale_from(lapses_on=lapses_on, valid_until=pieces), day) == (own and shown)


@given(MAYBE, PIECES, DAYS)
def test_one_more_dated_piece_never_shortens_what_dated_pieces_show(lapses_on, pieces, more):
    dated = [until for until in pieces if until]
    before = stale_from(lapses_on=lapses_on, valid_until=pieces)
    after = stale_from(lapses_on=lapses_on, valid_until=[*pieces, more])

    assert not dated or after == before or (after is not None and before is not None and after > before)


@given(MAYBE, st.lists(MAYBE, min_size=1, max_size=5), st.integers(0, 4))
def test_taking_a_piece_away_never_prolongs(lapses_on, pieces, which):
    before = stale_from(lapses_on=lapses_on, valid_until=pieces)
    left = [until for place, until in enumerate(pieces) if place != which % len(pieces)]
    after = stale_from(lapses_on=lapses_on, valid_until=left, at_latest=before)

    assert before is None or (after is not None and after <= before)


@given(MAYBE, PIECES, st.randoms())
def test_the_order_of_the_pieces_does_not_matter(lapses_on, pieces, random):
    shuffled = list(pieces)
    random.shuffle(shuffled)

    assert stale_from(lapses_on=lapses_on, valid_until=pieces) == stale_from(
        lapses_on=lapses_on, valid_until=shuffled
    )


# --- What may happen ---------------------------------------------------------------------------
@pytest.mark.parametrize("status", GateStatus)
def test_evidence_is_added_and_taken_away_at_open_gates_only(status):
    is_open = status in CURRENT

    assert (evidence_blockers(gate_status=status) == []) == is_open
    assert (link_blockers(gate_status=status, same_pilot=True, removed=False) == []) == is_open
    assert (unlink_blockers(gate_status=status, reason="Wrong.") == []) == is_open


def test_every_reason_is_given_at_once():
    assert link_blockers(gate_status=GateStatus.DECIDED, same_pilot=False, removed=True) == [
        "This gate is not open, so no evidence can be added.",
        "Evidence serves the criteria of its own pilot only.",
        "This evidence has been removed.",
    ]


@pytest.mark.parametrize(
    ("removed", "under_way", "reasons"),
    [
        (False, True, []),
        (False, False, ["This pilot has no open gate, so its evidence stays as it is."]),
        (True, True, ["This evidence has been removed."]),
        (True, False, ["This evidence has been removed."]),
    ],
)
def test_replacing_and_removing(removed, under_way, reasons):
    assert change_blockers(removed=removed, under_way=under_way) == reasons
    assert removal_blockers(removed=removed, under_way=under_way, reason="Wrong.") == reasons


def test_a_removal_needs_its_reason():
    assert removal_blockers(removed=False, under_way=True, reason="  ") == ["Say why it is removed."]


@pytest.mark.parametrize(("days", "is_fine"), [(-1, False), (0, False), (1, True)])
def test_validity_lies_in_the_future(days, is_fine):
    day = NOVEMBER + timedelta(days)

    assert (validity_problem(valid_until=day, today=NOVEMBER) == "") == is_fine
    assert validity_problem(valid_until=None, today=NOVEMBER) == ""


def test_the_room_of_a_pilot_may_be_filled_to_the_last_byte():
    assert room_problem(held=90 * MB, size=10 * MB, limit=100 * MB) == ""
    assert room_problem(held=90 * MB, size=10 * MB + 1, limit=100 * MB) == (
        "The files of this pilot take up 90 MB; with this one they would be more than the 100 MB that a"
        " pilot may have."
    )
