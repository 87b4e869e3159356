"""The Celery application: background work and the clock."""

import os

from celery import Celery
from celery.signals import task_postrun, task_prerun

from pilots import origin
from pilots.choices import Via

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("pilotage")
app.config_from_object("django.conf:settings", namespace="CELERY")
# Without it Celery closes the database connection after every task.
app.conf.CELERY_DB_REUSE_MAX = 10_000
# A worker knows no other tasks than those of these packages.
app.autodiscover_tasks(
    [
        "pilots",
        *("gates.decisions", "gates.delegations", "gates.handover", "gates.journey", "gates.meetings"),
        *("gates.overlap", "gates.packs", "gates.reminders", "gates.signs", "gates.summary"),
        "gates.upgrades",
        *("metrics.collectors", "metrics.readings"),
    ]
)


@task_prerun.connect
def enter_task(task_id, task, **_):
    """What a task writes came in through it, also where it runs inside a request."""
    task.request.came_from = origin.enter(Via.TASK, task_id)


@task_postrun.connect
def leave_task(task, **_):
    origin.leave(task.request.came_from)
