"""The queue's door to readiness."""

from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from gates.journey.readiness import refresh_gates
from gates.models import Assessment, Condition, Gate
from pilots.models import Event


@shared_task
def refresh_readiness(event_id: int):
    """A fact about a pilot changed: run its checks and score its gate anew."""
    pilot_id = Event.objects.values_list("pilot_id", flat=True).get(pk=event_id)
    refresh_gates(Gate.objects.filter(pilot=pilot_id), today=timezone.localdate())


@shared_task
def refresh_readiness_of_person(event_id: int):
    """Somebody left or came back: gates of pilots this person owns or sponsors, or owes a condition of, or with
    a criterion in hand.
    """
    subject = Event.objects.values_list("subject", flat=True).get(pk=event_id)
    person = int(subject.rsplit(":", 1)[-1])
    in_hand = Assessment.objects.filter(responsible=person).values("gate")
    owing = Condition.objects.filter(owner=person, met_at__isnull=True).values("decision__gate__pilot")
    of_pilot = Q(pilot__owner=person) | Q(pilot__sponsor=person) | Q(pilot__in=owing)
    held = Gate.objects.filter(of_pilot | Q(pk__in=in_hand))
    refresh_gates(held, today=timezone.localdate())


@shared_task
def refresh_all_readiness():
    """Nightly: time alone makes KPIs and evidence stale."""
    refresh_gates(Gate.objects.filter(pilot__archived_at__isnull=True), today=timezone.localdate())
