"""The clock's and the queue's door to packs. Each task may run twice, late or half."""

from celery import shared_task

from gates.packs import actions
from pilots.models import Event


@shared_task
def freeze_due_packs():
    """Every gate in review whose evidence freeze has come gets its pack."""
    actions.freeze_due_packs()


@shared_task
def freeze_where_past(event_id: int):
    """A review was asked for, or the plan moved: where the evidence freeze is past, the pack is due at once."""
    subject = Event.objects.values_list("subject", flat=True).get(pk=event_id)
    actions.freeze_due_packs(int(subject.rsplit(":", 1)[-1]))
