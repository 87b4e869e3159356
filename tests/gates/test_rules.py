"""The rules of gates as truth tables, with every sentence of refusal."""

from datetime import date, timedelta

import pytest

from gates.choices import CURRENT, AssessmentState, GateStatus
from gates.rules import (
    assessment_blockers,
    checklist_blockers,
    plan_blockers,
    review_blockers,
    start_blockers,
)
from pilots.choices import PilotState

TODAY = date(2026, 3, 2)
TOMORROW = TODAY + timedelta(1)
NOT_CURRENT = [status for status in GateStatus if status not in CURRENT]


# --- Starting ----------------------------------------------------------------------------------
STARTABLE = {"state": PilotState.INTAKE, "archived": False, "phase": "", "published": True}


@pytest.mark.parametrize(
    ("facts", "reasons"),
    [
        ({}, []),
        ({"state": PilotState.ACTIVE}, []),  # imported, phase unknown
        ({"state": PilotState.ON_HOLD}, []),
        ({"state": PilotState.STOPPED}, ["This pilot has ended."]),
        ({"state": PilotState.RETIRED}, ["This pilot has ended."]),
        ({"in_future": True}, ["A pilot starts today or has started before."]),
        ({"phase": "pilot"}, ["This pilot is already on its way."]),
        ({"archived": True}, ["This pilot is archived. Restore it first."]),
        ({"published": False}, ["This version of the playbook is not the published one. Choose that."]),
    ],
)
def test_starting_a_pilot(facts, reasons):
    assert start_blockers(**STARTABLE | facts) == reasons


# --- The checklist -----------------------------------------------------------------------------
CLOSED = "This gate is not open, so its checklist cannot be changed."
FILLABLE = {
    "gate_status": GateStatus.OPEN,
    "state": AssessmentState.MET,
    "note": "",
    "check_name": "",
    "applies": True,
}


@pytest.mark.parametrize(
    ("facts", "reasons"),
    [
        ({}, []),
        ({"gate_status": GateStatus.SUBMITTED}, []),
        ({"gate_status": GateStatus.UPCOMING}, [CLOSED]),
        ({"gate_status": GateStatus.DECIDED}, [CLOSED]),
        ({"state": AssessmentState.UNKNOWN}, []),
        ({"state": AssessmentState.IN_PROGRESS}, []),
        ({"state": AssessmentState.NOT_MET, "note": "No data."}, []),
        ({"state": AssessmentState.NOT_MET}, ["Say in a note why it is not met."]),
        ({"state": AssessmentState.NOT_MET, "note": " \n"}, ["Say in a note why it is not met."]),
        ({"state": AssessmentState.WAIVED}, ["A criterion cannot be waived or set aside on the checklist."]),
        (
            {"state": AssessmentState.NOT_APPLICABLE},
            ["A criterion cannot be waived or set aside on the checklist."],
        ),
        ({"check_name": "sponsor_named"}, ["Pilotage decides this criterion itself from the pilot's data."]),
        ({"applies": False}, ["This criterion does not apply to this pilot's risk tier."]),
        ({"waits_for": ["O4"]}, ["It cannot be met yet: it opens when O4 is met."]),
        ({"waits_for": ["D1", "O3", "O4"]}, ["It cannot be met yet: it opens when D1, O3 and O4 are met."]),
        ({"waits_for": ["O4"], "state": AssessmentState.IN_PROGRESS}, []),
    ],
)
def test_giving_a_criterion_a_state(facts, reasons):
    assert assessment_blockers(**FILLABLE | facts) == reasons


def test_every_reason_is_given_at_once():
    reasons = assessment_blockers(
        gate_status=GateStatus.DECIDED, state=AssessmentState.NOT_MET, note="", check_name="x", applies=False
    )

    assert len(reasons) == 4


@pytest.mark.parametrize("status", GateStatus)
def test_the_checklist_and_its_evidence_change_only_while_the_gate_is_current(status):
    is_open = status in CURRENT

    assert checklist_blockers(gate_status=status) == ([] if is_open else [CLOSED])


# --- Reviews and plans -------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("status", "reasons"),
    [
        (GateStatus.OPEN, []),
        (GateStatus.SUBMITTED, ["A review has already been requested."]),
        (GateStatus.UPCOMING, ["This gate is not open."]),
        (GateStatus.DECIDED, ["This gate is not open."]),
    ],
)
def test_asking_for_a_review(status, reasons):
    assert review_blockers(gate_status=status) == reasons


@pytest.mark.parametrize(
    ("status", "before", "planned", "reason", "reasons"),
    [
        (GateStatus.OPEN, None, TODAY, "", []),
        (GateStatus.OPEN, TODAY, TODAY, "", []),
        (GateStatus.UPCOMING, TODAY, TOMORROW, "Data came late.", []),
        (GateStatus.OPEN, TODAY, TOMORROW, "", ["Say why the planned date moves."]),
        (GateStatus.OPEN, TODAY, TOMORROW, "  ", ["Say why the planned date moves."]),
        (GateStatus.SUBMITTED, TODAY, None, "", ["Say why the planned date moves."]),
        (GateStatus.DECIDED, None, TODAY, "Why", ["This gate has been decided; its dates are history."]),
    ],
)
def test_setting_the_dates_of_a_gate(status, before, planned, reason, reasons):
    assert (
        plan_blockers(gate_status=status, planned_before=before, planned_on=planned, reason=reason) == reasons
    )
