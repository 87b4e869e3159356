"""What can be asked about KPIs over all pilots."""

from dataclasses import dataclass
from datetime import date

from metrics.choices import KpiKind
from metrics.models import Kpi
from pilots.choices import RUNNING


@dataclass(frozen=True)
class KpiChoice:
    """What the list of KPIs is narrowed to; blank means everything."""

    kind: str = ""
    state: str = ""  # one of KPI_LISTS
    programme: str = ""  # slug


KPI_LISTS = {
    "target": "With a target",
    "measured": "Measured at their cadence",
    "on_target": "On target",
    "off_target": "Off target",
    "stale": "Stale",
    "no_data": "Not measured yet",
}


def kpis_under_way(user, choice: KpiChoice, *, today: date):
    """The followed KPIs of pilots under way that this person may see, with their pilots."""
    kpis = (
        Kpi.objects.visible_to(user)
        .listed()
        .filter(pilot__state__in=RUNNING, pilot__archived_at__isnull=True)
    )
    if choice.kind:
        kpis = kpis.filter(kind=choice.kind) if choice.kind in KpiKind else kpis.none()
    if choice.programme:
        known = choice.programme.isprintable()  # PostgreSQL refuses NUL in a text
        kpis = kpis.filter(pilot__programme__slug=choice.programme) if known else kpis.none()
    kpis = _narrowed(kpis, choice.state, today)
    return kpis.select_related("pilot").order_by("pilot__title", "pilot_id", "kind", "name", "pk")


def _narrowed(kpis, state: str, today: date):
    targeted = kpis.filter(target__isnull=False)
    narrowed = {
        "target": lambda: targeted,
        "measured": lambda: targeted.fresh(today),
        "on_target": lambda: targeted.at_target(today),
        "off_target": lambda: targeted.fresh(today).exclude(pk__in=targeted.at_target(today)),
        "stale": lambda: kpis.filter(fresh_until__lt=today),
        "no_data": lambda: kpis.filter(latest_at__isnull=True),
    }.get(state)
    return narrowed() if narrowed else kpis
