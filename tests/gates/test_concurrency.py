"""Two people at once, on real threads and connections. SQLite takes one write at a time: PostgreSQL only."""

import time
from datetime import timedelta
from itertools import count
from threading import Event

import pytest
from django.db import connection, transaction
from django.utils import timezone

from gates.checklist.actions import assess_criterion
from gates.choices import AskStatus, AssessmentState, GateStatus, Outcome
from gates.decisions.actions import Promise, decide
from gates.decisions.conditions import meet_condition, step_down_lapsed
from gates.decisions.corrections import correct_decision
from gates.journey.actions import request_review, start_pilot
from gates.journey.readiness import explain, refresh_gates
from gates.models import Assessment, Decision, Gate, Waiver
from gates.waivers.actions import approve_waiver, ask_waiver, refuse_waiver
from metrics.models import Measurement
from pilots.actions.pilots import create_pilot
from pilots.events import dispatch_waiting
from pilots.models import Event as Happening
from pilots.models import Pilot, Sequence
from pilots.rules import RuleViolation
from tests.at_once import at_once, errors
from tests.builders import criterion, make_gate, make_kpi, make_pilot, make_playbook, measure, start
from tests.gates.decisions.deciding import conditional, hold, met
from tests.pilots.test_events import heard

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
S = AssessmentState


def test_of_two_people_deciding_at_once_one_wins_and_the_other_is_told(pilot, ana, sven, erik):
    gate = start(pilot)
    gate.assessments.update(state=S.MET)

    results = at_once(
        lambda: decide(gate=gate, outcome=Outcome.GO, reason_code="ready", reason="Yes.", by=ana),
        lambda: decide(gate=gate, outcome=Outcome.GO, reason_code="ready", reason="Yes.", by=sven),
        lambda: decide(
            gate=gate, outcome=Outcome.STOP, reason="No.", by=erik, reason_code="data", lesson="Ask."
        ),
    )

    lost = errors(results)
    assert [type(error) for error in lost] == [RuleViolation, RuleViolation]
    assert {str(error) for error in lost} == {"This gate is not open, so there is nothing to decide."}
    assert Decision.objects.count() == 1
    assert pilot.gates.filter(attempt=1, status=GateStatus.DECIDED).count() == 1


def test_workers_stepping_down_at_once_step_down_once(pilot, ana):
    gate, day = met(start(pilot)), timezone.localdate()
    conditional(gate, ana, Promise("Train", day + timedelta(1)))

    results = at_once(*[lambda: step_down_lapsed(today=day + timedelta(2))] * 4)

    assert errors(results) == []
    assert sum(results) == Decision.objects.filter(steps_down__isnull=False).count() == 1
    assert Happening.objects.filter(type="gates.decision_stepped_down").count() == 1


def test_meeting_a_condition_while_it_lapses_ends_held_or_active_but_never_torn(pilot, ana, olga):
    gate, day = met(start(pilot)), timezone.localdate()
    condition = conditional(gate, ana, Promise("Train", day + timedelta(1))).conditions.get()

    results = at_once(
        lambda: step_down_lapsed(today=day + timedelta(2)),
        lambda: meet_condition(condition=condition, note="Done.", by=olga),
    )

    pilot.refresh_from_db()
    assert errors(results) == []
    assert pilot.state == "active"


def test_two_corrections_at_once_are_one(pilot, ana, sven):
    decision = hold(start(pilot), ana, review_on=timezone.localdate() + timedelta(9))

    results = at_once(
        *[
            lambda by=by: correct_decision(decision=decision, correction_reason="Wrong.", reason="So.", by=by)
            for by in (ana, sven, ana)
        ]
    )

    assert [type(error) for error in errors(results)] == [RuleViolation, RuleViolation]
    assert Decision.objects.standing().count() == 1


