"""The Celery application: background work and the clock."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("pilotage")
app.config_from_object("django.conf:settings", namespace="CELERY")
# Without it Celery closes the database connection after every task.
app.conf.CELERY_DB_REUSE_MAX = 10_000
app.autodiscover_tasks(["pilots", "metrics", "gates", "gates.journey", "gates.reminders", "gates.summary"])
