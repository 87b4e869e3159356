"""Filling in a checklist: states, notes, who is on it."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gates import events
from gates.checklist.actions import assess_criterion
from gates.choices import AssessmentState, GateStatus
from gates.models import Gate
from pilots.models import Event
from pilots.rules import RuleViolation
from tests.builders import CRITERIA, criterion, make_gate, make_playbook, start

pytestmark = pytest.mark.django_db
S = AssessmentState


@pytest.fixture
def gate(pilot):
    return make_gate(pilot=pilot)


def row(gate: Gate, key: str = "V1"):
    return gate.assessments.get(criterion__key=key)


def decided(gate: Gate) -> Gate:
    Gate.objects.filter(pk=gate.pk).update(status=GateStatus.DECIDED, decided_at=timezone.now())
    return gate


# --- What comes first ---------------------------------------------------------------------------
IN_TURN = (
    criterion("D1"),
    criterion("O1", depends_on=["D1"]),
    criterion("O2", depends_on=["D1", "O1", "X9"]),
)


@pytest.mark.parametrize("settled", [{"state": S.WAIVED}, {"state": S.NOT_APPLICABLE}, {"state": S.MET}])
def test_a_criterion_opens_once_what_it_depends_on_is_settled(pilot, olga, settled):
    gate = make_gate((criterion("D1", **settled), IN_TURN[1]), pilot=pilot)

    assert assess_criterion(assessment=row(gate, "O1"), state=S.MET, by=olga).assessment.state == S.MET


@pytest.mark.parametrize(
    "open_still",
    [{"state": S.UNKNOWN}, {"state": S.IN_PROGRESS}, {"state": S.NOT_MET}]
    + [{"state": state, "stale_on": date(2020, 1, 1)} for state in (S.MET, S.WAIVED)],
)
def test_a_criterion_cannot_be_met_before_what_it_depends_on(pilot, olga, open_still):
    gate = make_gate((criterion("D1", **open_still), IN_TURN[1]), pilot=pilot)
    with pytest.raises(RuleViolation, match="It cannot be met yet: it opens when D1 is met."):
        assess_criterion(assessment=row(gate, "O1"), state=S.MET, by=olga)

    assert assess_criterion(assessment=row(gate, "O1"), state=S.IN_PROGRESS, by=olga).assessment


def test_everything_it_depends_on_is_named_but_not_what_the_gate_does_not_ask(pilot, olga):
    gate = make_gate(IN_TURN, pilot=pilot)
    with pytest.raises(RuleViolation, match="it opens when D1 and O1 are met."):
        assess_criterion(assessment=row(gate, "O2"), state=S.MET, by=olga)


# --- Assessing ---------------------------------------------------------------------------------
def test_meeting_a_criterion_stores_it_and_the_new_readiness(gate, olga):
    filled = assess_criterion(assessment=row(gate), state=S.MET, note="Written down.", by=olga)

    gate.refresh_from_db()
    stored = row(gate)
    assert (stored.state, stored.note, stored.updated_by) == (S.MET, "Written down.", olga)
    assert (gate.score, gate.blocker_count, gate.must_met, gate.must_total) == (50, 1, 1, 2)
    assert (filled.assessment, filled.gate) == (stored, gate)
    assert filled.gate.score == 50
    assert [kept.state for kept in filled.assessments] == [S.MET, S.UNKNOWN, S.UNKNOWN]


def test_the_last_must_meet_makes_the_gate_ready_and_this_is_told(gate, olga):
    assess_criterion(assessment=row(gate, "V1"), state=S.MET, by=olga)
    assess_criterion(assessment=row(gate, "T1"), state=S.MET, by=olga)

    gate.refresh_from_db()
    assert gate.passes
    assert Event.objects.get(type=events.GATE_BECAME_READY).data == {"score": 83}


def test_taking_it_back_loses_readiness_and_this_is_told(gate, olga):
    for key in ("V1", "T1"):
        assess_criterion(assessment=row(gate, key), state=S.MET, by=olga)

    assess_criterion(assessment=row(gate, "T1"), state=S.NOT_MET, note="It broke.", by=olga)

    assert Event.objects.get(type=events.GATE_LOST_READINESS).data == {"score": 50}


def test_the_event_says_what_it_was_and_what_it_became(gate, olga, sven):
    assess_criterion(assessment=row(gate), state=S.IN_PROGRESS, note="Soon.", responsible=sven, by=olga)

    told = Event.objects.get(type=events.CRITERION_ASSESSED)
    assert (told.actor, told.pilot) == (olga, gate.pilot)
    assert told.changes == {
        "state": ["unknown", "in_progress"],
        "note": ["", "Soon."],
        "responsible": ["", "Sven Sponsor"],
    }
    assert told.data == {"criterion": "V1 The business problem is named", "gate": "G1"}


def test_saying_the_same_again_changes_and_records_nothing(gate, olga):
    assess_criterion(assessment=row(gate), state=S.MET, note="Done.", by=olga)
    before = row(gate).state_since

    assess_criterion(assessment=row(gate), state=S.MET, note="Done.", by=olga)

    assert Event.objects.filter(type=events.CRITERION_ASSESSED).count() == 1
    assert row(gate).state_since == before


def test_since_when_it_stands_so_moves_with_the_state_only(gate, olga, on):
    with on("2026-03-02"):
        assess_criterion(assessment=row(gate), state=S.IN_PROGRESS, by=olga)
    with on("2026-03-09"):
        assess_criterion(assessment=row(gate), state=S.IN_PROGRESS, note="Still.", by=olga)

    assert row(gate).state_since.date() == date(2026, 3, 2)


@pytest.mark.parametrize(
    ("state", "note", "reason"),
    [
        (S.NOT_MET, "", "Say in a note why it is not met."),
        (S.WAIVED, "", "A criterion cannot be waived or set aside on the checklist."),
        (S.NOT_APPLICABLE, "", "A criterion cannot be waived or set aside on the checklist."),
    ],
)
def test_what_may_not_be_said_is_refused_and_writes_nothing(gate, olga, state, note, reason):
    with pytest.raises(RuleViolation, match=reason):
        assess_criterion(assessment=row(gate), state=state, note=note, by=olga)

    assert row(gate).state == S.UNKNOWN
    assert not Event.objects.filter(type=events.CRITERION_ASSESSED).exists()


def test_what_a_check_decides_cannot_be_said_but_can_be_handed_to_somebody(pilot, olga, sven):
    gate = make_gate([criterion("V1", check_name="kpis_fresh", state=S.NOT_MET, note="No KPI.")], pilot=pilot)

    with pytest.raises(RuleViolation, match="Pilotage decides this criterion itself"):
        assess_criterion(assessment=row(gate), state=S.MET, by=olga)
    assess_criterion(assessment=row(gate), state=S.NOT_MET, note="No KPI.", responsible=sven, by=olga)

    assert (row(gate).responsible, row(gate).state) == (sven, S.NOT_MET)


def test_what_does_not_apply_cannot_be_met(pilot, olga):
    gate = make_gate([criterion("V1", state=S.NOT_APPLICABLE), criterion("V2")], pilot=pilot)

    with pytest.raises(RuleViolation, match="does not apply to this pilot's risk tier"):
        assess_criterion(assessment=row(gate), state=S.MET, by=olga)


def test_the_checklist_of_a_decided_gate_is_history(gate, olga, sven):
    assessment = row(decided(gate))

    with pytest.raises(RuleViolation, match="its checklist cannot be changed"):
        assess_criterion(assessment=assessment, state=S.MET, by=olga)
    with pytest.raises(RuleViolation, match="its checklist cannot be changed"):
        assess_criterion(assessment=assessment, state=S.UNKNOWN, responsible=sven, by=olga)

    assert row(gate).responsible is None


def test_a_checklist_in_review_can_still_be_filled_in(pilot, olga):
    gate = make_gate(pilot=pilot, status=GateStatus.SUBMITTED)

    assert assess_criterion(assessment=row(gate), state=S.MET, by=olga).gate.score == 50


def test_assessing_takes_at_most_eight_queries(pilot, olga):
    gate = make_gate([criterion(f"C{place}") for place in range(40)], pilot=pilot)
    assessment = row(gate, "C7")

    with CaptureQueriesContext(connection) as queries:
        assess_criterion(assessment=assessment, state=S.MET, by=olga)

    asked = [q["sql"] for q in queries if "SAVEPOINT" not in q["sql"]]
    assert len(asked) <= 8, "\n".join(asked)


# --- What goes stale ---------------------------------------------------------------------------
@pytest.fixture
def reviewed(pilot, olga, on):
    """A security review valid for a year, met on 2 March 2026."""
    with on("2026-03-02"):
        gate = start(pilot, make_playbook(criteria=[criterion("R1", validity_days=365)]))
        assess_criterion(assessment=row(gate, "R1"), state=S.MET, note="Passed.", by=olga)
    return gate


def test_what_the_playbook_lets_expire_counts_until_the_day_before(reviewed):
    assert row(reviewed, "R1").stale_on == date(2027, 3, 2)


def test_handing_it_to_somebody_does_not_renew_it(reviewed, olga, sven, on):
    with on("2026-12-01"):
        assess_criterion(
            assessment=row(reviewed, "R1"), state=S.MET, note="Passed.", responsible=sven, by=olga
        )

    assert row(reviewed, "R1").stale_on == date(2027, 3, 2)


def test_saying_anew_how_it_is_met_renews_it(reviewed, olga, on):
    with on("2027-03-05"):
        filled = assess_criterion(assessment=row(reviewed, "R1"), state=S.MET, note="Passed again.", by=olga)

    assert row(reviewed, "R1").stale_on == date(2027, 3, 5) + timedelta(365)
    assert filled.gate.passes


def test_what_has_expired_can_be_shown_anew_in_the_same_words(reviewed, olga, on):
    with on("2027-03-05"):
        assess_criterion(assessment=row(reviewed, "R1"), state=S.MET, note="Passed.", by=olga)

    assert row(reviewed, "R1").stale_on == date(2027, 3, 5) + timedelta(365)


def test_what_is_no_longer_met_no_longer_expires(reviewed, olga):
    assess_criterion(assessment=row(reviewed, "R1"), state=S.IN_PROGRESS, by=olga)

    assert row(reviewed, "R1").stale_on is None


def test_the_default_gate_of_these_tests_has_three_criteria(gate):
    assert gate.assessments.count() == len(CRITERIA)
