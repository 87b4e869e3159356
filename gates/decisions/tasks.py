"""The clock's door to decisions. The task may run twice, late or half."""

from celery import shared_task
from django.utils import timezone

from gates.decisions.conditions import step_down_lapsed


@shared_task
def step_down_lapsed_decisions():
    """Every conditional go one of whose conditions was not met in time becomes a hold."""
    step_down_lapsed(today=timezone.localdate())