def test_a_mail_written_while_somebody_corrects_locks_nobody_out(pilot, ana):
    """PostgreSQL checks that what a new row names is there: its pilot first, then its gate."""
    decision = hold(start(pilot), ana, review_on=timezone.localdate() + timedelta(9))
    named = Event()

    def name(table: str, pk: int):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM {table} WHERE id = %s FOR KEY SHARE", [pk])

    def write_a_mail():
        with transaction.atomic():
            name("pilots_pilot", pilot.pk)
            named.set()
            time.sleep(0.5)  # the other now has the gate, and wants the pilot
            name("gates_gate", decision.gate_id)

    def correct():
        named.wait(timeout=10)
        return correct_decision(decision=decision, correction_reason="Wrong.", reason="So.", by=ana)

    assert errors(at_once(write_a_mail, correct)) == []


def test_a_decided_gate_stays_as_decided_while_others_recompute(pilot, ana):
    gate = make_gate(
        [criterion("V1", state=S.MET), criterion("O1", check_name="sponsor_named", state=S.MET)], pilot=pilot
    )

    decided, today = Event(), timezone.localdate()

    def decide_then_lose_the_sponsor():
        with transaction.atomic():
            decide(gate=gate, outcome=Outcome.GO, reason_code="ready", reason="Yes.", by=ana)
            Pilot.objects.filter(pk=pilot.pk).update(sponsor=None)
            decided.set()
            time.sleep(0.3)  # the others now find the gate still open, and wait for its lock

    def refresh():
        decided.wait(timeout=10)
        refresh_gates(Gate.objects.filter(pilot=pilot), today=today)

    results = at_once(decide_then_lose_the_sponsor, refresh)

    gate.refresh_from_db()
    assert errors(results) == []
    assert (gate.status, gate.score) == (GateStatus.DECIDED, 100)
    assert set(gate.assessments.values_list("state", flat=True)) == {S.MET}


def test_two_people_filling_in_at_once_keep_the_score_right(pilot, olga, petra):
    keys = [f"C{place}" for place in range(8)]
    gate = make_gate([criterion(key) for key in keys], pilot=pilot)
    rows = list(gate.assessments.order_by("criterion__position"))

    results = at_once(
        *(
            lambda row=row, by=by: assess_criterion(assessment=row, state=S.MET, by=by)
            for row, by in zip(rows, [olga, petra] * 4, strict=True)
        )
    )

    gate.refresh_from_db()
    assert errors(results) == []
    assert (gate.score, gate.blocker_count, gate.must_met, gate.passes) == (100, 0, 8, True)
    assert Happening.objects.filter(type="gates.gate_became_ready").count() == 1


def test_filling_in_and_recomputing_at_once_end_in_agreement(pilot, olga):
    gate = make_gate([criterion(f"C{place}") for place in range(4)], pilot=pilot)
    today = timezone.localdate()

    results = at_once(
        *(
            lambda row=row: assess_criterion(assessment=row, state=S.MET, by=olga)
            for row in gate.assessments.all()
        ),
        *[lambda: refresh_gates(Gate.objects.all(), today=today)] * 3,
    )

    gate.refresh_from_db()
    rows = list(Assessment.objects.filter(gate=gate).select_related("criterion"))
    assert errors(results) == []
    assert gate.score == explain(gate, rows, today=today).score == 100


def test_a_pilot_started_twice_at_once_starts_once(pilot, olga):
    version, today = make_playbook(), timezone.localdate()

    results = at_once(*[lambda: start_pilot(pilot=pilot, version=version, on=today, by=olga)] * 3)

    assert [str(error) for error in errors(results)] == ["This pilot is already on its way."] * 2
    assert pilot.gates.current().count() == 1


def test_a_review_asked_for_twice_at_once_is_asked_for_once(pilot, olga):
    gate = start(pilot)

    results = at_once(*[lambda: request_review(gate=gate, by=olga)] * 3)

    assert [str(error) for error in errors(results)] == ["A review has already been requested."] * 2
    assert Happening.objects.filter(type="gates.review_requested").count() == 1


def test_no_number_is_handed_out_twice():
    def take() -> list[int]:
        return [number for _ in range(25) for number in Sequence.take("pilot", 2)]

    results = at_once(take, take, take, take)

    assert errors(results) == []
    numbers = [number for taken in results for number in taken]
    assert sorted(numbers) == list(range(1, 201))


