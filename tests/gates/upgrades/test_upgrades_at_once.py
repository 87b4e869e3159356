"""Two who move the same pilots at once, and a decision in between: on real connections, PostgreSQL only."""

import threading
import time

import pytest
from django.db import transaction

from gates import events
from gates.amendments.actions import approve_amendment, ask_amendment
from gates.choices import AssessmentState, GateStatus, Outcome
from gates.decisions.actions import decide
from gates.models import Amendment, Assessment, Gate, PlaybookVersion
from gates.upgrades import actions
from gates.upgrades.actions import upgrade_chunk
from gates.upgrades.queries import movable
from gates.upgrades.tasks import upgrade_pilots
from pilots.actions.jobs import cancel_job, retry_job
from pilots.choices import JobState
from pilots.events import JOB_CANCELLED
from pilots.models import Event, Job
from pilots.rules import RuleViolation
from tests.at_once import at_once, errors
from tests.builders import make_playbook, start
from tests.gates.upgrades.builders import job_for, next_version
from tests.gates.upgrades.test_moving_many import NEW, many

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_two_who_move_the_same_pilots_at_once_move_each_of_them_once(programme, olga, petra):
    v1 = make_playbook()
    pilots = [pilot.pk for pilot in many(programme, olga, v1, 6)]
    v2 = next_version(v1, criteria=NEW)

    results = at_once(
        lambda: upgrade_chunk(pilots=pilots, version=v2, by=petra),
        lambda: upgrade_chunk(pilots=list(reversed(pilots)), version=v2, by=petra),
    )

    assert not errors(results)
    assert Event.objects.filter(type=events.PILOT_UPGRADED).count() == 6
    assert Assessment.objects.filter(criterion__key="R1").count() == 6
    assert Amendment.objects.count() == 6 * 4


def test_two_workers_with_the_same_job_do_its_work_once(programme, olga, petra):
    v1 = make_playbook()
    pilots = many(programme, olga, v1, 4)
    v2 = next_version(v1, criteria=NEW)
    job = job_for(v2, pilots, petra)

    assert not errors(at_once(lambda: upgrade_pilots(job.pk), lambda: upgrade_pilots(job.pk)))

    job = Job.objects.get()
    assert (job.state, job.done, job.result["moved"]) == (JobState.DONE, 4, 4)


@pytest.fixture(autouse=True)
def by_hand(monkeypatch):
    """Jobs wait for the worker that a test is."""
    monkeypatch.setattr("pilots.actions.jobs._send", lambda job: None)


@pytest.fixture
def two_by_two(monkeypatch, programme, olga, petra) -> tuple[Job, list]:
    """Six pilots to be moved, two at a time."""
    monkeypatch.setattr(actions, "CHUNK", 2)
    v1 = make_playbook()
    pilots = many(programme, olga, v1, 6)
    return job_for(next_version(v1, criteria=NEW), pilots, petra), pilots


def upgraded() -> int:
    return Event.objects.filter(type=events.PILOT_UPGRADED).count()


def test_cancelled_at_any_moment_what_is_counted_is_what_was_moved(two_by_two, petra):
    job, _ = two_by_two

    results = at_once(lambda: upgrade_pilots(job.pk), lambda: cancel_job(job=job, by=petra))

    job = Job.objects.get()
    assert job.done == job.result.get("moved", 0) == upgraded()
    if errors(results):  # the worker was faster
        assert [type(error) for error in errors(results)] == [RuleViolation]
        assert (job.state, job.done) == (JobState.DONE, 6)
    else:
        assert job.state == JobState.CANCELLED
        assert Event.objects.get(type=JOB_CANCELLED).data["done"] == job.done
        retry_job(job=job, by=petra)
        upgrade_pilots(job.pk)
    job = Job.objects.get()
    assert (job.state, job.done, job.result["moved"], upgraded()) == (JobState.DONE, 6, 6, 6)


