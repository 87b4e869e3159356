"""The queue's door to the foundation."""

from celery import shared_task

from pilots.events import dispatch_waiting


@shared_task
def sweep_events():
    """Start the reactions of every event still waiting: after each commit, and each minute for lost ones."""
    while dispatch_waiting():
        pass
