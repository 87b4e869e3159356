"""Checks over the way of a pilot: their truth tables."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gates.checks.journey import ENOUGH, usual_days
from gates.choices import GateStatus
from gates.models import Gate, PhaseEntry
from metrics.models import Kpi
from pilots.models import Event, Pilot
from tests.builders import criterion, make_gate, make_kpi, make_pilot, make_playbook, make_user
from tests.gates.checks.test_checks import TODAY, read, reason

pytestmark = pytest.mark.django_db
LATER, BEFORE = TODAY + timedelta(days=9), TODAY - timedelta(days=9)


# --- A next step -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("planned_on", "forecast_on", "status", "answer"),
    [
        (None, None, GateStatus.OPEN, "and no day is planned for it."),
        (BEFORE, None, GateStatus.OPEN, "and its day, 21 Feb 2026, has passed."),
        (BEFORE, LATER, GateStatus.OPEN, None),
        (LATER, BEFORE, GateStatus.OPEN, "and its day, 21 Feb 2026, has passed."),
        (TODAY, None, GateStatus.OPEN, None),
        (None, None, GateStatus.SUBMITTED, None),
    ],
)
def test_what_is_at_target_has_a_next_step(planned_on, forecast_on, status, answer):
    gate = make_gate(planned_on=planned_on, forecast_on=forecast_on, status=status)
    kpi = make_kpi(gate.pilot, at_target_since=date(2026, 2, 1))
    read(kpi, 25)

    said = reason("next_step_planned", gate.pilot)
    start = "A business KPI is at target, but no review of G1 End of proof of concept was asked for"
    assert said == (answer and f"{start}, {answer}")
    Kpi.objects.update(at_target_since=None)
    assert reason("next_step_planned", gate.pilot) is None


# --- Room before production --------------------------------------------------------------------
PHASES = ("proof_of_concept", "pilot", "production_planning", "production_deployment")


def planned(*days: date | None, phases=PHASES) -> Pilot:
    """A pilot whose gates from the second phase on have these days."""
    pilot, found = make_pilot(), make_playbook(phases=phases).phases.order_by("position")[1:]
    for phase, day in zip(found, days, strict=False):
        Gate.objects.create(
            pilot=pilot, definition=phase.gate, planned_on=day, score_threshold=60, floor_threshold=0
        )
    return pilot


@pytest.mark.parametrize(
    ("days", "answer"),
    [
        ((LATER, LATER + timedelta(days=29)), "29 days later."),
        ((LATER, LATER + timedelta(days=1)), "1 day later."),
        ((LATER, BEFORE), "no later."),
        ((LATER, LATER + timedelta(days=30)), None),
        ((LATER, None), None),
        ((None, LATER), None),
    ],
)
def test_between_the_pilot_and_production_there_is_time(days, answer):
    said = reason("room_before_production", planned(*days))

    assert (said or "").endswith(answer or "")
    assert (said is None) == (answer is None)
    assert said is None or said.startswith("The pilot ends on 11 Mar 2026, and it is to be ready")


def test_where_no_phase_lies_between_none_is_asked_for():
    express = ("proof_of_concept", "pilot", "production_deployment")
    assert reason("room_before_production", planned(LATER, LATER, phases=express)) is None
    assert reason("room_before_production", make_pilot()) is None


# --- Longer than usual -------------------------------------------------------------------------
def stayed(phase, days: int) -> None:
    PhaseEntry.objects.create(
        pilot=make_pilot(), phase=phase, is_current=False,
        entered_on=TODAY - timedelta(days=days), left_on=TODAY,
    )  # fmt: skip


@pytest.mark.parametrize(("days", "is_late"), [(60, False), (61, True)])
def test_few_stays_make_no_norm_and_the_playbook_says_what_is_long(days, is_late):
    gate = make_gate()
    Pilot.objects.filter(pk=gate.pilot.pk).update(phase_entered_on=TODAY - timedelta(days=days))
    for _ in range(ENOUGH - 1):
        stayed(gate.definition.phase, 3)

    said = f"{days} days in Proof of concept, more than twice the 30 its playbook plans for it."
    assert reason("within_usual_time", gate.pilot) == (said if is_late else None)


@pytest.mark.parametrize(("days", "is_late"), [(90, False), (91, True)])
def test_nine_of_ten_stays_in_any_version_of_the_phase_are_the_norm(days, is_late):
    gate, other = make_gate(), make_gate()
    Pilot.objects.filter(pk=gate.pilot.pk).update(phase_entered_on=TODAY - timedelta(days=days))
    for number in range(1, 11):
        stayed((gate, other)[number % 2].definition.phase, 10 * number)

    longer = "nine of ten of the 10 pilots that have left it took at most 90"
    assert reason("within_usual_time", gate.pilot) == (
        f"{days} days in Proof of concept; {longer}." if is_late else None
    )


def test_where_the_day_of_entry_is_unknown_nothing_is_said():
    assert reason("within_usual_time", make_gate().pilot) is None


@given(st.dictionaries(st.integers(0, 400), st.integers(1, 9), min_size=1))
def test_the_norm_is_the_least_that_nine_of_ten_stays_kept_to(stays):
    total, usual = sum(stays.values()), usual_days(stays)

    assert sum(n for days, n in stays.items() if days <= usual) * 10 >= total * 9
    assert sum(n for days, n in stays.items() if days < usual) * 10 < total * 9


# --- What has expired --------------------------------------------------------------------------
def test_what_expired_at_the_open_gate_is_named():
    terms = [
        criterion("V1", state="met", stale_on=TODAY, title="The problem"),
        criterion("T1", state="waived", stale_on=BEFORE, title="Volume"),
        criterion("T2", state="met", stale_on=LATER),
        criterion("T3", state="not_met", stale_on=BEFORE),
    ]
    gate = make_gate(terms)

    assert reason("proof_in_force", gate.pilot) == "Expired: V1 The problem; waiver of T1 Volume."
    gate.assessments.filter(stale_on__lte=TODAY).update(stale_on=LATER)
    assert reason("proof_in_force", gate.pilot) is None


def test_of_much_that_expired_the_first_are_named():
    gate = make_gate([criterion(f"V{n}", state="met", stale_on=TODAY, title="So") for n in range(1, 6)])

    assert reason("proof_in_force", gate.pilot) == "Expired: V1 So; V2 So; V3 So; and 2 more."


# --- The sponsor -------------------------------------------------------------------------------
def acted(pilot: Pilot, day: str, *, by=None, changes=None) -> None:
    Event.objects.create(
        type="gates.feedback_given", pilot=pilot, programme=pilot.programme, actor=by,
        subject="gates.Gate:1", at=f"{day}T12:00:00Z", changes=changes or {},
    )  # fmt: skip


@pytest.fixture
def sponsored():
    return make_pilot(sponsor=make_user("Sven Sponsor"), created_at="2026-01-01T12:00:00Z")


@pytest.mark.parametrize(
    ("day", "answer"),
    [
        (None, "Sven Sponsor has done nothing here yet."),
        ("2026-01-30", "Sven Sponsor last did something here on 30 Jan 2026."),
        ("2026-01-31", None),
    ],
)
def test_a_sponsor_does_something_here(day, answer, sponsored):
    acted(sponsored, "2026-02-27", by=make_user())
    if day:
        acted(sponsored, day, by=sponsored.sponsor)

    assert reason("sponsor_active", sponsored) == answer


def test_a_sponsor_has_time_to_begin(sponsored):
    acted(sponsored, "2026-02-20", changes={"sponsor": [None, sponsored.sponsor_id]})
    assert reason("sponsor_active", sponsored) is None

    new = make_pilot(sponsor=sponsored.sponsor, created_at="2026-02-20T12:00:00Z")
    assert reason("sponsor_active", new) is None


def test_without_a_sponsor_none_is_silent(sponsored):
    Pilot.objects.update(sponsor=None)
    assert reason("sponsor_active", sponsored) is None


def test_the_workflow_is_named():
    assert reason("workflow_named", make_pilot(workflow="Accounts payable.")) is None
    assert reason("workflow_named", make_pilot()) == (
        "Nobody has written down whose work changes, and at which step."
    )
