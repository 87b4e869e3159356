"""The mail about a collector that fails or has been paused for it: to whoever sees to the readings of its KPI."""

from django.db.models import Q

from metrics.collectors.letters import compose
from metrics.models import Collector
from pilots.models import Event, User


def tell_of_trouble(event: Event) -> None:
    """Send the mail about the failure that this event is of, once. Raises OSError when it cannot be sent now.

    Nobody hears of what a person did, nor of a collector that has been removed since.
    """
    pk = int(event.subject.split(":")[1])
    found = Collector.objects.select_related("kpi__owner", "kpi__pilot__owner").filter(pk=pk).first()
    if found is None or event.actor_id is not None:
        return
    person = _owner(found)
    if person is None or not _claim(found, event):
        return
    try:
        compose(found, event, person).send()
    except OSError:  # smtplib's errors are OSErrors too
        Collector.objects.filter(pk=found.pk, told_of=event.pk).update(told_of=None)
        raise


def _owner(collector: Collector) -> User | None:
    """Who sees to the readings: the owner of the KPI, else of the pilot, of those who may still sign in."""
    people = (collector.kpi.owner, collector.kpi.pilot.owner)
    return next((one for one in people if one is not None and one.is_active and one.email), None)


def _claim(collector: Collector, event: Event) -> bool:
    """Whether this mail is still to be sent, and by nobody else."""
    untold = Collector.objects.filter(Q(told_of__isnull=True) | Q(told_of__lt=event.pk), pk=collector.pk)
    return bool(untold.update(told_of=event.pk))
