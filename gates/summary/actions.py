"""Keeps the stored facts of each programme current."""

from datetime import date, datetime, time

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Q
from django.utils import timezone

from gates.models import Summary
from gates.summary.counting import count_facts
from pilots.models import Event, Programme


def refresh_stale(*, today: date) -> int:
    """Count anew every programme in which something happened since, or whose facts are of another day.

    Returns how many were counted.
    """
    later = Event.objects.filter(programme=OuterRef("pk"), pk__gt=OuterRef("summary__last_event"))
    midnight = timezone.make_aware(datetime.combine(today, time.min))
    stale = Programme.objects.filter(
        Q(summary__isnull=True) | Q(summary__computed_at__lt=midnight) | Exists(later)
    )
    programmes = list(stale)
    for programme in programmes:
        refresh(programme, today=today)
    return len(programmes)


@transaction.atomic
def refresh(programme: Programme, *, today: date) -> Summary:
    """Count and store the facts of one programme. Doing it twice says the same."""
    last_event = Event.objects.filter(programme=programme).aggregate(last=Max(F("pk")))["last"] or 0
    summary, _ = Summary.objects.update_or_create(
        programme=programme,
        defaults={
            "facts": count_facts(programme, today=today),
            "computed_at": timezone.now(),
            "last_event": last_event,
        },
    )
    return summary
