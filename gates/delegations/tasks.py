"""The queue's door to delegations. Each task may run twice, late or half."""

from celery import shared_task
from django.db import transaction

from gates.delegations.actions import write_letter_of
from gates.reminders.tasks import send_waiting_mail
from gates.signoffs.actions import end_delegations_of
from pilots.models import Event, User


@shared_task
def end_delegations_of_person(event_id: int):
    """Somebody has left: nobody signs for them any more, nor they for anybody."""
    event = Event.objects.select_related("actor").get(pk=event_id)
    person = User.objects.get(pk=event.subject.rsplit(":", 1)[-1])
    if event.actor is not None:
        end_delegations_of(person=person, by=event.actor)


@shared_task
def tell_of_delegation(event_id: int):
    """Somebody signs for somebody, or no longer does: write to both, save who did it."""
    write_letter_of(event=Event.objects.select_related("actor").get(pk=event_id))
    # Never from inside a transaction. If the broker is gone by now, the next round of reminders sends it.
    transaction.on_commit(send_waiting_mail.delay)
