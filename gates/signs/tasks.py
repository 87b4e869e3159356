"""The queue's door to warning signs."""

from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from gates.signs.actions import refresh_signs as refresh
from gates.signs.table import KPI_SIGNS
from pilots.models import Event, Pilot


@shared_task
def refresh_signs(event_id: int):
    """A fact about a pilot changed: find its warning signs anew."""
    pilot_id = Event.objects.values_list("pilot_id", flat=True).get(pk=event_id)
    refresh([pilot_id] if pilot_id else [], today=timezone.localdate())


@shared_task
def refresh_kpi_signs(event_id: int):
    """A reading came or went: find those signs anew that look at KPIs."""
    pilot_id = Event.objects.values_list("pilot_id", flat=True).get(pk=event_id)
    refresh([pilot_id] if pilot_id else [], today=timezone.localdate(), of=KPI_SIGNS)


@shared_task
def refresh_signs_of_person(event_id: int):
    """Somebody left or came back: the pilots this person owns or sponsors."""
    subject = Event.objects.values_list("subject", flat=True).get(pk=event_id)
    person = int(subject.rsplit(":", 1)[-1])
    held = Pilot.objects.filter(Q(owner=person) | Q(sponsor=person))
    refresh(held.values_list("pk", flat=True), today=timezone.localdate())


@shared_task
def refresh_all_signs():
    """Nightly: time alone makes sponsors silent, pilots late and evidence stale."""
    refresh(Pilot.objects.order_by().values_list("pk", flat=True), today=timezone.localdate())