def test_a_part_that_comes_first_is_done_whole_and_counted(two_by_two, petra, monkeypatch):
    job, _ = two_by_two
    written, done = threading.Event(), actions.advance

    def advance_and_wait(*args, **kwargs):
        found = done(*args, **kwargs)
        if not written.is_set():
            written.set()
            time.sleep(0.5)  # not committed yet: who cancels waits for it
        return found

    def cancel():
        written.wait(timeout=10)
        return cancel_job(job=job, by=petra)

    monkeypatch.setattr(actions, "advance", advance_and_wait)
    results = at_once(lambda: upgrade_pilots(job.pk), cancel)

    assert errors(results) == []
    job = Job.objects.get()
    assert (job.state, job.done, job.result["moved"], upgraded()) == (JobState.CANCELLED, 2, 2, 2)
    assert Event.objects.get(type=JOB_CANCELLED).data["done"] == 2


def test_a_part_that_comes_second_leaves_nothing(two_by_two, petra, monkeypatch):
    job, pilots = two_by_two
    working, cancelled, done = threading.Event(), threading.Event(), actions.advance

    def advance_after_the_other(*args, **kwargs):
        working.set()
        cancelled.wait(timeout=10)  # everything else of this part is written
        return done(*args, **kwargs)

    def cancel():
        working.wait(timeout=10)
        with transaction.atomic():
            cancel_job(job=job, by=petra)
            cancelled.set()
            time.sleep(0.5)  # not committed yet: the worker waits for it

    monkeypatch.setattr(actions, "advance", advance_after_the_other)
    results = at_once(lambda: upgrade_pilots(job.pk), cancel)

    assert errors(results) == []
    job = Job.objects.get()
    assert (job.state, job.done, job.result, upgraded()) == (JobState.CANCELLED, 0, {}, 0)
    assert Gate.objects.filter(definition__phase__version=job.order["version"]).count() == 0
    assert movable(petra, PlaybookVersion.objects.get(pk=job.order["version"])).count() == len(pilots)


def test_of_two_who_cancel_at_once_one_does(two_by_two, petra, ida):
    job, _ = two_by_two

    results = at_once(lambda: cancel_job(job=job, by=petra), lambda: cancel_job(job=job, by=ida))

    (lost,) = errors(results)
    assert str(lost) == "This is over already, so there is nothing left to cancel."
    assert Event.objects.filter(type=JOB_CANCELLED).count() == 1


def test_a_decision_while_pilots_move_is_taken_before_or_after_on_one_set_of_terms(pilot, ana, petra):
    v1 = make_playbook()
    gate = start(pilot, v1)
    gate.assessments.update(state=AssessmentState.MET)
    v2 = next_version(v1, criteria=NEW)

    results = at_once(
        lambda: upgrade_chunk(pilots=[pilot.pk], version=v2, by=petra),
        lambda: decide(gate=gate, outcome=Outcome.GO, reason="Yes.", by=ana),
    )

    gate.refresh_from_db()
    version = gate.definition.phase.version
    if gate.status == GateStatus.DECIDED:  # the decision came first: it stands as it was taken
        assert not errors(results)
        assert version == v1
        current = pilot.gates.current().get()
        assert current.definition.phase.key == v1.phases.get(position=2).key
    else:  # the move came first, and R1 is open: no go on the new terms
        assert [type(error) for error in errors(results)] == [RuleViolation]
        assert version == v2


def test_of_two_who_approve_the_same_amendment_one_does(pilot, olga, ana, erik):
    gate = start(pilot)
    asked = ask_amendment(
        gate=gate, assessment=None, field="score_threshold", after=40, reason="Small.", by=olga
    )

    results = at_once(
        lambda: approve_amendment(amendment=asked, by=ana),
        lambda: approve_amendment(amendment=asked, by=erik),
    )

    (lost,) = errors(results)
    assert str(lost) == "This amendment has been settled already."
    assert Event.objects.filter(type=events.AMENDMENT_APPROVED).count() == 1
