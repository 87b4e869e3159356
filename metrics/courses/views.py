"""All readings of a KPI as a file."""

from django.contrib.auth.decorators import login_required
from django.utils import timezone
from django.views.decorators.http import require_safe

from metrics.courses.queries import COLUMNS, facts_of, file_rows
from metrics.finding import find_kpi
from metrics.value.views.csv_file import csv_file


@login_required
@require_safe
def kpi_csv(request, key, pk):
    kpi = find_kpi(request, key, pk)

    today = timezone.localdate()
    name = f"kpi-{kpi.pilot.key}-{kpi.pk}-{today}.csv"
    return csv_file(name, facts_of(kpi, today=today), COLUMNS, file_rows(kpi))
