"""What a person holds, who may pass it on, and which handovers there were."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import Func, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Lower

from gates.handover.table import HOLDINGS, Holding
from gates.models import Gatekeeper, HandedThing, Handover
from pilots.models import ApiToken, Pilot, Programme, User
from pilots.permissions import Permission, allows


@dataclass(frozen=True)
class Thing:
    """One thing that somebody holds today."""

    holding: Holding
    row: Any

    @property
    def key(self) -> str:
        """What names it in forms: "owner:12"."""
        return f"{self.holding.key}:{self.row.pk}"

    @property
    def words(self) -> str:
        return self.holding.words(self.row)

    @cached_property
    def pilot(self) -> Pilot | None:
        return self.holding.pilot_of(self.row)

    @cached_property
    def programme(self) -> Programme | None:
        return self.holding.programme_of(self.row)

    @property
    def due(self) -> date | None:
        return self.holding.due(self.row)


@dataclass(frozen=True)
class Group:
    """All things of one kind."""

    holding: Holding
    things: list[Thing]


def work_of(person: User, *, by: User) -> list[Group]:
    """What this person holds and `by` may pass on, kind by kind. One query per kind, and one."""
    seen = list(Programme.objects.visible_to(by))
    groups = []
    for holding in HOLDINGS.values():
        rows = holding.standing().filter(_within(holding, person, by, seen), **{holding.field: person})
        if things := [Thing(holding, row) for row in rows]:
            groups.append(Group(holding, things))
    return groups


def _within(holding: Holding, person: User, by: User, seen: Iterable[Programme]) -> Q:
    """Where `by` may pass on what `person` holds of this kind: one's own work everywhere."""
    if by.pk == person.pk and holding.permission == Permission.HAND_OVER_WORK:
        return Q()
    managed = [one.pk for one in seen if allows(by, holding.permission, programme=one)]
    here = Q(**{f"{holding.programme_path}__in": managed})
    everywhere = holding.can_be_everywhere and allows(by, Permission.MANAGE_PEOPLE)
    return here | Q(programme__isnull=True) if everywhere else here


def work_left(person: User) -> int:
    """How many things would be without anybody if this person left.

    Not roles, invitations and delegations, nor seats that others hold too. Two queries, and one for each seat.
    """
    counted = (one for one in HOLDINGS.values() if one.is_of_pilots or one.key == "meeting")
    counts = [_count(one.standing().filter(**{one.field: OuterRef("pk")})) for one in counted]
    held = sum(User.objects.filter(pk=person.pk).values_list(*counts).get())
    return held + sum(1 for seat in person.gatekeeper_roles.all() if not _held_by_others(seat))


def _count(rows: QuerySet) -> Subquery:
    # Count() would group by what the rows are filtered by
    counted = rows.order_by().select_related(None).annotate(counted=Func("pk", function="COUNT"))
    return Subquery(counted.values("counted"), output_field=IntegerField())


def _held_by_others(seat: Gatekeeper) -> bool:
    same = Gatekeeper.objects.filter(programme=seat.programme_id, role__iexact=seat.role)
    return same.filter(person__is_active=True).exclude(person=seat.person_id).exists()


def tokens_ending_with(person: User, *, now: datetime) -> list[str]:
    """The names of the tokens with which programs come in this person's name: they stop working. One query."""
    return list(
        ApiToken.objects.usable(now).filter(user=person).order_by("name").values_list("name", flat=True)
    )


def people_to_hand_over(by: User) -> QuerySet[User]:
    """Those whose work this person may look at: everybody for administrators, else oneself and the people of the
    programmes one manages, those too who only own or sponsor something there."""
    if by.access.sees_all_programmes and allows(by, Permission.MANAGE_PEOPLE):
        return User.objects.all()
    seen = Programme.objects.visible_to(by)
    managed = [one.pk for one in seen if allows(by, Permission.HAND_OVER_WORK, programme=one)]
    there = (
        Q(memberships__programme__in=managed)
        | Q(pilots_owned__programme__in=managed)
        | Q(pilots_sponsored__programme__in=managed)
    )
    return User.objects.filter(Q(pk=by.pk) | there).distinct()


def possible_successors(person: User, *, by: User) -> QuerySet[User]:
    """Active people who have a role where `by` sees one."""
    found = User.objects.filter(is_active=True, memberships__isnull=False).exclude(pk=person.pk)
    if not by.access.sees_all_programmes:
        here = Q(memberships__programme__in=list(by.access.by_programme))
        found = found.filter(here | Q(memberships__programme__isnull=True))
    return found.distinct().order_by(Lower("name"), "pk")


def handovers_seen(user: User) -> QuerySet[Handover]:
    return Handover.objects.visible_to(user).select_related("person", "by", "undone_by")


def things_seen(handover: Handover, user: User) -> list[HandedThing]:
    """The things of a handover that this person may see. One query."""
    rows = HandedThing.objects.visible_to(user).filter(handover=handover)
    return list(rows.select_related("receiver", "pilot", "programme").order_by("pk"))


def may_undo(handover: Handover, user: User) -> bool:
    """Who did it may, and who may hand over work in every programme it is of. At most two queries."""
    if handover.by_id == user.pk:
        return True
    touched = set(handover.things.values_list("programme_id", flat=True))
    programmes = Programme.objects.filter(pk__in=touched)
    here = all(allows(user, Permission.HAND_OVER_WORK, programme=one) for one in programmes)
    return here and (None not in touched or allows(user, Permission.MANAGE_PEOPLE))
