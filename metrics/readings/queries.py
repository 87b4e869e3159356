"""What can be asked about readings."""

from datetime import date
from decimal import Decimal

from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from metrics.models import Measurement


def series(kpi_ids, *, limit: int = 120) -> dict[int, list[Measurement]]:
    """The newest `limit` readings that count of each of these KPIs, oldest first, by KPI id. One query."""
    found: dict[int, list[Measurement]] = {pk: [] for pk in kpi_ids}
    age = Window(RowNumber(), partition_by=F("kpi_id"), order_by=[F("measured_at").desc(), F("pk").desc()])
    newest = Measurement.objects.counting().filter(kpi_id__in=found).annotate(age=age).filter(age__lte=limit)
    for reading in newest.order_by("measured_at", "pk"):
        found[reading.kpi_id].append(reading)
    return found


def points(readings: list[Measurement]) -> list[tuple[date, Decimal]]:
    """Readings as a chart takes them: the day in the organisation's zone, the value."""
    return [(timezone.localdate(reading.measured_at), reading.value) for reading in readings]
