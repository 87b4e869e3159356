"""How a view finds a pilot: what may not be seen does not exist."""

from functools import cache

from django.db.models import Exists, OuterRef
from django.http import Http404
from django.shortcuts import get_object_or_404

from pilots.models import Pilot, SourceRecord


@cache  # what never changes is put together once: that takes longer than the database does
def pilots_shown():
    """Pilots, each with what the head of its pages shows; whoever asks says whose."""
    pilots = Pilot.objects.select_related("programme", "owner", "sponsor")
    return pilots.annotate(source_kept=Exists(SourceRecord.objects.filter(pilot=OuterRef("pk"))))


def find_pilot(request, key: str) -> Pilot:
    """The pilot of this key with its programme, owner and sponsor. Raises Http404."""
    if "\0" in key:  # which PostgreSQL cannot look for
        raise Http404
    return get_object_or_404(pilots_shown().visible_to(request.user), key=key)
