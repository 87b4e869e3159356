"""Finding a KPI as a page names it."""

from django.shortcuts import get_object_or_404

from metrics.models import Kpi


def find_kpi(request, key: str, pk: int) -> Kpi:
    """The KPI of this pilot, with the pilot and its people. Raises Http404 for who may not see it."""
    kpis = Kpi.objects.visible_to(request.user).select_related(
        "pilot__programme", "pilot__owner", "pilot__sponsor", "follows"
    )
    return get_object_or_404(kpis, pk=pk, pilot__key=key)
