"""The clock's and the queue's door to reminders. Each task may run twice, late or half: the ledger knows."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from gates.reminders import actions
from pilots.models import Event


@shared_task
def remind_overdue_gates():
    """Remind of every gate whose planned day has passed, and send whatever else still waits."""
    today = timezone.localdate()
    actions.write_reminders(today=today)
    actions.send_waiting(today=today)


@shared_task
def notify(event_id: int):
    """Something happened at a gate: tell those it concerns."""
    actions.write_news(event=Event.objects.get(pk=event_id))
    # Never from inside a transaction. If the broker is gone by now, the next round of reminders sends it.
    transaction.on_commit(send_waiting_mail.delay)


@shared_task
def send_waiting_mail():
    """Send what waits in the ledger."""
    actions.send_waiting(today=timezone.localdate())
