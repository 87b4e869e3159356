"""How a view finds a KPI's collector: what may not be seen does not exist."""

from django.http import Http404

from metrics.collectors.queries import CollectorRow, collector_of
from metrics.finding import find_kpi
from metrics.models import Kpi
from pilots.permissions import Permission, require


def find_collector(request, key: str, pk: int) -> tuple[Kpi, CollectorRow]:
    """The KPI of this address, and its collector. Raises Http404 where there is none."""
    kpi = find_kpi(request, key, pk)
    row = collector_of(kpi)
    if row is None:
        raise Http404
    return kpi, row


def find_to_manage(request, key: str, pk: int) -> tuple[Kpi, CollectorRow]:
    """The same, for who may change it. Raises PermissionDenied."""
    kpi, row = find_collector(request, key, pk)
    require(request.user, Permission.MANAGE_COLLECTORS, pilot=kpi.pilot)
    return kpi, row
