"""The clock's door to the executive facts."""

from celery import shared_task
from django.utils import timezone

from gates.summary.actions import refresh_stale


@shared_task
def refresh_stale_summaries():
    refresh_stale(today=timezone.localdate())
