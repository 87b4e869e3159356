"""The clock's and the queue's door to gate meetings. Each task may run twice, late or half."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from gates.meetings.actions import agenda, telling
from gates.reminders.tasks import send_waiting_mail
from pilots.models import Event


@shared_task
def freeze_for_meetings():
    """Every gate on an agenda whose evidence freeze has come gets its pack."""
    agenda.freeze_for_meetings(now=timezone.now())


@shared_task
def tell(event_id: int):
    """Something happened to a meeting: write to those whom the event names."""
    telling.write_letter_of(event=Event.objects.select_related("actor").get(pk=event_id))
    # Never from inside a transaction. If the broker is gone by now, the next round of reminders sends it.
    transaction.on_commit(send_waiting_mail.delay)
