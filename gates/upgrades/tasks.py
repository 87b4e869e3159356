"""The queue's door to upgrades. Killed half-way it has moved whole chunks, and goes on from there."""

import logging
from time import monotonic

from celery import shared_task

from gates.models import PlaybookVersion
from gates.upgrades.actions import upgrade_some
from pilots.actions.jobs import begin, fail, finish, hand_on

logger = logging.getLogger(__name__)
SECONDS = 120  # then another task goes on: none runs into its time limit


@shared_task
def upgrade_pilots(job_id: int):
    """Move the pilots of a job, chunk by chunk."""
    job = begin(job_id)
    if job is None:
        return
    ends = monotonic() + SECONDS
    try:
        version = PlaybookVersion.objects.select_related("playbook").get(pk=job.order["version"])
        while job.done < job.total:
            if monotonic() > ends:
                hand_on(job)
                return
            if not upgrade_some(job=job, version=version):
                return  # another worker has it
    except Exception:
        logger.exception("Job %s", job.pk)
        fail(job, "Something went wrong that is not your fault; it is in the log. What was done stays.")
        return
    finish(job)
