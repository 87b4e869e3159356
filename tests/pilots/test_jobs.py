"""Long work: in whose hands it is, cancelling it, taking it up again, and a worker that dies."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from pilots import events
from pilots.actions import jobs
from pilots.actions.jobs import (
    advance,
    begin,
    cancel_job,
    fail,
    finish,
    hand_on,
    retry_job,
    start_job,
    sweep_jobs,
)
from pilots.choices import OVER, JobState
from pilots.models import Event, Job
from pilots.rules import SILENCE, RuleViolation, cancel_blockers, quarter, retry_blockers, seconds_left
from tests.builders import make_job

pytestmark = pytest.mark.django_db
S = JobState


@pytest.fixture
def running(petra) -> Job:
    """In the hands of a worker, one of three done."""
    waiting = make_job(petra, S.WAITING)
    return begin(waiting.pk)


def now_is(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def told(type_: str) -> list[Event]:
    return list(Event.objects.filter(type=type_).order_by("pk"))


# --- Cancelling --------------------------------------------------------------------------------
@pytest.mark.parametrize("state", [S.WAITING, S.RUNNING])
def test_what_is_under_way_can_be_cancelled_and_says_by_whom(petra, ida, state):
    job = make_job(petra, state)

    cancel_job(job=job, by=ida)

    job = now_is(job)
    assert (job.state, job.done, job.cancelled_by) == (S.CANCELLED, 1, ida)
    assert job.finished_at is not None
    (event,) = told(events.JOB_CANCELLED)
    assert event.changes == {"state": [state, "cancelled"]}
    assert (event.actor, event.data["done"], event.data["of"]) == (ida, 1, 3)


@pytest.mark.parametrize("state", OVER)
def test_what_is_over_cannot_be_cancelled(petra, state):
    job = make_job(petra, state)

    with pytest.raises(RuleViolation, match="over already"):
        cancel_job(job=job, by=petra)
    assert told(events.JOB_CANCELLED) == []


def test_what_cannot_be_left_half_done_cannot_be_cancelled(petra):
    with pytest.raises(RuleViolation, match="cannot be left half done"):
        cancel_job(job=make_job(petra, S.RUNNING, leaves=""), by=petra)


def test_what_is_all_done_but_for_saying_so_cannot_be_cancelled(petra):
    with pytest.raises(RuleViolation, match="All of it is done already"):
        cancel_job(job=make_job(petra, S.RUNNING, done=3), by=petra)


def test_after_it_was_cancelled_its_worker_changes_nothing_more(running, petra):
    cancel_job(job=running, by=petra)
    before = Job.objects.values().get()

    assert not advance(running, by=1)
    finish(running)
    fail(running, "It broke.")
    hand_on(running)
    assert begin(running.pk) is None
    sweep_jobs()

    assert Job.objects.values().get() == before
    assert told(events.JOB_FINISHED) == told(events.JOB_FAILED) == []


def test_the_database_wants_to_know_who_cancelled(petra):
    for facts in ({"state": S.CANCELLED, "cancelled_by": None}, {"state": S.DONE, "cancelled_by": petra}):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_job(petra, **facts)


# --- Taking it up again ------------------------------------------------------------------------
def test_what_was_cancelled_goes_on_where_it_stopped(running, petra):
    cancel_job(job=running, by=petra)

    retry_job(job=running, by=petra)

    job = now_is(running)
    assert (job.state, job.done, job.cancelled_by, job.finished_at) == (S.WAITING, 1, None, None)
    assert told(events.JOB_RETRIED)[0].changes == {"state": ["cancelled", "waiting"]}
    again = begin(job.pk)
    assert (again.done, again.begun_with) == (1, 1)
    assert advance(again, by=2)
    finish(again)
    assert (now_is(job).state, now_is(job).done) == (S.DONE, 3)


def test_its_first_worker_does_not_count_what_it_does_after_that(running, petra):
    cancel_job(job=running, by=petra)
    retry_job(job=running, by=petra)
    begin(running.pk)

    assert not advance(running, by=1)

    assert (now_is(running).state, now_is(running).done) == (S.RUNNING, 1)


@pytest.mark.parametrize("state", [S.WAITING, S.RUNNING, S.DONE])
def test_what_goes_on_or_is_done_is_not_taken_up_again(petra, state):
    with pytest.raises(RuleViolation, match="Only what has failed or was cancelled"):
        retry_job(job=make_job(petra, state), by=petra)


def test_a_job_whose_worker_fell_silent_can_be_taken_up_before_the_clock_finds_it(running, petra):
    Job.objects.update(beat_at=timezone.now() - SILENCE - timedelta(seconds=1))

    retry_job(job=running, by=petra)

    assert now_is(running).state == S.WAITING
    assert told(events.JOB_RETRIED)[0].changes == {"state": ["running", "waiting"]}


# --- Ends --------------------------------------------------------------------------------------
def test_its_end_is_told_with_what_was_done(running):
    advance(running, by=2)
    finish(running)

    (event,) = told(events.JOB_FINISHED)
    assert event.changes == {"state": ["running", "done"]}
    assert (event.data["done"], event.data["of"]) == (3, 3)


def test_its_failure_is_told_with_the_reason(running):
    fail(running, "It broke.")

    assert now_is(running).error == "It broke."
    assert told(events.JOB_FAILED)[0].data["error"] == "It broke."


def test_a_dead_worker_ends_in_a_failure_that_is_told_once(running):
    Job.objects.update(beat_at=timezone.now() - SILENCE - timedelta(seconds=1))

    sweep_jobs()
    sweep_jobs()

    assert (now_is(running).state, now_is(running).error) == (S.FAILED, jobs.LOST)
    assert len(told(events.JOB_FAILED)) == 1


def test_what_no_worker_took_is_handed_over_once_more(petra, monkeypatch, django_capture_on_commit_callbacks):
    job = make_job(petra, S.WAITING, beat_at=timezone.now() - SILENCE - timedelta(seconds=1))
    handed = []
    monkeypatch.setattr("pilots.tasks.sweep_jobs.delay", handed.append)

    with django_capture_on_commit_callbacks(execute=True):
        sweep_jobs()
        sweep_jobs()

    assert handed == [job.pk]


def test_a_job_handed_on_remembers_when_it_was_begun(running):
    begun_at = running.begun_at
    advance(running, by=1)
    hand_on(running)

    again = begin(running.pk)

    assert (again.begun_at, again.begun_with, again.done) == (begun_at, 1, 2)


def test_the_same_order_after_a_cancelled_one_is_a_new_job(petra):
    order = {"kind": "pilots.tasks.sweep_jobs", "what": "Tidy", "unit": "rows", "order": {"a": 1}, "total": 2}
    first = start_job(**order, leaves="Half.", by=petra)
    assert start_job(**order, leaves="Half.", by=petra) == first
    cancel_job(job=first, by=petra)

    assert start_job(**order, leaves="Half.", by=petra) != first


# --- Rules -------------------------------------------------------------------------------------
COUNTS = st.integers(0, 10_000)


@given(st.sampled_from(S), COUNTS, COUNTS, st.booleans(), st.booleans())
def test_nothing_can_be_both_cancelled_and_taken_up_again_but_what_is_silent(
    state, done, total, safe, silent
):
    cancelled = not cancel_blockers(state=state, done=done, total=total, is_safe=safe)
    taken_up = not retry_blockers(state=state, is_silent=silent and state == S.RUNNING)

    assert not (cancelled and taken_up) or silent
    assert not cancelled or (state not in OVER and safe and done < total)


@given(COUNTS, COUNTS, COUNTS, st.floats(0, 1e6), st.floats(0, 1e4))
def test_the_time_left_is_told_when_it_can_be(begun_with, did, left, seconds, since):
    done, total = begun_with + did, begun_with + did + left

    found = seconds_left(done=done, begun_with=begun_with, total=total, seconds=seconds, since=since)

    if found is None:
        assert seconds + since < 3 or did == 0 or left == 0 or did < total / 20
    else:
        assert found >= 1
        assert found <= seconds * left / did + 1


def test_the_time_left_in_numbers():
    assert seconds_left(done=50, begun_with=0, total=150, seconds=10) == 20
    assert seconds_left(done=50, begun_with=0, total=150, seconds=10, since=5) == 15
    assert seconds_left(done=60, begun_with=50, total=100, seconds=10) == 40
    assert seconds_left(done=50, begun_with=0, total=150, seconds=2) is None
    assert seconds_left(done=4, begun_with=0, total=100, seconds=60) is None


@given(COUNTS, COUNTS)
def test_quarters_go_from_nothing_to_all(done, left):
    total = done + left
    passed = quarter(done, total)

    assert passed in (0, 25, 50, 75, 100)
    assert (passed == 100) is (total > 0 and left == 0)
    assert quarter(min(done + 1, total), total) >= passed
