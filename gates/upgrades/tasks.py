"""The queue's door to upgrades. Killed half-way it has moved whole chunks, and goes on from there."""

import logging
from copy import copy
from time import monotonic, sleep

from celery import shared_task
from django.db import connection

from gates.models import PlaybookVersion
from gates.upgrades.actions import upgrade_some
from pilots.actions.jobs import begin, fail, finish, hand_on

logger = logging.getLogger(__name__)
SECONDS = 120  # then another task goes on: none runs into its time limit
BREATH = 0.15  # seconds between two chunks, for others to write: SQLite keeps no queue of who waits


@shared_task
def upgrade_pilots(job_id: int):
    """Move the pilots of a job, chunk by chunk."""
    job = begin(job_id)
    if job is None:
        return
    ends = monotonic() + SECONDS
    kept = job  # as it is in the database: what a part that breaks said of it has been undone
    try:
        version = PlaybookVersion.objects.select_related("playbook").get(pk=job.order["version"])
        while job.done < job.total:
            if monotonic() > ends:
                hand_on(job)
                return
            kept = copy(job)
            if not upgrade_some(job=job, version=version):
                return  # it was cancelled, or another worker has it
            if connection.vendor == "sqlite":
                sleep(BREATH)
    except Exception:
        logger.exception("Job %s", job.pk)
        fail(kept, "Something went wrong that is not your fault; it is in the log. What was done stays.")
        return
    finish(job)
