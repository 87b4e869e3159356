"""How a view finds what belongs to a pilot's value: what may not be seen does not exist."""

from django.shortcuts import get_object_or_404

from metrics.models import Benefit

HEAD = ("pilot__programme", "pilot__owner", "pilot__sponsor")


def find_benefit(request, key: str, pk: int) -> Benefit:
    """The benefit with its pilot, people, KPI and shared saving. Raises Http404."""
    benefits = Benefit.objects.visible_to(request.user).select_related(*HEAD, "owner", "kpi", "pool")
    return get_object_or_404(benefits, pk=pk, pilot__key=key)
