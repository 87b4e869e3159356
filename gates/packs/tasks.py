"""The clock's door to packs. The task may run twice, late or half."""

from celery import shared_task

from gates.packs import actions


@shared_task
def freeze_due_packs():
    """Every gate in review whose evidence freeze has come gets its pack."""
    actions.freeze_due_packs()
