"""Who may sign at a gate: those named for its roles, those who stand in for them, or any gatekeeper."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Q

from gates.models import Delegation, Gate, GateDefinition, Gatekeeper
from gates.signoffs.quorum import ALL, SPONSOR, RoleTerms
from pilots.choices import Role
from pilots.models import Membership, User


@dataclass(frozen=True)
class Seat:
    """A role that somebody may sign in now: their own, or that of the person they stand in for."""

    role: str
    holder: User
    on_behalf_of: User | None = None
    may_sign: bool = True  # False where all that is left is to take back what was signed


def roles_of(definition: GateDefinition) -> list[RoleTerms]:
    """The gatekeeper roles of a gate. The sponsor is one person, whatever a playbook says."""
    return [
        RoleTerms(role.label, ALL if role.label.casefold() == SPONSOR else role.quorum, role.areas)
        for role in definition.roles
    ]


class Table:
    """The people around the table of one gate: who holds what, who stands in. At most three queries.

    The gate brings its definition and its pilot with owner and sponsor.
    """

    def __init__(self, gate: Gate, today: date):
        self.gate, self.pilot, self.today = gate, gate.pilot, today

    @cached_property
    def named(self) -> dict[str, list[User]]:
        """Role → everybody named for it, those who left too."""
        found: dict[str, list[User]] = defaultdict(list)
        rows = Gatekeeper.objects.filter(programme=self.pilot.programme_id).select_related("person")
        for row in rows:
            found[row.role.casefold()].append(row.person)
        return found

    @cached_property
    def stand_ins(self) -> list[User]:
        """The gatekeepers of the programme, for roles that nobody holds."""
        here = Q(programme=self.pilot.programme_id) | Q(programme__isnull=True)
        held = Membership.objects.filter(here, role=Role.GATEKEEPER, user__is_active=True)
        people = {row.user_id: row.user for row in held.select_related("user").order_by("user__name", "user")}
        return [person for pk, person in people.items() if pk != self.pilot.owner_id]

    @cached_property
    def delegates(self) -> dict[int, list[User]]:
        """Person → who may sign for them today; never the pilot's owner, and nobody who left."""
        found: dict[int, list[User]] = defaultdict(list)
        given = Delegation.objects.running(self.today).filter(
            Q(programme=self.pilot.programme_id) | Q(programme__isnull=True), receiver__is_active=True
        )
        for row in given.select_related("receiver").order_by("pk"):
            if row.receiver_id != self.pilot.owner_id and row.receiver not in found[row.giver_id]:
                found[row.giver_id].append(row.receiver)
        return found

    def known(self, role: RoleTerms) -> list[User]:
        """Everybody named for this role, able to sign or not."""
        if role.is_sponsor:
            return [self.pilot.sponsor] if self.pilot.sponsor else []
        return self.named.get(role.key, [])

    def holders(self, role: RoleTerms) -> list[User]:
        """Who holds it and may sign: not those who left, not the pilot's owner."""
        return [person for person in self.known(role) if not self.why_not(person)]

    def why_not(self, person: User) -> str:
        """Why this person's seat is vacant; "" where it is not."""
        if not person.is_active:
            return "Has left."
        return "Owns this pilot, so cannot sign for it." if person.pk == self.pilot.owner_id else ""

    def may_sign(self, role: RoleTerms) -> list[User]:
        """The holders, or the gatekeepers of the programme where nobody holds it."""
        return self.holders(role) or ([] if role.is_sponsor else self.stand_ins)


def seats_of(user: User, gate: Gate, *, today: date) -> list[Seat]:
    """The seats in which this person may sign at this gate, own ones first; [] for the pilot's owner.

    Whether the gate can be signed at this moment is for the rules. At most three queries.
    """
    return seats_at(user, Table(gate, today))


def signers_of(gate: Gate, *, today: date) -> list[User]:
    """Everybody with a seat at this gate, and who stands in for them today. At most three queries."""
    table = Table(gate, today)
    holders = [person for role in roles_of(gate.definition) for person in table.may_sign(role)]
    delegates = [receiver for person in holders for receiver in table.delegates.get(person.pk, [])]
    return list(dict.fromkeys(holders + delegates))


def seats_at(user: User, table: Table) -> list[Seat]:
    if not user.is_authenticated or not user.is_active or user.pk == table.pilot.owner_id:
        return []
    own, lent = [], []
    for role in roles_of(table.gate.definition):
        for holder in table.may_sign(role):
            if holder == user:
                own.append(Seat(role.label, holder))
            elif user in table.delegates.get(holder.pk, []):
                lent.append(Seat(role.label, holder, on_behalf_of=holder))
    return own + lent
