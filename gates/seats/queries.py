"""Who may sign at a gate: those named for its roles, those who stand in for them, or any gatekeeper."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import F, Q, QuerySet, Value

from gates.choices import SignOffKind
from gates.models import Delegation, Gate, GateDefinition, Gatekeeper, SignOff
from gates.seats.quorum import ALL, SPONSOR, RoleCount, RoleTerms, Signature, count_role
from pilots.choices import Role
from pilots.models import Membership, User

Words = dict[tuple[str, int], SignOff]  # (role, holder) → the last that was said in that seat


@dataclass(frozen=True)
class Seat:
    """A role that somebody may sign in now: their own, or that of the person they stand in for."""

    role: str
    holder: User
    on_behalf_of: User | None = None
    may_sign: bool = True  # False where all that is left is to take back what was signed

    @property
    def label(self) -> str:
        """The role, and for whom."""
        return f"{self.role}, for {self.on_behalf_of}" if self.on_behalf_of else self.role


def roles_of(definition: GateDefinition) -> list[RoleTerms]:
    """The gatekeeper roles of a gate. The sponsor is one person, whatever a playbook says."""
    return [
        RoleTerms(role.label, ALL if role.label.casefold() == SPONSOR else role.quorum, role.areas)
        for role in definition.roles
    ]


PERSON = [field.attname for field in User._meta.concrete_fields]
NAMED, GATEKEEPER, DELEGATE = "named", "gatekeeper", "delegate"


class Tie(NamedTuple):
    """What ties a person to a programme: named for a role, gatekeeper, or delegate of somebody."""

    programme: int | None  # None: all of them
    role: str
    giver: int  # whom they sign for
    person: User


class Circle:
    """The people of some programmes: who holds what, who stands in. One query for all of them."""

    def __init__(self, programmes: Iterable[int], today: date):
        self.programmes, self.today = frozenset(programmes), today

    @cached_property
    def named(self) -> dict[tuple[int, str], list[User]]:
        """(programme, role) → everybody named for it by name, those who left too."""
        found: dict[tuple[int, str], list[User]] = defaultdict(list)
        for programme, tie in self._reached(NAMED):
            found[programme, tie.role.casefold()].append(tie.person)
        return found

    @cached_property
    def gatekeepers(self) -> dict[int, list[User]]:
        """Programme → its gatekeepers by name, each once, those of all programmes among them."""
        found: dict[int, dict[int, User]] = {pk: {} for pk in self.programmes}
        for programme, tie in self._reached(GATEKEEPER):
            found[programme].setdefault(tie.person.pk, tie.person)
        return {programme: list(people.values()) for programme, people in found.items()}

    @cached_property
    def delegates(self) -> dict[tuple[int, int], list[User]]:
        """(programme, person) → who may sign for them there today, each once; nobody who left."""
        found: dict[tuple[int, int], dict[int, User]] = defaultdict(dict)
        for programme, tie in self._reached(DELEGATE):
            found[programme, tie.giver].setdefault(tie.person.pk, tie.person)
        return {place: list(people.values()) for place, people in found.items()}

    def _reached(self, kind: str) -> Iterator[tuple[int, Tie]]:
        """Each tie of this kind, once for each programme in which it holds."""
        for tie in self._ties[kind]:
            for programme in self.programmes if tie.programme is None else (tie.programme,):
                yield programme, tie

    @cached_property
    def _ties(self) -> dict[str, list[Tie]]:
        here = Q(programme__in=self.programmes) | Q(programme__isnull=True)
        held = Membership.objects.filter(here, role=Role.GATEKEEPER, user__is_active=True)
        given = Delegation.objects.running(self.today).filter(here, receiver__is_active=True)
        rows = _ties(NAMED, Gatekeeper.objects.filter(programme__in=self.programmes), "person").union(
            _ties(GATEKEEPER, held, "user"),
            _ties(DELEGATE, given, "receiver", held=Value(""), lender=F("giver_id")),
            all=True,
        )
        found: dict[str, list[Tie]] = defaultdict(list)
        for kind, programme, role, giver, _, _, *person in rows.order_by("kind", "place", "row"):
            found[kind].append(Tie(programme, role, giver, User.from_db(rows.db, PERSON, person)))
        return found


def _ties(kind: str, rows: QuerySet, person: str, **other: Any):
    """These rows as one part of the union: kind, programme, role, giver, two columns to sort by, the person.

    Delegates come in the order in which they were named, the others by name.
    """
    place = Value("") if kind == DELEGATE else F(f"{person}__name")
    facts = {"held": F("role"), "lender": F(f"{person}_id")} | other
    whose = {f"of_{name}": F(f"{person}__{name}") for name in PERSON}
    columns = {"kind": Value(kind), "at": F("programme_id"), **facts, "place": place, "row": F("pk"), **whose}
    return rows.order_by().annotate(**columns).values_list(*columns)


class Table:
    """The people around the table of one gate: who holds what, who stands in.

    The gate brings its definition and its pilot with owner and sponsor. `circle` is of several programmes,
    this one's among them; without it the table asks at most one query of its own.
    """

    def __init__(self, gate: Gate, today: date, circle: Circle | None = None):
        self.gate, self.pilot, self.today = gate, gate.pilot, today
        self.circle = circle or Circle([gate.pilot.programme_id], today)

    @property
    def stand_ins(self) -> list[User]:
        """The gatekeepers of the programme, for roles that nobody holds."""
        return self._not_the_owner(self.circle.gatekeepers[self.pilot.programme_id])

    def delegates_of(self, person: User) -> list[User]:
        """Who may sign for this person today; never the pilot's owner."""
        return self._not_the_owner(self.circle.delegates.get((self.pilot.programme_id, person.pk), []))

    def _not_the_owner(self, people: Iterable[User]) -> list[User]:
        return [person for person in people if person.pk != self.pilot.owner_id]

    def known(self, role: RoleTerms) -> list[User]:
        """Everybody named for this role, able to sign or not."""
        if role.is_sponsor:
            return [self.pilot.sponsor] if self.pilot.sponsor else []
        return self.circle.named.get((self.pilot.programme_id, role.key), [])

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

    Whether the gate can be signed at this moment is for the rules. At most one query.
    """
    return seats_at(user, Table(gate, today))


def signers_of(gate: Gate, *, today: date) -> list[User]:
    """Everybody with a seat at this gate, and who stands in for them today. At most one query."""
    table = Table(gate, today)
    holders = [person for role in roles_of(gate.definition) for person in table.may_sign(role)]
    delegates = [receiver for person in holders for receiver in table.delegates_of(person)]
    return list(dict.fromkeys(holders + delegates))


def seats_at(user: User, table: Table) -> list[Seat]:
    if not user.is_authenticated or not user.is_active or user.pk == table.pilot.owner_id:
        return []
    own, lent = [], []
    for role in roles_of(table.gate.definition):
        for holder in table.may_sign(role):
            if holder == user:
                own.append(Seat(role.label, holder))
            elif user in table.delegates_of(holder):
                lent.append(Seat(role.label, holder, on_behalf_of=holder))
    return own + lent


# --- What was said in the seats --------------------------------------------------------------
def latest_words(gate: Gate) -> Words:
    """The last that was said in each seat of this gate. One query."""
    return words_at([gate])[gate.pk]


def words_at(gates: Iterable[Gate], *, seen: bool = True) -> defaultdict[int, Words]:
    """Gate id → the last that was said in each of its seats; `seen=False`: without what was signed. One query."""
    found: defaultdict[int, Words] = defaultdict(dict)
    rows = SignOff.objects.filter(gate__in=gates).select_related("person", "on_behalf_of").order_by("pk")
    for row in rows if seen else rows.defer("seen"):
        found[row.gate_id][row.role.casefold(), row.holder_id] = row
    return found


def signatures_in(role: RoleTerms, words: Words, digest: str) -> list[Signature]:
    """The seats of a role whose last word was to sign, in the order of signing; blank `digest`: all fresh."""
    signed = [word for (key, _), word in words.items() if key == role.key and word.kind == SignOffKind.SIGNED]
    return [
        Signature(word.holder_id, word.person_id, fresh=not digest or word.digest == digest)
        for word in sorted(signed, key=lambda word: word.pk)
    ]


def count_at(table: Table, role: RoleTerms, words: Words, digest: str) -> RoleCount:
    """How far one role is at a gate. `digest` is of what it answers for now; blank: what was signed stands."""
    return count_role(
        role.quorum,
        holders=[person.pk for person in table.holders(role)],
        stand_ins=[person.pk for person in table.may_sign(role)],
        signatures=signatures_in(role, words, digest),
        owner=table.pilot.owner_id,
    )
