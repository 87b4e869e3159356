"""Which terms a KPI is judged by: those that the open gate of its pilot asks for, else the usual ones."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from metrics.models import AskedTerms, Kpi
from metrics.readings.judging import judge_all

Wanted = Mapping[
    tuple[int, str], Mapping[str, Any]
]  # pilot id and kind → readings, hold, confidence, asked_by


def ask_terms(pilots: Collection[int], wanted: Wanted) -> bool:
    """Judge the KPIs of these pilots (ids) by these terms from now on, and by the usual ones where nothing is
    wanted. Only KPIs whose terms are others than before are judged anew; returns whether there may be any.
    """
    kept = {(row.pilot_id, row.kind): row for row in AskedTerms.objects.filter(pilot__in=pilots)}
    changed = [place for place in {*kept, *wanted} if _facts(kept.get(place)) != wanted.get(place)]
    if not changed:
        return False
    AskedTerms.objects.filter(pk__in=[kept[place].pk for place in changed if place in kept]).delete()
    AskedTerms.objects.bulk_create(
        AskedTerms(pilot_id=pilot, kind=kind, **wanted[pilot, kind])
        for pilot, kind in changed
        if (pilot, kind) in wanted
    )
    for kind in {kind for _, kind in changed}:
        of_kind = [pilot for pilot, its_kind in changed if its_kind == kind]
        judge_all(Kpi.objects.listed().filter(kind=kind, pilot__in=of_kind))
    return True


def _facts(row: AskedTerms | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {name: getattr(row, name) for name in ("readings", "hold", "confidence", "asked_by")}


def percent(confidence: Decimal | int) -> Decimal:
    """A confidence as it is kept: one decimal."""
    return Decimal(confidence).quantize(Decimal("0.1"))
