"""The queue's door to pilots that try the same. Each task may run twice, late or half."""

from collections.abc import Collection
from datetime import datetime

from celery import shared_task
from django.utils import timezone

from gates.choices import CURRENT, Sign
from gates.journey.readiness import refresh_gates
from gates.models import Assessment, Gate
from gates.overlap import indexing
from gates.overlap.queries import alike
from gates.overlap.texts import FIELDS
from gates.signs.actions import refresh_signs
from pilots import events
from pilots.models import DataSource, Event, SourceRecord

OF_REGISTER = (events.ENTRY_ADDED, events.ENTRY_EDITED, events.ENTRY_REMOVED, events.ENTRY_RESTORED)


@shared_task
def refresh_overlaps(event_id: int):
    """A pilot came, went or was rewritten: find anew which others try the same, and whose signs that changes."""
    event = Event.objects.select_related("pilot").get(pk=event_id)
    if event.pilot is not None and _rewrites(event):
        _say_anew(indexing.refresh_overlaps_of(event.pilot.pk) | alike(event.pilot.pk))


def _rewrites(event: Event) -> bool:
    """Whether it can have changed what is compared."""
    if event.type in OF_REGISTER:
        return event.subject.startswith(f"{DataSource._meta.label}:")
    return event.type != events.PILOT_EDITED or bool(set(FIELDS) & event.changes.keys())


@shared_task
def refresh_those_alike(event_id: int):
    """A pilot was started, stopped or ended: what the signs of those that try the same say of it is no longer so."""
    pilot = Event.objects.values_list("pilot_id", flat=True).get(pk=event_id)
    _say_anew(alike(pilot) if pilot else ())


@shared_task
def refresh_imported(event_id: int):
    """A file brought or changed pilots: compare all of them in one go, and find their signs anew."""
    event = Event.objects.get(pk=event_id)
    at = datetime.fromisoformat(event.data["imported_at"])
    taken = SourceRecord.objects.filter(programme=event.programme_id, imported_at=at)
    pilots = set(taken.values_list("pilot_id", flat=True))
    _say_anew(indexing.refresh_overlaps_of_many(pilots) | pilots)
    refresh_signs(pilots, today=timezone.localdate())


@shared_task
def refresh_missing_overlaps():
    """Every minute: what no event told of, such as pilots of a time before there were overlaps."""
    _say_anew(indexing.refresh_missing())


@shared_task
def refresh_all_overlaps():
    """Nightly: the more pilots there are, the less their common words weigh."""
    _say_anew(indexing.refresh_all_overlaps())


def _say_anew(pilots: Collection[int]) -> None:
    """The sign of these pilots, and the gates that ask for the same, say what is so now."""
    today, ids = timezone.localdate(), sorted(pilots)
    refresh_signs(ids, today=today, of={Sign.OVERLAP})
    asking = Assessment.objects.filter(check_name="no_overlap", gate__status__in=CURRENT)
    for start in range(0, len(ids), indexing.BATCH):
        found = asking.filter(gate__pilot__in=ids[start : start + indexing.BATCH])
        refresh_gates(Gate.objects.filter(pk__in=list(found.values_list("gate", flat=True))), today=today)
