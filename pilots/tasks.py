"""The queue's door to the foundation."""

from celery import shared_task

from pilots.actions import audit, job_mail, jobs
from pilots.events import dispatch_waiting
from pilots.models import Event
from pilots.sealing import seal_waiting


@shared_task
def sweep_events():
    """Start the reactions of every event still waiting: after each commit, and each minute for lost ones."""
    while dispatch_waiting():
        pass


@shared_task
def seal_events():
    """Seal what its own process could not: it died, or the database did, right after the commit."""
    seal_waiting()


@shared_task(time_limit=1800, soft_time_limit=1740)  # below the broker's visibility timeout
def check_audit():
    """Anchor all chains of events, then verify them; the log page shows what was found."""
    audit.anchor()
    audit.verify_all()


@shared_task
def sweep_jobs():
    """Say of long work whose worker has died that it has failed, and hand over what was lost."""
    jobs.sweep_jobs()


@shared_task(autoretry_for=(OSError,), max_retries=5, retry_backoff=60, retry_backoff_max=3600)
def tell_of_job(event_id: int):
    """Long work has ended: tell whoever started it. A mail server that is away is asked again later."""
    job_mail.tell_of_end(Event.objects.get(pk=event_id))
