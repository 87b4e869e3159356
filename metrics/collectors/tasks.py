"""The clock's and the queue's door to collectors. Each task may run twice, late or half."""

from celery import shared_task

from metrics.collectors.actions import runs, telling
from pilots.models import Event


@shared_task
def collect_due() -> int:
    """Each minute: ask for every collector that is due. Returns how many were asked."""
    return runs.collect_due()


@shared_task(autoretry_for=(OSError,), max_retries=5, retry_backoff=60, retry_backoff_max=3600)
def tell_of_collector(event_id: int):
    """A collector fails: tell the owner of its KPI. A mail server that is away is asked again later."""
    telling.tell_of_trouble(Event.objects.get(pk=event_id))
