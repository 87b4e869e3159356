"""What can be asked about KPIs over all pilots."""

from dataclasses import dataclass
from datetime import date

from metrics.choices import KpiKind, KpiState
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
    "at_target": "At target, getting worse or not",
    **{
        state.value: str(state.label)
        for state in (
            KpiState.ON_TARGET,
            KpiState.DEGRADING,
            KpiState.UNPROVEN,
            KpiState.OFF_TARGET,
            KpiState.OUT_OF_RANGE,
            KpiState.STALE,
            KpiState.NO_DATA,
            KpiState.NO_TARGET,
        )
    },
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
    if state in KpiState.values:
        return kpis.in_state(state, today)
    if state == "at_target":
        return kpis.at_target(today)
    if state in KPI_LISTS:
        targeted = kpis.filter(target__isnull=False)
        return targeted.fresh(today) if state == "measured" else targeted
    return kpis
