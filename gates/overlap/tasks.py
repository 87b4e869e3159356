"""The queue's door to pilots that try the same."""

from celery import shared_task
from django.utils import timezone

from gates.overlap import indexing
from gates.overlap.texts import FIELDS
from gates.signs.actions import refresh_signs
from pilots import events
from pilots.models import DataSource, Event

REWRITES = (events.PILOT_EDITED, events.PILOT_UPDATED_FROM_FILE)
OF_REGISTER = (events.ENTRY_ADDED, events.ENTRY_EDITED, events.ENTRY_REMOVED, events.ENTRY_RESTORED)


@shared_task
def refresh_overlaps(event_id: int):
    """A pilot came, went or was rewritten: find anew which others try the same, and whose signs that changes."""
    event = Event.objects.select_related("pilot").get(pk=event_id)
    if event.pilot is not None and _rewrites(event):
        changed = indexing.refresh_overlaps_of(event.pilot.pk)
        refresh_signs(changed, today=timezone.localdate())


def _rewrites(event: Event) -> bool:
    """Whether it can have changed what is compared."""
    if event.type in OF_REGISTER:
        return event.subject.startswith(f"{DataSource._meta.label}:")
    return event.type not in REWRITES or bool(set(FIELDS) & event.changes.keys())


@shared_task
def refresh_missing_overlaps():
    """Every minute: what an import brought is compared in one go, not pilot by pilot."""
    indexing.refresh_missing()


@shared_task
def refresh_all_overlaps():
    """Nightly: the more pilots there are, the less their common words weigh."""
    indexing.refresh_all_overlaps()
