"""The queue's door to handovers. The task may run twice, late or half: a letter is written once."""

from celery import shared_task
from django.db import transaction

from gates.handover.actions import write_letter_of
from gates.reminders.tasks import send_waiting_mail
from pilots.models import Event


@shared_task
def tell_of_handover(event_id: int):
    """Work has been handed over, or back: write to those who hold it now."""
    write_letter_of(event=Event.objects.select_related("actor").get(pk=event_id))
    # Never from inside a transaction. If the broker is gone by now, the next round of reminders sends it.
    transaction.on_commit(send_waiting_mail.delay)
