"""Long work: starting it, saying how far it is, ending it. A worker may die at any moment."""

import logging
from datetime import timedelta
from typing import Any

from celery import current_app
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from pilots import events
from pilots.choices import JobState
from pilots.events import record
from pilots.models import Job, User
from pilots.rules import RuleViolation

logger = logging.getLogger(__name__)

SILENCE = timedelta(minutes=2)  # so long without a sign of life, and the worker is taken for dead
LOST = "The worker that did this has stopped. What it did stays; try again to do the rest."


@transaction.atomic
def start_job(
    *, kind: str, what: str, unit: str, order: dict[str, Any], total: int, link: str = "", by: User
) -> Job:
    """Write down what is to be done and hand it to the workers after the commit. `kind` names the task.

    The same order that this person has under way already is that job.
    """
    User.objects.select_for_update().get(pk=by.pk)
    under_way = Job.objects.filter(kind=kind, started_by=by, finished_at__isnull=True)
    known = next((job for job in under_way if job.order == order), None)
    if known is not None:
        return known
    now = timezone.now()
    job = Job.objects.create(
        kind=kind, what=what, unit=unit, order=order, total=total, link=link,
        started_by=by, started_at=now, beat_at=now,
    )  # fmt: skip
    record(events.JOB_STARTED, subject=job, actor=by, what=what, of=total)
    _send(job)
    return job


def _send(job: Job) -> None:
    def hand_over() -> None:
        try:
            current_app.tasks[job.kind].delay(job.pk)
        except OperationalError:
            logger.warning("The broker does not answer; %s waits for the next sweep.", job)

    transaction.on_commit(hand_over)


@transaction.atomic
def begin(job_id: int) -> Job | None:
    """Take a waiting job, or one whose worker has died; None when it is in other hands or over."""
    now = timezone.now()
    free = Q(state=JobState.WAITING) | Q(state=JobState.RUNNING, beat_at__lt=now - SILENCE)
    if not Job.objects.filter(free, pk=job_id).update(state=JobState.RUNNING, beat_at=now):
        return None
    return Job.objects.select_related("started_by").get(pk=job_id)


def advance(job: Job, *, by: int, phase: str = "") -> bool:
    """So many more are done; in the caller's transaction, with what was done. False: it was taken away."""
    job.done += by
    held = Job.objects.filter(pk=job.pk, state=JobState.RUNNING, beat_at=job.beat_at)
    job.beat_at, job.phase = timezone.now(), phase or job.phase
    changed = {"done": job.done, "beat_at": job.beat_at, "phase": job.phase, "result": job.result}
    return bool(held.update(**changed))


@transaction.atomic
def hand_on(job: Job) -> None:
    """Let another task go on with the rest."""
    job.state, job.beat_at = JobState.WAITING, timezone.now()
    job.save(update_fields=["state", "beat_at"])
    _send(job)


def finish(job: Job) -> None:
    """All of it is done; `job.result` says what came of it."""
    _end(job, JobState.DONE, "")


def fail(job: Job, error: str) -> None:
    """It cannot go on; `error` is a sentence for whoever started it."""
    _end(job, JobState.FAILED, error)


def _end(job: Job, state: JobState, error: str) -> None:
    job.state, job.error, job.finished_at = state, error, timezone.now()
    job.beat_at = job.finished_at
    job.save(update_fields=["state", "error", "finished_at", "beat_at", "result", "done"])


@transaction.atomic
def retry_job(*, job: Job, by: User) -> Job:
    """Do the rest of a failed job. Raises RuleViolation."""
    job = Job.objects.select_for_update().get(pk=job.pk)
    if job.state != JobState.FAILED:
        raise RuleViolation("Only what has failed can be tried again.")
    job.state, job.error, job.finished_at = JobState.WAITING, "", None
    job.beat_at = timezone.now()
    job.save(update_fields=["state", "error", "finished_at", "beat_at"])
    changes = {"state": [JobState.FAILED.value, JobState.WAITING.value]}
    record(events.JOB_RETRIED, subject=job, actor=by, changes=changes, what=job.what)
    _send(job)
    return job


@transaction.atomic
def sweep_jobs() -> None:
    """What has fallen silent has failed, visibly; what never reached a worker is handed over once more."""
    long_ago = timezone.now() - SILENCE
    silent = Job.objects.filter(beat_at__lt=long_ago)
    now = timezone.now()
    silent.filter(state=JobState.RUNNING).update(state=JobState.FAILED, error=LOST, finished_at=now)
    for job in silent.filter(state=JobState.WAITING).select_for_update(skip_locked=True):
        job.beat_at = now
        job.save(update_fields=["beat_at"])
        _send(job)
