"""Who holds which gatekeeper role in a programme, who acts for whom, and why somebody cannot."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from gates.choices import CURRENT, GateStatus, VersionStatus
from gates.models import Delegation, GateDefinition, Gatekeeper, SignOff
from gates.seats.queries import Table, roles_of
from gates.seats.quorum import RoleTerms
from gates.signoffs.rules import Lent, stand_in_blockers
from pilots.choices import Role
from pilots.models import Membership, Programme, User
from pilots.queries import members_of


@dataclass
class RoleHolders:
    """One gatekeeper role of a programme: where it is asked for and who holds it."""

    label: str
    asked_at: list[str] = field(default_factory=list)  # such as "G2 Value proven"
    holders: list[Gatekeeper] = field(default_factory=list)
    stand_ins: bool = True  # whether the programme has a gatekeeper who could sign instead

    @property
    def is_vacant(self) -> bool:
        """Nobody who could sign holds it."""
        return not any(holder.person.is_active for holder in self.holders)

    @property
    def cannot_be_signed(self) -> bool:
        return self.is_vacant and not self.stand_ins


def role_holders(programme: Programme) -> list[RoleHolders]:
    """The gatekeeper roles of the playbooks in use here, then those only named here. Three queries.

    In use is a playbook whose gates lie ahead of a pilot, or that a pilot can be started on.
    """
    found: dict[str, RoleHolders] = {}
    for definition in _definitions(programme):
        for role in definition.roles:
            roles = found.setdefault(role.label.casefold(), RoleHolders(role.label))
            if str(definition) not in roles.asked_at:
                roles.asked_at.append(str(definition))
    for holder in Gatekeeper.objects.filter(programme=programme).select_related("person"):
        found.setdefault(holder.role.casefold(), RoleHolders(holder.role)).holders.append(holder)
    found.pop("sponsor", None)  # is each pilot's own
    here = Q(programme=programme) | Q(programme__isnull=True)
    stand_ins = Membership.objects.filter(here, role=Role.GATEKEEPER, user__is_active=True).exists()
    for roles in found.values():
        roles.stand_ins = stand_ins
    return sorted(found.values(), key=lambda one: one.label.casefold())


def _definitions(programme: Programme):
    ahead = Q(
        gates__pilot__programme=programme,
        gates__pilot__archived_at__isnull=True,
        gates__status__in=(*CURRENT, GateStatus.UPCOMING),
    )
    published = Q(phase__version__status=VersionStatus.PUBLISHED)
    used = GateDefinition.objects.filter(pk__in=GateDefinition.objects.filter(ahead).values("pk"))
    return (used | GateDefinition.objects.filter(published)).order_by("key", "pk")


def delegations_of(person: User) -> tuple[list[Delegation], list[Delegation]]:
    """What this person gave and what they were given, newest first. One query."""
    mine = Delegation.objects.filter(Q(giver=person) | Q(receiver=person))
    rows = list(mine.select_related("giver", "receiver", "programme", "ended_by"))
    given = [row for row in rows if row.giver_id == person.pk]
    return given, [row for row in rows if row.receiver_id == person.pk]


def acting_today(person: User, today: date) -> list[Delegation]:
    """Who acts for whom today where this person may look. One query."""
    running = Delegation.objects.running(today).filter(giver__is_active=True, receiver__is_active=True)
    if not person.access.sees_all_programmes:
        seen = list(person.access.by_programme)
        member = Q(programme__isnull=True, giver__memberships__programme__in=seen) | Q(programme__in=seen)
        running = running.filter(member | Q(giver=person) | Q(receiver=person)).distinct()
    rows = running.select_related("giver", "receiver", "programme")
    return list(rows.order_by("giver__name", "ends_on", "pk"))


def possible_receivers(giver: User):
    """Active people who share a programme with this person: those who could open the same gates."""
    people = User.objects.filter(is_active=True).exclude(pk=giver.pk)
    if not giver.access.sees_all_programmes:
        seen = list(giver.access.by_programme)
        shared = Q(memberships__programme__in=seen) | Q(
            memberships__isnull=False, memberships__programme__isnull=True
        )
        people = people.filter(shared)
    else:
        people = people.filter(memberships__isnull=False)
    return people.distinct().order_by("name", "pk")


def receiver_sees(giver: User, receiver: User, programme: Programme | None) -> bool:
    """Whether this person could open the gates they are to sign at."""
    if programme is not None:
        return members_of(programme).filter(pk=receiver.pk).exists()
    return possible_receivers(giver).filter(pk=receiver.pk).exists()


# --- Signing for somebody else -----------------------------------------------------------------
def holder_named(pk: int, *, by: User, table: Table) -> User | None:
    """The person of this id, where `by` may know who that is: members of the programme and who signs at this
    gate, whoever lends or has lent them a seat, and for whom they have signed here. At most two queries.
    """
    around = [person for role in roles_of(table.gate.definition) for person in table.known(role)]
    known = next((person for person in around if person.pk == pk), None)
    if known is not None:
        return known
    lent = Delegation.objects.filter(receiver=by).values("giver")
    signed_for = SignOff.objects.filter(gate=table.gate, person=by).values("on_behalf_of")
    here = members_of(table.pilot.programme).order_by().values("pk")
    found = User.objects.filter(Q(pk__in=lent) | Q(pk__in=signed_for) | Q(pk__in=here))
    return found.filter(pk=pk).first()


def why_not_for(holder: User, by: User, table: Table, role: RoleTerms | None = None) -> list[str]:
    """Why `by` cannot sign for this person at a gate, in this role or in any; [] means they can.

    One query besides those of the table.
    """
    roles = roles_of(table.gate.definition) if role is None else [role]
    here = Q(programme=table.pilot.programme_id) | Q(programme__isnull=True)
    lent = Delegation.objects.filter(here, giver=holder, receiver=by)
    return stand_in_blockers(
        holder=str(holder),
        role=role.label if role else "",
        has_left=not holder.is_active,
        owns_pilot=holder.pk == table.pilot.owner_id,
        holds_role=any(holder in table.may_sign(one) for one in roles),
        lent=[Lent(row.starts_on, row.ends_on, row.ended_at is not None) for row in lent],
        today=table.today,
    )