def test_pilots_created_at_once_have_keys_of_their_own(programme, olga):
    titles = count(1)  # the same title again within seconds would be taken for a double click

    def create() -> list[str]:
        return [create_pilot(programme=programme, by=olga, title=f"Any {next(titles)}").key for _ in range(5)]

    results = at_once(create, create, create, create)

    assert errors(results) == []
    assert len({key for keys in results for key in keys}) == 20


def test_the_same_reading_sent_at_once_is_written_once(pilot, olga):
    kpi = make_kpi(pilot)
    day = timezone.localdate()

    results = at_once(*[lambda: measure(kpi, 12, on=day, by=olga)] * 4)

    assert errors(results) == []
    assert Measurement.objects.count() == 1


def test_workers_sweeping_at_once_start_each_reaction_once(settings):
    heard.clear()
    pilots = [make_pilot() for _ in range(3)]
    settings.EVENT_REACTIONS = "tests.pilots.test_events.REACTIONS"
    Happening.objects.bulk_create(
        Happening(type="pilots.pilot_created", pilot=pilot, subject="x", at=timezone.now())
        for pilot in pilots
        for _ in range(20)
    )

    results = at_once(*[lambda: dispatch_waiting(limit=10)] * 4)
    dispatch_waiting()

    assert errors(results) == []
    assert sorted(heard) == sorted(Happening.objects.values_list("pk", flat=True))


def test_of_two_people_deciding_on_a_waiver_at_once_one_wins_and_the_other_is_told(pilot, olga, ana, sven):
    gate = make_gate(pilot=pilot)
    row = gate.assessments.get(criterion__key="V1")
    until = timezone.localdate() + timedelta(days=30)
    waiver = ask_waiver(assessment=row, reason="It comes.", expires_on=until, by=olga)

    results = at_once(
        lambda: approve_waiver(waiver=waiver, by=ana),
        lambda: refuse_waiver(waiver=waiver, note="No.", by=sven),
        lambda: approve_waiver(waiver=waiver, by=sven),
    )

    told = errors(results)
    waiver.refresh_from_db()
    assert [type(error) for error in told] == [RuleViolation, RuleViolation]
    words = f"This waiver has already been {waiver.get_status_display().lower()} by {waiver.decided_by} on "
    assert all(str(error).startswith(words) for error in told)
    row.refresh_from_db()
    assert (row.state == S.WAIVED) == (waiver.status == AskStatus.APPROVED)


def test_of_two_people_asking_for_a_waiver_at_once_one_wins(pilot, olga, petra):
    gate = make_gate(pilot=pilot)
    row = gate.assessments.get(criterion__key="V1")
    until = timezone.localdate() + timedelta(days=30)

    results = at_once(
        *(
            lambda who=who: ask_waiver(assessment=row, reason="It comes.", expires_on=until, by=who)
            for who in (olga, petra)
        )
    )

    assert [str(error) for error in errors(results)] == [
        "A waiver of this criterion has already been asked for."
    ]
    assert Waiver.objects.count() == 1


def test_meeting_a_criterion_while_its_waiver_is_approved_leaves_it_met_or_waived_and_never_both(
    pilot, olga, ana
):
    gate = make_gate(pilot=pilot)
    row = gate.assessments.get(criterion__key="V1")
    until = timezone.localdate() + timedelta(days=30)
    waiver = ask_waiver(assessment=row, reason="It comes.", expires_on=until, by=olga)

    results = at_once(
        lambda: approve_waiver(waiver=waiver, by=ana),
        lambda: assess_criterion(assessment=row, state=S.MET, by=olga),
    )

    row.refresh_from_db()
    waiver.refresh_from_db()
    gate.refresh_from_db()
    assert (row.state, row.stale_on, gate.must_met) == (S.MET, None, 1)
    # Meeting it ended the waiver: approved just before, or before the approval, which was refused then.
    assert waiver.status == AskStatus.ENDED
    refused = [str(error) for error in errors(results)]
    assert refused == ([] if waiver.decided_by else ["This waiver has ended by itself."])
