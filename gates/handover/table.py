"""Everything a person can hold: where it stands, what it is called, and what says that it moved.

What is of the past (decisions, sign-offs, what has ended or is archived) is nobody's to hand over: it stays
under the name of who did it. Every other way in which a row names a person stands, with its reason, in the
test that goes through all of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Model, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.formats import date_format

from gates import events
from gates.choices import CURRENT, MeetingState
from gates.models import Assessment, Attendee, Condition, Delegation, Gate, Gatekeeper, GateReview
from metrics import events as metric_events
from metrics.models import Benefit, Kpi
from pilots import clock
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
    review: str = ""  # the way from a row to the meeting whose programme it is of
    event: str = ""  # that tells of the move; blank: it is told in its own way
    told: Callable[[Any], dict[str, Any]] = lambda row: {}
    due: Callable[[Any], date | None] = lambda row: None
    permission: Permission = Permission.HAND_OVER_WORK
    needs: Permission | None = None  # without which a receiver could do nothing with it
    # What ended at a moment and can be taken up again; where this is, a thing ends instead of going to somebody.
    ended: Callable[[datetime], QuerySet] | None = None

    @property
    def model(self) -> type[Model]:
        return self.standing().model

    @property
    def is_of_pilots(self) -> bool:
        return self.pilot is not None

    @property
    def programme_path(self) -> str:
        """The way from a row to the id of its programme."""
        way = self.pilot or self.review
        return f"{way}__programme_id" if way else "programme_id"

    @property
    def ends(self) -> bool:
        return self.ended is not None

    @property
    def is_wide(self) -> bool:
        """Who holds it stands behind every pilot of its programme; without a programme, of all."""
        return self.permission != Permission.HAND_OVER_WORK

    @property
    def can_be_everywhere(self) -> bool:
        """Whether a row may be of every programme."""
        return self.model in (Membership, Delegation)

    def pilot_of(self, row: Any) -> Pilot | None:
        if self.pilot is None:
            return None
        for name in self.pilot.split("__") if self.pilot else ():
            row = getattr(row, name)
        return row

    def programme_of(self, row: Any) -> Programme | None:
        """None: every programme."""
        return (self.pilot_of(row) or self.subject_of(row)).programme

    def subject_of(self, row: Any) -> Any:
        """What the event of a move is about: the row, or its meeting."""
        return getattr(row, self.review) if self.review else row


def _live(path: str = "") -> Q:
    """Of pilots that have neither ended nor been archived."""
    return Q(**{f"{path}archived_at__isnull": True}) & ~Q(**{f"{path}state__in": ENDED})


def _pilots() -> QuerySet:
    planned = Gate.objects.current().filter(pilot=OuterRef("pk")).values("planned_on")[:1]
    return Pilot.objects.filter(_live()).select_related("programme").annotate(next_on=Subquery(planned))


def _owned() -> QuerySet:
    """Whoever owns a pilot renews the evidence of criteria that nobody else has in hand."""
    own = Assessment.objects.filter(
        gate__pilot=OuterRef("pk"), gate__status__in=CURRENT, responsible=None, stale_on__isnull=False
    )
    return _pilots().annotate(stale_on=Subquery(own.order_by("stale_on").values("stale_on")[:1]))


def _owned_words(row: Any) -> str:
    until = f", where a criterion counts until {_written(row.stale_on)}" if row.stale_on else ""
    return f"{row.title}{until}"


def _first(*days: date | None) -> date | None:
    return min((day for day in days if day), default=None)


def _written(day: date) -> str:
    return date_format(day, "j M Y")


def _of_pilots(model: Any) -> QuerySet:
    rows = model.objects.filter(_live("pilot__"), archived_at__isnull=True)
    return rows.select_related("pilot__programme").order_by("pilot__title", "name", "pk")


def _criteria() -> QuerySet:
    rows = Assessment.objects.filter(_live("gate__pilot__"), gate__status__in=CURRENT)
    whole = rows.select_related("criterion", "gate__definition", "gate__pilot__programme")
    return whole.order_by("gate__pilot__title", "criterion__position", "pk")


def _criterion_words(row: Assessment) -> str:
    """Whoever has a criterion in hand renews its evidence before that runs out."""
    until = f", counts until {_written(row.stale_on)}" if row.stale_on else ""
    return f"{row.criterion.key} {row.criterion.title}{until}"


def _conditions() -> QuerySet:
    return Condition.objects.open().select_related("decision__gate__pilot__programme")


def _meetings() -> QuerySet:
    return GateReview.objects.called().select_related("programme").order_by("starts_at", "pk")


def _presented() -> QuerySet:
    return _meetings().filter(state=MeetingState.RUNNING)


def _invitations() -> QuerySet:
    rows = Attendee.objects.filter(review__in=GateReview.objects.called())
    return rows.select_related("review__programme").order_by("review__starts_at", "pk")


def _delegations() -> QuerySet:
    """Of today or later."""
    rows = Delegation.objects.filter(ended_at=None, ends_on__gte=clock.today())
    return rows.select_related("giver", "receiver", "programme").order_by("ends_on", "pk")


def _delegations_ended(at: datetime) -> QuerySet:
    rows = Delegation.objects.filter(ended_at=at, ends_on__gte=clock.today())
    there = rows.filter(giver__is_active=True, receiver__is_active=True)
    return there.select_related("giver", "receiver", "programme")


def _delegation_words(row: Delegation) -> str:
    where = row.programme or "every programme"
    return f"{row.receiver} signs for {row.giver} in {where} until {_written(row.ends_on)}"


def _day(review: GateReview) -> date:
    return timezone.localdate(review.starts_at)


def _meeting(review: GateReview) -> dict[str, Any]:
    return {"meeting": review.title}


def _seats() -> QuerySet:
    return Gatekeeper.objects.select_related("programme")


def _roles() -> QuerySet:
    """Who administers Pilotage is no work of theirs to pass on."""
    return Membership.objects.exclude(role=Role.ADMINISTRATOR).select_related("programme")


def _title(row: Any) -> str:
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
            "owner", "Pilots owned", "owner", _owned, _owned_words, "",
            event=pilot_events.PILOT_EDITED, due=lambda row: _first(row.next_on, row.stale_on),
        ),
        Holding(
            "sponsor", "Pilots sponsored", "sponsor", _pilots, _title, "",
            event=pilot_events.PILOT_EDITED, due=lambda row: row.next_on,
        ),
        Holding(
            "criterion", "Criteria in hand", "responsible", _criteria,
            _criterion_words, "gate__pilot",
            event=events.CRITERION_ASSESSED, due=lambda row: _first(row.gate.planned_on, row.stale_on),
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
            "meeting", "Gate meetings called", "called_by", _meetings, _title, None,
            event=events.MEETING_CHANGED, due=_day, told=_meeting, needs=Permission.HOLD_MEETING,
        ),
        Holding(
            "presenter", "Gate meetings presented now", "presenter", _presented, _title, None,
            event=events.MEETING_CHANGED, due=_day, told=_meeting, needs=Permission.HOLD_MEETING,
        ),
        Holding(
            "invitation", "Invitations to gate meetings", "person", _invitations,
            lambda row: row.review.title, None, "review", event=events.MEETING_INVITED,
            due=lambda row: _day(row.review), told=lambda row: _meeting(row.review),
            needs=Permission.DECIDE_GATE,
        ),
        *(
            Holding(
                key, name, field, _delegations, _delegation_words, None,
                event=events.DELEGATION_ENDED, ended=_delegations_ended,
            )
            for key, name, field in (
                ("stand_in", "Signing for others", "receiver"),
                ("delegation", "Others sign for them", "giver"),
            )
        ),
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
