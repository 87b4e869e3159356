"""What can be asked about definitions: which there are, and who measures by them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from metrics.choices import KpiKind
from metrics.definitions.rules import FOLLOWED
from metrics.models import Kpi, KpiDefinition
from metrics.queries import Standing, standing_of
from metrics.readings.queries import Points
from pilots.choices import ENDED
from pilots.models import Pilot, User
from pilots.permissions import Permission, allows


@dataclass(frozen=True)
class DefinitionChoice:
    """What the library is narrowed to; blank means everything."""

    kind: str = ""
    q: str = ""


def library(user: User, choice: DefinitionChoice):
    """The definitions on offer, each with how many KPIs this person sees follow it as `used`."""
    found = KpiDefinition.objects.visible_to(user).listed()
    if choice.kind:
        found = found.filter(kind=choice.kind) if choice.kind in KpiKind else found.none()
    words = choice.q.split() if choice.q.isprintable() else []  # PostgreSQL refuses NUL in a text
    for word in words:
        found = found.filter(
            Q(name__icontains=word) | Q(measures__icontains=word) | Q(method__icontains=word)
        )
    following = Kpi.objects.visible_to(user).listed().filter(follows=OuterRef("pk"))
    counted = following.order_by().values("follows").annotate(many=Count("pk")).values("many")
    return found.annotate(used=Coalesce(Subquery(counted), 0)).order_by("kind", "name", "pk")


def measured_by(user: User, definition: KpiDefinition, *, today: date) -> list[tuple[Kpi, Standing]]:
    """The followed KPIs that follow it and that this person sees, with their pilots. One query."""
    kpis = Kpi.objects.visible_to(user).listed().filter(follows=definition)
    found = kpis.select_related("pilot").order_by("pilot__title", "pilot_id", "name", "pk")
    return [(kpi, standing_of(kpi, today=today)) for kpi in found]


def longest_bar(rows: Sequence[tuple[Kpi, Standing]]) -> Decimal | None:
    """Where the scale ends that the rows of a definition share; None without any number. No query."""
    told = [value for _, row in rows for value in (row.latest, row.target, row.baseline) if value is not None]
    return max(told) * Decimal("1.1") if told else None


def extremes(standings: Iterable[Standing], courses: Iterable[Points]) -> list[Decimal]:
    """The lowest and the highest of all these readings and targets, for charts on one scale; [] without any."""
    values = [value for points in courses for _day, value in points]
    values += [edge for one in standings for edge in (one.target, one.target_high) if edge is not None]
    return [min(values), max(values)] if values else []


def pilots_to_measure(user: User) -> Sequence[Pilot]:
    """The pilots not yet at their end of which this person may change the KPIs, by title. One query."""
    found = Pilot.objects.visible_to(user).filter(archived_at__isnull=True).exclude(state__in=ENDED)
    named = found.only("key", "title", "owner_id", "programme_id").order_by("title", "pk")
    return [pilot for pilot in named if allows(user, Permission.EDIT_KPI, pilot=pilot)]


def followable(besides: int | None = None):
    """Those a KPI can follow; `besides` is the id of one it follows already."""
    return KpiDefinition.objects.filter(Q(archived_at__isnull=True) | Q(pk=besides))


def followed_facts(definition: KpiDefinition) -> dict[str, str]:
    """What a KPI that follows it has from it, by field of Kpi."""
    return {name: getattr(definition, source) for name, source in FOLLOWED.items()}


def suggested(definition: KpiDefinition | None) -> dict[str, Any]:
    """What the form of a new KPI that follows it begins with; {} without one."""
    if definition is None:
        return {}
    facts = {name: getattr(definition, name) for name in ("name", "kind", "cadence_days")}
    return {"follows": definition.pk, **facts, **followed_facts(definition)}
