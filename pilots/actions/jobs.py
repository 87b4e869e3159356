"""Long work: starting it, saying how far it is, ending it. A worker may die at any moment.

Whoever writes how far a job is, writes to the row that is still in its hands (`_held`), in the transaction of
the work itself. So once a job is cancelled or taken up again, nothing more of an earlier worker counts.
"""

import logging
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.module_loading import import_string
from kombu.exceptions import OperationalError

from pilots import events
from pilots.choices import JobState
from pilots.events import build, record, record_many
from pilots.models import Job, User
from pilots.rules import SILENCE, RuleViolation, cancel_blockers, is_silent, retry_blockers

logger = logging.getLogger(__name__)

LOST = "The worker that did this has stopped. What it did stays; try again to do the rest."


@transaction.atomic
def start_job(
    *,
    kind: str,
    what: str,
    unit: str,
    order: dict[str, Any],
    total: int,
    link: str = "",
    leaves: str = "",
    by: User,
) -> Job:
    """Write down what is to be done and hand it to the workers after the commit. `kind` names the task.

    `leaves` says what there is when it is cancelled half-way; without it it cannot be. In `order`, `names` may
    list what is worked through, in that order, and `page` where each is (`/pilots/{}/`): then what came of each
    is told. The same order that this person has under way already is that job.
    """
    User.objects.select_for_update().get(pk=by.pk)
    under_way = Job.objects.under_way().filter(kind=kind, started_by=by)
    known = next((job for job in under_way if job.order == order), None)
    if known is not None:
        return known
    now = timezone.now()
    job = Job.objects.create(
        kind=kind, what=what, unit=unit, order=order, total=total, link=link, leaves=leaves,
        started_by=by, started_at=now, beat_at=now,
    )  # fmt: skip
    record(events.JOB_STARTED, subject=job, actor=by, what=what, of=total)
    _send(job)
    return job


def _send(job: Job) -> None:
    def hand_over() -> None:
        try:
            import_string(job.kind).delay(job.pk)  # a web process has loaded no tasks beforehand
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
    Job.objects.filter(pk=job_id, begun_at__isnull=True).update(begun_at=now, begun_with=F("done"))
    return Job.objects.select_related("started_by").get(pk=job_id)


def _held(job: Job):
    """The row of a job, as long as it is still in the hands of whoever has this object."""
    return Job.objects.filter(pk=job.pk, state=JobState.RUNNING, beat_at=job.beat_at)


def advance(job: Job, *, by: int, phase: str = "") -> bool:
    """So many more are done; in the caller's transaction, with what was done. False: it was taken away."""
    held, done, now = _held(job), job.done + by, timezone.now()
    job.phase = phase or job.phase
    if not held.update(done=done, beat_at=now, phase=job.phase, result=job.result):
        return False
    job.done, job.beat_at = done, now
    return True


@transaction.atomic
def hand_on(job: Job) -> None:
    """Let another task go on with the rest."""
    if _held(job).update(state=JobState.WAITING, beat_at=timezone.now()):
        _send(job)


def finish(job: Job) -> None:
    """All of it is done; `job.result` says what came of it."""
    _end(job, JobState.DONE, events.JOB_FINISHED, "")


def fail(job: Job, error: str) -> None:
    """It cannot go on; `error` is a sentence for whoever started it."""
    _end(job, JobState.FAILED, events.JOB_FAILED, error)


@transaction.atomic
def _end(job: Job, state: JobState, event: str, error: str) -> None:
    """Nothing happens where it was cancelled or taken away meanwhile."""
    now = timezone.now()
    if _held(job).update(state=state, error=error, finished_at=now, beat_at=now):
        record_many([_ended(Job.objects.get(pk=job.pk), event, JobState.RUNNING, state)])


def _ended(job: Job, event: str, before: str, after: str, by: User | None = None):
    changes = {"state": [str(before), str(after)]}
    said = {"what": job.what, "done": job.done, "of": job.total, "error": job.error}
    return build(event, subject=job, actor=by, changes=changes, **said)


@transaction.atomic
def cancel_job(*, job: Job, by: User) -> Job:
    """Begin no more of it: what was done stays done. Raises RuleViolation.

    The part in hand at this moment is done whole and counted, or not at all: whoever comes first to the row
    of the job lets the other see it.
    """
    job = Job.objects.select_for_update().get(pk=job.pk)
    blockers = cancel_blockers(state=job.state, done=job.done, total=job.total, is_safe=bool(job.leaves))
    if blockers:
        raise RuleViolation(*blockers)
    before, job.state = job.state, JobState.CANCELLED
    job.cancelled_by, job.finished_at = by, timezone.now()
    job.save(update_fields=["state", "cancelled_by", "finished_at"])
    record_many([_ended(job, events.JOB_CANCELLED, before, job.state, by)])
    return job


@transaction.atomic
def retry_job(*, job: Job, by: User) -> Job:
    """Do the rest of a job that failed, was cancelled or lost its worker. Raises RuleViolation."""
    job = Job.objects.select_for_update().get(pk=job.pk)
    now, before = timezone.now(), job.state
    blockers = retry_blockers(
        state=job.state, is_silent=is_silent(state=job.state, beat_at=job.beat_at, now=now)
    )
    if blockers:
        raise RuleViolation(*blockers)
    job.state, job.error, job.finished_at = JobState.WAITING, "", None
    job.cancelled_by, job.begun_at, job.beat_at = None, None, now
    job.save(update_fields=["state", "error", "finished_at", "cancelled_by", "begun_at", "beat_at"])
    changes = {"state": [str(before), JobState.WAITING.value]}
    record(events.JOB_RETRIED, subject=job, actor=by, changes=changes, what=job.what)
    _send(job)
    return job


@transaction.atomic
def sweep_jobs() -> None:
    """What has fallen silent has failed, visibly; what never reached a worker is handed over once more."""
    now = timezone.now()
    silent = Job.objects.filter(beat_at__lt=now - SILENCE).select_for_update(skip_locked=True)
    for job in silent.filter(state=JobState.RUNNING):
        job.state, job.error, job.finished_at = JobState.FAILED, LOST, now
        job.save(update_fields=["state", "error", "finished_at"])
        record_many([_ended(job, events.JOB_FAILED, JobState.RUNNING, job.state)])
    for job in silent.filter(state=JobState.WAITING):
        job.beat_at = now
        job.save(update_fields=["beat_at"])
        _send(job)
