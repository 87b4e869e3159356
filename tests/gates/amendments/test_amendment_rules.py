"""What makes a gate looser or tighter, and who may move its terms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gates.amendments.rules import (
    Moved,
    amendment_blockers,
    approval_blockers,
    direction_of_change,
    in_words,
    refusal_blockers,
    value_problem,
    withdrawal_blockers,
)
from gates.choices import AmendedField, AskStatus, CriterionKind, Direction, GateStatus

F, LOOSER, TIGHTER = AmendedField, Direction.LOOSER, Direction.TIGHTER
MUST, SHOULD, KILL = CriterionKind.MUST_MEET, CriterionKind.SHOULD_MEET, CriterionKind.KILL

VALUES = {
    F.SCORE_THRESHOLD: st.integers(0, 100),
    F.FLOOR_THRESHOLD: st.integers(0, 100),
    F.KIND: st.sampled_from([kind.value for kind in CriterionKind]),
    F.WEIGHT: st.integers(1, 100),
    F.APPLIES: st.booleans(),
    F.VALIDITY: st.none() | st.integers(1, 3650),
}
TERM = st.sampled_from(list(VALUES))


@pytest.mark.parametrize(
    ("field", "before", "after", "direction"),
    [
        (F.SCORE_THRESHOLD, 60, 55, LOOSER),
        (F.FLOOR_THRESHOLD, 40, 50, TIGHTER),
        (F.KIND, MUST, SHOULD, LOOSER),
        (F.KIND, SHOULD, MUST, TIGHTER),
        (F.KIND, KILL, MUST, LOOSER),
        (F.KIND, KILL, SHOULD, LOOSER),
        (F.KIND, MUST, KILL, TIGHTER),
        (F.KIND, SHOULD, KILL, TIGHTER),
        (F.WEIGHT, 3, 1, LOOSER),
        (F.APPLIES, True, False, LOOSER),
        (F.APPLIES, False, True, TIGHTER),
        (F.VALIDITY, 30, 365, LOOSER),
        (F.VALIDITY, 30, None, LOOSER),
        (F.VALIDITY, None, 3650, TIGHTER),
        (F.VALIDITY, None, None, Direction.NEITHER),
    ],
)
def test_each_change_has_its_direction(field, before, after, direction):
    assert direction_of_change(field, before, after) == direction


@given(st.data(), TERM)
def test_what_is_looser_one_way_is_tighter_the_other(data, field):
    before, after = data.draw(VALUES[field]), data.draw(VALUES[field])
    opposite = {LOOSER: TIGHTER, TIGHTER: LOOSER, Direction.NEITHER: Direction.NEITHER}

    there, back = direction_of_change(field, before, after), direction_of_change(field, after, before)

    assert back == opposite[there]
    assert (there == Direction.NEITHER) == (before == after)


@given(st.data(), TERM)
def test_every_value_there_can_be_is_allowed_and_reads_as_words(data, field):
    value = data.draw(VALUES[field])

    assert value_problem(field, value) == ""
    assert in_words(field, value)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (F.SCORE_THRESHOLD, 101),
        (F.SCORE_THRESHOLD, "60"),
        (F.SCORE_THRESHOLD, True),
        (F.WEIGHT, 0),
        (F.WEIGHT, None),
        (F.KIND, "nice"),
        (F.KIND, None),
        (F.KIND, []),
        (F.APPLIES, 1),
        (F.VALIDITY, 0),
        (F.VALIDITY, 3651),
        (F.VALIDITY, {}),
    ],
)
def test_what_cannot_be_a_value_is_said_in_a_sentence(field, value):
    assert value_problem(field, value).endswith(".")


ASKED = {"gate_status": GateStatus.OPEN, "field": F.WEIGHT, "before": 3, "after": 1, "reason": "One of many."}


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"gate_status": GateStatus.UPCOMING}, "This gate is not open, so its terms cannot be amended."),
        ({"gate_status": GateStatus.DECIDED}, "This gate is not open, so its terms cannot be amended."),
        ({"after": 3}, "That is what it is already."),
        ({"after": 500}, "Give a weight from 1 to 100."),
        ({"reason": "  "}, "Say why the gate should be judged on other terms."),
        ({"applies": False}, "This criterion does not apply. Ask for it to apply first."),
        (
            {"asked_already": True},
            "A change of this term is already asked for. Approve, refuse or withdraw that first.",
        ),
    ],
)
def test_why_an_amendment_cannot_be_asked_for(facts, sentence):
    assert amendment_blockers(**ASKED) == []
    assert amendment_blockers(**ASKED | facts) == [sentence]


def test_a_criterion_set_aside_can_be_asked_back():
    facts = {"field": F.APPLIES, "before": False, "after": True, "applies": False}

    assert amendment_blockers(**ASKED | facts) == []


ANSWERED = {"status": AskStatus.ASKED, "asked_it": False, "owns_pilot": False}


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"asked_it": True}, "Who asked for an amendment does not answer it."),
        ({"owns_pilot": True}, "Owners do not amend their own gates."),
        ({"status": AskStatus.REFUSED}, "This amendment has been settled already."),
        ({"gate_status": GateStatus.DECIDED}, "This gate is not open, so its terms cannot be amended."),
        (
            {"moved": True},
            "The value has moved since this was asked for. Refuse it; it can be asked for anew.",
        ),
    ],
)
def test_why_an_amendment_cannot_be_approved(facts, sentence):
    allowed = ANSWERED | {"gate_status": GateStatus.SUBMITTED}

    assert approval_blockers(**allowed) == []
    assert approval_blockers(**allowed | facts) == [sentence]


def test_a_refusal_says_why_and_a_withdrawal_is_the_askers():
    assert refusal_blockers(**ANSWERED, note=" ") == ["Say why it is refused."]
    assert refusal_blockers(**ANSWERED, note="The case rests on it.") == []
    assert withdrawal_blockers(status=AskStatus.ASKED, asked_it=True) == []
    assert withdrawal_blockers(status=AskStatus.ASKED, asked_it=False) == [
        "Only who asked for it can withdraw it."
    ]
    assert withdrawal_blockers(status=AskStatus.APPROVED, asked_it=True) == [
        "This amendment has been settled already."
    ]


@pytest.mark.parametrize(
    ("directions", "words"),
    [
        ([], "Thresholds as frozen"),
        ([LOOSER], "Thresholds moved: 1, looser"),
        ([LOOSER, LOOSER], "Thresholds moved: 2, both looser"),
        ([TIGHTER] * 3, "Thresholds moved: 3, all tighter"),
        ([TIGHTER, LOOSER, LOOSER], "Thresholds moved: 3, 2 looser, 1 tighter"),
    ],
)
def test_what_has_moved_is_said_in_one_line(directions, words):
    assert Moved.of(directions).words == words
