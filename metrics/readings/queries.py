"""What can be asked about readings."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal

from django.db.models import F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from metrics.models import Kpi, Measurement

Points = list[tuple[date, Decimal]]  # the day in the organisation's zone, the value
EVER = datetime(1, 1, 2, tzinfo=UTC)


def series(kpi_ids: Iterable[int], *, limit: int = 120) -> dict[int, Points]:
    """The newest `limit` readings that count of each of these KPIs, oldest first, by KPI id.

    One query, which looks only at so many readings of each KPI however many there are.
    """
    found: dict[int, Points] = {pk: [] for pk in kpi_ids}
    counting = Measurement.objects.counting().filter(kpi=OuterRef("pk")).order_by("-measured_at", "-pk")
    oldest = Subquery(counting.values("measured_at")[limit - 1 : limit])
    kpis = Kpi.objects.filter(pk__in=found).annotate(oldest=Coalesce(oldest, Value(EVER)))
    rows = kpis.filter(measurements__corrected_at__isnull=True, measurements__measured_at__gte=F("oldest"))
    read = rows.order_by("measurements__measured_at", "measurements__pk")
    for pk, at, value in read.values_list("pk", "measurements__measured_at", "measurements__value"):
        found[pk].append((timezone.localdate(at), value))
    return {pk: points[-limit:] for pk, points in found.items()}
