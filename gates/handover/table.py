"""Everything a person can hold: where it stands, what it is called, and what says that it moved.

What is of the past (decisions, sign-offs, what has ended or is archived) is nobody's to hand over: it stays
under the name of who did it. Signing for somebody else is not either: only who is away gives that.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model, OuterRef, Q, QuerySet, Subquery

from gates import events
from gates.choices import CURRENT
from gates.models import Assessment, Condition, Gate, Gatekeeper
from metrics import events as metric_events
from metrics.models import Benefit, Kpi
from pilots import events as pilot_events
from pilots.choices import ENDED, Role
from pilots.models import Membership, Pilot, Programme
from pilots.permissions import Permission
from pilots.registers.table import REGISTERS, Register


@dataclass(frozen=True)
class Holding:
    """One kind of thing that people hold."""

    key: str
    name: str  # above its things
    field: str  # of the row: who holds it
    standing: Callable[[], QuerySet]  # all that is held today, with what its words need
    words: Callable[[Any], str]
    pilot: str | None  # the way from a row to its pilot; None: it is of a programme
    event: str = ""  # that tells of the move; blank: it is told in its own way
    told: Callable[[Any], dict[str, Any]] = lambda row: {}
    due: Callable[[Any], date | None] = lambda row: None
    permission: Permission = Permission.HAND_OVER_WORK

    @property
    def model(self) -> type[Model]:
        return self.standing().model

    @property
    def is_of_pilots(self) -> bool:
        return self.pilot is not None

    @property
    def programme_path(self) -> str:
        """The way from a row to the id of its programme."""
        return "programme_id" if not self.pilot else f"{self.pilot}__programme_id"

    def pilot_of(self, row: Any) -> Pilot | None:
        if self.pilot is None:
            return None
        for name in self.pilot.split("__") if self.pilot else ():
            row = getattr(row, name)
        return row

    def programme_of(self, row: Any) -> Programme | None:
        """None: every programme."""
        return (self.pilot_of(row) or row).programme


def _live(path: str = "") -> Q:
    """Of pilots that have neither ended nor been archived."""
    return Q(**{f"{path}archived_at__isnull": True}) & ~Q(**{f"{path}state__in": ENDED})


def _pilots() -> QuerySet:
    planned = Gate.objects.current().filter(pilot=OuterRef("pk")).values("planned_on")[:1]
    return Pilot.objects.filter(_live()).select_related("programme").annotate(next_on=Subquery(planned))


def _of_pilots(model: Any) -> QuerySet:
    rows = model.objects.filter(_live("pilot__"), archived_at__isnull=True)
    return rows.select_related("pilot__programme").order_by("pilot__title", "name", "pk")


def _criteria() -> QuerySet:
    rows = Assessment.objects.filter(_live("gate__pilot__"), gate__status__in=CURRENT)
    whole = rows.select_related("criterion", "gate__definition", "gate__pilot__programme")
    return whole.order_by("gate__pilot__title", "criterion__position", "pk")


def _conditions() -> QuerySet:
    return Condition.objects.open().select_related("decision__gate__pilot__programme")


def _seats() -> QuerySet:
    return Gatekeeper.objects.select_related("programme")


def _roles() -> QuerySet:
    """Who administers Pilotage is no work of theirs to pass on."""
    return Membership.objects.exclude(role=Role.ADMINISTRATOR).select_related("programme")


def _title(row: Pilot) -> str:
    return row.title


def _name(row: Any) -> str:
    return row.name


def _named(row: Any) -> dict[str, Any]:
    return {"name": row.name}


def _entries(register: Register) -> Holding:
    """The lines of a register that this person looks after."""

    def standing() -> QuerySet:
        rows = register.model.objects.live().filter(_live("pilot__"))
        return rows.select_related("pilot__programme").order_by("pilot__title", "pk")

    return Holding(
        register.key, register.name, "owner", standing, str, "pilot",
        event=pilot_events.ENTRY_EDITED, due=lambda row: row.review_on,
        told=lambda row: {"register": str(row._meta.verbose_name_plural), "title": str(row)},
    )  # fmt: skip


HOLDINGS: dict[str, Holding] = {
    holding.key: holding
    for holding in (
        Holding(
            "owner", "Pilots owned", "owner", _pilots, _title, "",
            event=pilot_events.PILOT_EDITED, due=lambda row: row.next_on,
        ),
        Holding(
            "sponsor", "Pilots sponsored", "sponsor", _pilots, _title, "",
            event=pilot_events.PILOT_EDITED, due=lambda row: row.next_on,
        ),
        Holding(
            "criterion", "Criteria in hand", "responsible", _criteria,
            lambda row: f"{row.criterion.key} {row.criterion.title}", "gate__pilot",
            event=events.CRITERION_ASSESSED, due=lambda row: row.gate.planned_on,
            told=lambda row: {"criterion": str(row.criterion), "gate": row.gate.definition.key},
        ),
        Holding(
            "condition", "Conditions owed", "owner", _conditions, lambda row: row.text,
            "decision__gate__pilot", event=events.CONDITION_HANDED_OVER, due=lambda row: row.due_on,
            told=lambda row: {"text": row.text},
        ),
        Holding(
            "kpi", "KPIs", "owner", lambda: _of_pilots(Kpi), _name, "pilot",
            event=metric_events.KPI_EDITED, due=lambda row: row.fresh_until, told=_named,
        ),
        Holding(
            "benefit", "Benefits", "owner", lambda: _of_pilots(Benefit), _name, "pilot",
            event=metric_events.BENEFIT_EDITED, told=_named,
        ),
        *(_entries(register) for register in REGISTERS.values()),
        Holding(
            "seat", "Gatekeeper roles", "person", _seats,
            lambda row: f"{row.role} in {row.programme}", None, permission=Permission.MANAGE_GATEKEEPERS,
        ),
        Holding(
            "role", "Roles in programmes", "user", _roles,
            lambda row: f"{row.get_role_display()} in {row.programme or 'every programme'}", None,
            permission=Permission.MANAGE_PEOPLE,
        ),
    )
}  # fmt: skip
