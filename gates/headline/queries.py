"""The headline of a whole portfolio, in the database: the definition of `gates.headline.rules`, set-based."""

from collections import defaultdict
from datetime import date

from django.db.models import Count, Exists, Min, OuterRef, Q, Subquery
from django.db.models.functions import TruncQuarter

from gates.headline.rules import UNKNOWN_QUARTER, Share, quarter_days, quarter_of
from gates.models import PhaseEntry
from metrics.choices import KpiKind
from metrics.models import Kpi
from pilots.choices import RUNNING, PilotState

IN_PRODUCTION = Q(in_production=True, state__in=RUNNING, archived_at__isnull=True)


def started(pilots):
    """Of these pilots those past intake, archived ones too."""
    return pilots.exclude(state=PilotState.INTAKE)


def in_production(pilots):
    return pilots.filter(IN_PRODUCTION)


def delivering(pilots, *, today: date):
    """Of these pilots those in production with measured value."""
    return pilots.filter(IN_PRODUCTION, _measured_value(today))


def started_in(pilots, quarter: str, *, today: date):
    """Of these pilots those that started in a quarter such as `2026-Q3`, or nobody knows when."""
    found = started(pilots).annotate(begun=_begun(today))
    if quarter == UNKNOWN_QUARTER:
        return found.filter(begun__isnull=True)
    first, after = quarter_days(quarter)
    return found.filter(begun__gte=first, begun__lt=after)


def shares(pilots, *, today: date) -> dict[str, Share]:
    """The headline of these pilots by quarter of start; their sum is that of all. One query."""
    found: dict[str, Share] = defaultdict(Share)
    rows = (
        started(pilots)
        .order_by()
        .annotate(quarter=TruncQuarter(_begun(today)), delivers=_measured_value(today))
        .values_list("quarter")
        .annotate(
            started=Count("pk"),
            production=Count("pk", filter=IN_PRODUCTION),
            delivering=Count("pk", filter=IN_PRODUCTION & Q(delivers=True)),
        )
    )
    for quarter, *counts in rows:
        found[quarter_of(quarter)] += Share(*counts)
    return dict(found)


def _measured_value(today: date) -> Exists:
    return Exists(Kpi.objects.filter(pilot=OuterRef("pk"), kind=KpiKind.BUSINESS).better_than_baseline(today))


def _begun(today: date) -> Subquery:
    """The first day in any phase; a day that is still to come is none."""
    entries = PhaseEntry.objects.filter(pilot=OuterRef("pk"), entered_on__lte=today).order_by()
    return Subquery(entries.values("pilot").annotate(first=Min("entered_on")).values("first"))
