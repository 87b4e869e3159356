"""The queue's door to readiness."""

from celery import shared_task
from django.db.models import Exists, Q, QuerySet
from django.utils import timezone

from gates.choices import GateStatus
from gates.journey.asking import forget_seats
from gates.journey.readiness import refresh_gates
from gates.models import Assessment, Condition, Gate, Gatekeeper
from pilots.choices import Role
from pilots.models import Event, Membership


@shared_task
def refresh_readiness(event_id: int):
    """A fact about a pilot changed: run its checks and score its gate anew."""
    pilot_id = Event.objects.values_list("pilot_id", flat=True).get(pk=event_id)
    refresh_gates(Gate.objects.filter(pilot=pilot_id), today=timezone.localdate())


@shared_task
def refresh_readiness_of_person(event_id: int):
    """Somebody left or came back: gates of pilots this person owns or sponsors, or owes a condition of, or with
    a criterion in hand, and those in review where this person may be asked to sign.
    """
    subject = Event.objects.values_list("subject", flat=True).get(pk=event_id)
    person = int(subject.rsplit(":", 1)[-1])
    in_hand = Assessment.objects.filter(responsible=person).values("gate")
    owing = Condition.objects.filter(owner=person, met_at__isnull=True).values("decision__gate__pilot")
    of_pilot = Q(pilot__owner=person) | Q(pilot__sponsor=person) | Q(pilot__in=owing)
    held = Gate.objects.filter(of_pilot | Q(pk__in=in_hand) | Q(pk__in=_in_review_with(person)))
    refresh_gates(held, today=timezone.localdate())


def _in_review_with(person: int) -> QuerySet:
    """The ids of the gates in review in whose programmes this person holds a gatekeeper role or is a gatekeeper."""
    kept = Membership.objects.filter(user=person, role=Role.GATEKEEPER)
    named = Gatekeeper.objects.filter(person=person)
    there = Q(pilot__programme__in=named.values("programme")) | Q(
        pilot__programme__in=kept.filter(programme__isnull=False).values("programme")
    )
    everywhere = Exists(kept.filter(programme__isnull=True))
    return Gate.objects.filter(there | Q(everywhere), status=GateStatus.SUBMITTED).values("pk")


@shared_task
def refresh_reviews(event_id: int):
    """Somebody became a gatekeeper or is none any more: at gates in review there others are asked to sign."""
    event = Event.objects.get(pk=event_id)
    if Role.GATEKEEPER in event.changes["role"]:
        in_review = Gate.objects.filter(status=GateStatus.SUBMITTED)
        here = in_review.filter(pilot__programme=event.programme_id) if event.programme_id else in_review
        refresh_gates(here, today=timezone.localdate())


@shared_task
def refresh_all_readiness():
    """Nightly: time alone makes KPIs and evidence stale."""
    refresh_gates(Gate.objects.filter(pilot__archived_at__isnull=True), today=timezone.localdate())
    forget_seats()
