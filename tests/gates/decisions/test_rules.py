"""The rules of deciding as truth tables, with every sentence of refusal."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from gates.choices import REASON_CODES, GateStatus, Outcome, ReasonCode
from gates.decisions.rules import (
    Correction,
    Footing,
    Promised,
    Wanted,
    correction_blockers,
    decision_blockers,
    go_blockers,
    meeting_blockers,
    obstacles,
    warning_due,
)

TODAY = date(2026, 3, 2)
TOMORROW = TODAY + timedelta(1)
READY = Footing(GateStatus.SUBMITTED, passes=True, blockers={}, gate_position=2)
OPEN = replace(READY, passes=False, blockers={"T1": "Tried", "V1": "Named"})
KILLED = replace(READY, passes=False, fired=["K1"])
UNSIGNED = replace(READY, quorum_missing=["Renate has not signed as Risk."])
GO = Wanted(Outcome.GO, ReasonCode.READY, "Because.")
T1, V1 = Promised("Try it", TOMORROW, "T1"), Promised("Name it", TOMORROW, "V1")
CONDITIONAL = Wanted(
    Outcome.CONDITIONAL_GO, ReasonCode.SMALL_GAPS, "Because.", scope_cap="200 users", conditions=[T1, V1]
)
HOLD = Wanted(Outcome.HOLD, ReasonCode.DEPENDENCY, "Because.", review_on=TOMORROW)
RECYCLE = Wanted(Outcome.RECYCLE, ReasonCode.REWORK, "Because.", recycle_position=1)
STOP = Wanted(Outcome.STOP, ReasonCode.DATA, "Because.", lesson="Ask sooner.")
ALL = (GO, CONDITIONAL, RECYCLE, HOLD, STOP)

NOTHING = "This gate is not open, so there is nothing to decide."
OWNERS = "Owners do not decide at their own gates."
KIND = "Choose the kind of reason, from those of this outcome."
REASON = "Give the reason for this decision."
PHASE = "Name the phase to go back to: this one or an earlier one."
FUTURE = "A hold needs a review date in the future."
DATED = "A conditional go needs at least one dated condition."
LATER = "Every condition needs a date in the future."
SCOPE = "Say how far the pilot may go while conditions are open."
NOBODY = "Name who owes each condition: the pilot has no active owner to owe it."
SIGN = "Renate has not signed as Risk."
UNCOVERED = "Every open must-meet needs a condition that closes it. There is none for: {}."
GO_KILLED = "Go is not possible: a kill criterion has come true."


@pytest.mark.parametrize(
    ("footing", "wanted", "reasons"),
    [
        (READY, GO, []),
        (replace(READY, gate_status=GateStatus.OPEN), GO, []),
        (replace(READY, gate_status=GateStatus.UPCOMING), GO, [NOTHING]),
        (replace(READY, gate_status=GateStatus.DECIDED), replace(GO, reason=""), [NOTHING]),
        (replace(READY, decider_owns_pilot=True), GO, [OWNERS]),
        (READY, replace(GO, reason=" "), [REASON]),
        (READY, replace(GO, reason_code=""), [KIND]),
        (READY, replace(GO, reason_code=ReasonCode.DUPLICATE), [KIND]),
        (OPEN, GO, ["Go is not possible: 2 must-meets are still open."]),
        (UNSIGNED, GO, [SIGN]),
        (KILLED, GO, [GO_KILLED]),
        (OPEN, CONDITIONAL, []),
        (READY, CONDITIONAL, []),
        (READY, replace(CONDITIONAL, conditions=[]), [DATED]),
        (OPEN, replace(CONDITIONAL, conditions=[T1]), [UNCOVERED.format("V1 Named")]),
        (OPEN, replace(CONDITIONAL, conditions=[]), [UNCOVERED.format("T1 Tried; V1 Named"), DATED]),
        (OPEN, replace(CONDITIONAL, conditions=[T1, replace(V1, due_on=TODAY)]), [LATER]),
        (OPEN, replace(CONDITIONAL, scope_cap=" "), [SCOPE]),
        (OPEN, replace(CONDITIONAL, conditions=[T1, replace(V1, has_owner=False)]), [NOBODY]),
        (KILLED, CONDITIONAL, ["A conditional go is not possible: a kill criterion has come true."]),
        (replace(OPEN, quorum_missing=[SIGN]), CONDITIONAL, [SIGN]),
        (OPEN, HOLD, []),
        (replace(KILLED, quorum_missing=[SIGN]), HOLD, []),
        (READY, replace(HOLD, review_on=TODAY), [FUTURE]),
        (READY, replace(HOLD, review_on=None), [FUTURE]),
        (OPEN, RECYCLE, []),
        (READY, replace(RECYCLE, recycle_position=2), []),
        (READY, replace(RECYCLE, recycle_position=3), [PHASE]),
        (READY, replace(RECYCLE, recycle_position=None), [PHASE]),
        (replace(KILLED, quorum_missing=[SIGN]), STOP, []),
        (READY, replace(STOP, reason_code=""), [KIND]),
        (READY, replace(STOP, lesson=" "), ["Write down what this pilot taught."]),
    ],
)
def test_deciding(footing, wanted, reasons):
    assert decision_blockers(footing, wanted, today=TODAY) == reasons


@pytest.mark.parametrize("wanted", ALL, ids=lambda wanted: str(wanted.outcome))
def test_no_outcome_spares_the_owner_the_kind_or_the_reason(wanted):
    footing = replace(READY, decider_owns_pilot=True)

    reasons = decision_blockers(footing, replace(wanted, reason_code="", reason=""), today=TODAY)

    assert reasons[:3] == [OWNERS, KIND, REASON]


@pytest.mark.parametrize("outcome", Outcome)
def test_each_outcome_takes_its_own_kinds_of_reason_and_no_lapse(outcome):
    wanted = next(one for one in ALL if one.outcome == outcome)
    taken = {
        code for code in ReasonCode
        if KIND not in decision_blockers(READY, replace(wanted, reason_code=code), today=TODAY)
    }  # fmt: skip

    assert taken == set(REASON_CODES[outcome])
    assert ReasonCode.CONDITION_LAPSED not in taken
    assert ReasonCode.OTHER in taken


@pytest.mark.parametrize(
    ("footing", "reasons"),
    [
        (READY, []),
        (replace(OPEN, blockers={"V1": "Named"}), ["Go is not possible: 1 must-meet is still open."]),
        (replace(OPEN, fired=["K"]), ["Go is not possible: 2 must-meets are still open.", GO_KILLED]),
        (
            replace(READY, passes=False),
            ["Go is not possible: the score or its weakest area is below the gate's threshold."],
        ),
    ],
)
def test_why_a_plain_go_is_not_offered(footing, reasons):
    assert go_blockers(footing) == reasons


# --- Overriding --------------------------------------------------------------------------------
OVERRIDE = "The sponsor takes the risk."
NAMED = {"may_override": True, "override_roles": ["executive"]}


@pytest.mark.parametrize("footing", [OPEN, KILLED, UNSIGNED, replace(KILLED, quorum_missing=[SIGN])])
@pytest.mark.parametrize("wanted", [GO, replace(CONDITIONAL, conditions=[Promised("Do", TOMORROW)])])
def test_an_override_lets_pass_what_stands_in_the_way(footing, wanted):
    in_the_way = obstacles(footing, wanted.outcome, wanted.conditions)
    wanted = replace(wanted, override_reason=OVERRIDE)
    allowed = replace(footing, **NAMED)

    assert in_the_way
    assert decision_blockers(allowed, wanted, today=TODAY) == []
    assert decision_blockers(allowed, replace(wanted, override_reason=" "), today=TODAY) == in_the_way


@pytest.mark.parametrize(
    ("roles", "sentence"),
    [
        ([], "The playbook lets nobody override this gate."),
        (["executive"], "Only who is executive here may override this gate."),
        (["executive", "gatekeeper"], "Only who is executive or gatekeeper here may override this gate."),
    ],
)
def test_nobody_else_overrides(roles, sentence):
    wanted = replace(GO, override_reason=OVERRIDE)

    reasons = decision_blockers(replace(UNSIGNED, override_roles=roles), wanted, today=TODAY)

    assert reasons == [SIGN, sentence]


def test_an_override_spares_nobody_the_rest():
    wanted = replace(CONDITIONAL, override_reason=OVERRIDE, conditions=[], scope_cap="")
    footing = replace(OPEN, decider_owns_pilot=True, **NAMED)

    assert decision_blockers(footing, wanted, today=TODAY) == [OWNERS, DATED, SCOPE]


def test_where_nothing_stands_in_the_way_there_is_nothing_to_override():
    reasons = decision_blockers(replace(READY, **NAMED), replace(GO, override_reason=OVERRIDE), today=TODAY)

    assert reasons == ["Nothing stands in the way, so there is nothing to override."]


# --- Conditions and corrections ----------------------------------------------------------------
def test_meeting_a_condition():
    assert meeting_blockers(superseded=False, note="Done.") == []
    assert meeting_blockers(superseded=False, note=" ") == ["Say what shows that the condition is met."]
    assert meeting_blockers(superseded=True, note="Done.") == [
        "This decision has been corrected. Say it at the correction's condition."
    ]


@pytest.mark.parametrize(
    ("days", "step"), [(9, None), (8, None), (7, 7), (6, 7), (2, 7), (1, 1), (0, 1), (-1, None), (-30, None)]
)
def test_the_warning_due_is_the_latest_step_and_none_once_it_is_late(days, step):
    assert warning_due(TODAY + timedelta(days), TODAY) == step


CORRECTION = Correction(
    Outcome.HOLD, ReasonCode.DEPENDENCY, "Because.", "Wrong day.", changes=True, review_on=TOMORROW
)
CORRECTED = {"corrector_owns_pilot": False, "superseded": False, "by_pilotage": False, "today": TODAY}


@pytest.mark.parametrize(
    ("correction", "facts", "reasons"),
    [
        (CORRECTION, {}, []),
        (replace(CORRECTION, review_on=TODAY), {}, [FUTURE]),
        (replace(CORRECTION, review_on=TODAY, review_on_before=TODAY), {}, []),
        (
            CORRECTION,
            {"superseded": True},
            ["This decision has been corrected already. Correct the correction."],
        ),
        (
            CORRECTION,
            {"by_pilotage": True},
            ["Pilotage wrote this because a condition lapsed. Decide at the gate, or correct the condition."],
        ),
        (
            CORRECTION,
            {"corrector_owns_pilot": True},
            ["Owners do not correct decisions about their own pilots."],
        ),
        (replace(CORRECTION, reason_code=""), {}, [KIND]),
        (replace(CORRECTION, reason=""), {}, [REASON]),
        (replace(CORRECTION, correction_reason=" "), {}, ["Say what was wrong and is corrected."]),
        (replace(CORRECTION, changes=False), {}, ["Nothing is different, so there is nothing to correct."]),
    ],
)
def test_correcting(correction, facts, reasons):
    assert correction_blockers(correction, **CORRECTED | facts) == reasons


@pytest.mark.parametrize(
    ("facts", "reasons"),
    [
        ({"conditions": [replace(T1, due_on=TODAY)]}, []),  # what was not touched may be late
        ({"conditions": [T1], "moved": [T1]}, []),
        ({"conditions": [T1], "moved": [replace(T1, due_on=TODAY)]}, [LATER]),
        ({"conditions": [T1], "scope_cap": ""}, [SCOPE]),
        ({"conditions": []}, [DATED]),
    ],
)
def test_correcting_a_conditional_go(facts, reasons):
    correction = replace(
        CORRECTION, outcome=Outcome.CONDITIONAL_GO, reason_code=ReasonCode.SMALL_GAPS, scope_cap="200 users"
    )

    assert correction_blockers(replace(correction, **facts), **CORRECTED) == reasons
