"""What is remembered of a decision, and that it is never edited."""

from datetime import date, timedelta

import pytest

from gates import events
from gates.choices import REASON_CODES, AssessmentState, GateStatus, Outcome
from gates.decisions.actions import decide
from gates.journey.readiness import refresh_gates
from gates.models import Decision, Gate
from pilots.choices import PilotState
from pilots.models import Event
from tests.builders import PHASES, criterion, make_gate, make_kpi, make_pilot, make_playbook, measure, start
from tests.gates.decisions.deciding import DAY, go, hold, met, stop

pytestmark = pytest.mark.django_db
S = AssessmentState


def test_a_decision_keeps_what_was_seen(pilot, ana):
    gate = make_gate(
        [
            criterion("V1", state=S.MET, weight=3, title="Problem named", note="Yes."),
            criterion("T1", state=S.NOT_MET, area="technical", title="Tried", note="No."),
        ],
        pilot=pilot,
    )

    decision = stop(gate, ana)

    seen = Decision.objects.get(pk=decision.pk).seen
    assert seen.pop("facts")["criteria"]["T1"]["state"] == "not_met"
    assert seen == {
        "fired": [],
        "quorum_missing": [],
        "money": None,
        "score": 75,
        "floor": 0,
        "floor_area": "technical",
        "unknown": 0,
        "passes": False,
        "blockers": ["T1"],
        "score_threshold": 60,
        "floor_threshold": 0,
        "criteria": [
            {
                "key": "V1",
                "title": "Problem named",
                "kind": "must_meet",
                "area": "value",
                "state": "met",
                "note": "Yes.",
            },
            {
                "key": "T1",
                "title": "Tried",
                "kind": "must_meet",
                "area": "technical",
                "state": "not_met",
                "note": "No.",
            },
        ],
    }


def test_what_was_seen_stays_when_the_world_moves_on(pilot, ana):
    kpi = make_kpi(pilot, kind="guardrail")
    measure(kpi, 25, on=DAY - timedelta(1))
    gate = make_gate([criterion("V1", check_name="no_guardrail_broken", state=S.MET)], pilot=pilot)
    decision = go(gate, ana)

    measure(kpi, 1, on=DAY)
    refresh_gates(Gate.objects.all(), today=DAY)

    assert Decision.objects.get(pk=decision.pk).seen["criteria"][0]["state"] == "met"
    assert gate.assessments.get().state == S.MET


@pytest.mark.parametrize(
    ("outcome", "facts", "changes"),
    [
        (Outcome.GO, {}, {"status": ["open", "decided"]}),
        (
            Outcome.HOLD,
            {"review_on": date(2026, 6, 1)},
            {"planned_on": ["2026-02-20", "2026-06-01"], "state": ["active", "on_hold"]},
        ),
        (
            Outcome.STOP,
            {"lesson": "Ask."},
            {"status": ["open", "decided"], "state": ["active", "stopped"], "ended_on": [None, "2026-03-02"]},
        ),
    ],
)
def test_the_event_says_what_the_decision_changed(gate, pilot, ana, outcome, facts, changes):
    code = REASON_CODES[outcome][0]
    decision = decide(gate=met(gate), outcome=outcome, reason_code=code, reason="So.", by=ana, **facts)

    told = Event.objects.get(type=events.GATE_DECIDED)
    assert (told.actor, told.pilot, told.subject) == (ana, pilot, f"gates.Decision:{decision.pk}")
    assert told.changes == changes
    assert told.data["outcome"] == outcome
    assert (told.data["score"], told.data["blockers"]) == (100, 0)


def test_resuming_from_a_hold_is_told_as_a_change_of_state(gate, ana):
    hold(gate, ana)

    go(gate, ana)

    told = Event.objects.filter(type=events.GATE_DECIDED).first()
    assert told.changes == {"status": ["open", "decided"], "state": ["on_hold", "active"]}


def test_a_decision_is_never_changed_or_deleted(gate, ana):
    decision = go(gate, ana)
    decision.reason = "Another."

    with pytest.raises(TypeError, match="never changed"):
        decision.save()
    with pytest.raises(TypeError, match="never deleted"):
        decision.delete()
    with pytest.raises(TypeError, match="never changed"):
        Decision.objects.update(reason="Another.")
    with pytest.raises(TypeError, match="never changed"):
        Decision.objects.bulk_update([decision], ["reason"])
    with pytest.raises(TypeError, match="never deleted"):
        Decision.objects.all().delete()
    assert Decision.objects.get().reason == "All is there."


def test_decisions_of_a_programme_are_seen_by_its_people_only(gate, ana, nils):
    decision = go(gate, ana)

    assert list(Decision.objects.visible_to(ana)) == [decision]
    assert not Decision.objects.visible_to(nils).exists()


def test_another_pilot_is_not_touched_by_a_decision(gate, pilot, programme, ana, olga):
    other = make_pilot(programme, owner=olga)
    other_gate = start(other, make_playbook(phases=PHASES))

    stop(gate, ana)

    other.refresh_from_db()
    other_gate.refresh_from_db()
    assert (other.state, other_gate.status) == (PilotState.ACTIVE, GateStatus.OPEN)
