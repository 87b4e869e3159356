"""Keeping what somebody picked from the portfolio, until a bulk action acts on it."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction

from gates.models import Selection
from pilots import clock
from pilots.models import User

KEPT = timedelta(days=1)


@transaction.atomic
def keep_selection(*, pilots: Sequence[int], asked: str, by: User) -> Selection:
    """Keep these pilots in this order; `asked` is the query string of the list. Leaves no event: nothing changes.

    What the same person picked more than a day ago is dropped.
    """
    now = clock.now()
    Selection.objects.of(by).filter(made_at__lt=now - KEPT).delete()
    return Selection.objects.create(by=by, made_at=now, pilots=list(pilots), asked=asked)
