"""Moving many pilots in the background: chunks, a worker that dies, cancelling, what breaks."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gates import events
from gates.choices import Area, CriterionKind, GateStatus
from gates.models import Gate
from gates.upgrades import actions, tasks
from gates.upgrades.actions import upgrade_chunk
from gates.upgrades.queries import movable
from gates.upgrades.tasks import upgrade_pilots
from pilots.actions.jobs import cancel_job, retry_job, sweep_jobs
from pilots.choices import JobState
from pilots.models import Event, Job
from pilots.progress import outcomes
from pilots.rules import SILENCE
from tests.builders import (
    criterion,
    make_pilot,
    make_playbook,
    start,
)
from tests.gates.upgrades.builders import job_for, next_version

pytestmark = pytest.mark.django_db
NEW = (
    criterion("V1", weight=1, title="The business problem is named"),
    criterion("T1", area=Area.TECHNICAL, weight=2, kind=CriterionKind.SHOULD_MEET),
    criterion("R1", area=Area.RISK, weight=4),
)


@pytest.fixture
def v1():
    return make_playbook()


@pytest.fixture
def gate(pilot, v1) -> Gate:
    return start(pilot, v1)


# --- Many, in the background -------------------------------------------------------------------
def many(programme, owner, version, count) -> list:
    pilots = [make_pilot(programme, owner=owner, title=f"Pilot {n}") for n in range(count)]
    for pilot in pilots:
        start(pilot, version)
    return pilots


def test_a_chunk_takes_as_many_queries_for_many_pilots_as_for_few(programme, olga, petra, v1):
    pilots = many(programme, olga, v1, 42)
    v2 = next_version(v1, criteria=NEW)

    def moved(some):
        with CaptureQueriesContext(connection) as asked:
            upgrade_chunk(pilots=[p.pk for p in some], version=v2, by=petra)
        return len(asked)

    few, lots = moved(pilots[:2]), moved(pilots[2:])

    assert lots <= few + 5  # SQLite takes so many values in a statement
    assert not movable(petra, v2)


def test_the_job_moves_all_and_says_so(programme, olga, petra, v1, django_capture_on_commit_callbacks):
    pilots = many(programme, olga, v1, 3)
    v2 = next_version(v1, criteria=NEW)

    with django_capture_on_commit_callbacks(execute=True):
        job = job_for(v2, pilots, petra)

    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.result["moved"]) == (JobState.DONE, 3, 3, 3)
    assert not movable(petra, v2)


def test_a_worker_killed_half_way_leaves_whole_chunks_and_the_rest_can_be_done(
    programme, olga, petra, v1, monkeypatch
):
    monkeypatch.setattr(actions, "CHUNK", 2)
    pilots = many(programme, olga, v1, 5)
    v2 = next_version(v1, criteria=NEW)
    job = job_for(v2, pilots, petra)
    write, calls = actions._amend, []

    def die_the_second_time(*args):
        calls.append(args)
        if len(calls) == 2:
            raise SystemExit  # as a killed process: nothing after it runs
        return write(*args)

    monkeypatch.setattr(actions, "_amend", die_the_second_time)
    with pytest.raises(SystemExit):
        upgrade_pilots(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, movable(petra, v2).count()) == (JobState.RUNNING, 2, 3)

    upgrade_pilots(job.pk)  # delivered again while the first may still live: nobody does it twice
    job.refresh_from_db()
    assert job.done == 2

    Job.objects.update(beat_at=timezone.now() - SILENCE - timedelta(seconds=1))
    sweep_jobs()
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert job.error.startswith("The worker that did this has stopped.")

    retry_job(job=job, by=petra)
    upgrade_pilots(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.result["moved"]) == (JobState.DONE, 5, 5)
    assert Event.objects.filter(type=events.PILOT_UPGRADED).count() == 5


def test_cancelled_half_way_it_leaves_what_was_moved_and_does_the_rest_when_asked(
    programme, olga, petra, v1, monkeypatch
):
    monkeypatch.setattr(actions, "CHUNK", 2)
    pilots = many(programme, olga, v1, 5)
    v2 = next_version(v1, criteria=NEW)
    job = job_for(v2, pilots, petra)
    work = actions.upgrade_some

    def cancel_after_the_first(**arguments):
        found = work(**arguments)
        if Job.objects.get().done == 2:
            cancel_job(job=job, by=petra)
        return found

    monkeypatch.setattr(tasks, "upgrade_some", cancel_after_the_first)
    upgrade_pilots(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, movable(petra, v2).count()) == (JobState.CANCELLED, 2, 3)
    came = {found.words: [line.name for line in found.lines] for found in outcomes(job)}
    assert came == {"Done": [p.key for p in pilots[:2]], "Not begun": [p.key for p in pilots[2:]]}

    retry_job(job=job, by=petra)
    upgrade_pilots(job.pk)

    job.refresh_from_db()
    assert (job.state, job.done, job.result["moved"]) == (JobState.DONE, 5, 5)
    assert Event.objects.filter(type=events.PILOT_UPGRADED).count() == 5


def test_what_breaks_in_a_part_fails_the_job_with_what_was_done_before(
    programme, olga, petra, v1, monkeypatch
):
    monkeypatch.setattr(actions, "CHUNK", 2)
    v2 = next_version(v1, criteria=NEW)
    job = job_for(v2, many(programme, olga, v1, 5), petra)
    work, calls = actions.advance, []

    def break_the_second_time(*args, **kwargs):
        calls.append(args)
        found = work(*args, **kwargs)
        if len(calls) == 2:
            raise ZeroDivisionError
        return found

    monkeypatch.setattr(actions, "advance", break_the_second_time)
    upgrade_pilots(job.pk)

    job.refresh_from_db()
    assert (job.done, job.result["moved"], movable(petra, v2).count()) == (2, 2, 3)
    assert job.state == JobState.FAILED


def test_the_job_says_of_each_pilot_why_it_was_not_moved(programme, olga, petra, v1):
    there, decided, elsewhere = many(programme, olga, v1, 3)
    v2 = next_version(v1, criteria=NEW)
    job = job_for(v2, [there, decided, elsewhere], petra)
    decided.gates.filter(status=GateStatus.OPEN).update(
        status=GateStatus.DECIDED, decided_at=timezone.now(), waiting_on="nobody", waiting_since=None
    )
    upgrade_chunk(pilots=[elsewhere.pk], version=v2, by=petra)

    upgrade_pilots(job.pk)

    job.refresh_from_db()
    assert (job.state, job.done, job.result["moved"]) == (JobState.DONE, 3, 1)
    refused = dict(job.result["refused"])
    assert refused[decided.key].startswith("It has been decided on meanwhile")
    assert "or a later version already" in refused[elsewhere.key]
