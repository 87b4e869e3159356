"""Who may sign at a gate, who has, and whether that is enough."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from gates.choices import GateStatus, SeatState, SignOffKind
from gates.digest import covered, differences, digest_of
from gates.journey.facts import facts_of, facts_of_many
from gates.journey.queries import checklist_of
from gates.models import Assessment, Gate, SignOff
from gates.seats.queries import (
    Circle,
    Seat,
    Table,
    Words,
    count_at,
    latest_words,
    roles_of,
    seats_at,
    words_at,
)
from gates.seats.queries import seats_of as seats_of  # asked for here by the other subjects
from gates.seats.quorum import (
    ALL,
    ANY,
    SPONSOR,
    RoleCount,
    RoleTerms,
    gate_words,
    joined,
    quorum_reached,
    role_words,
    roles_needed,
)
from pilots.models import User


@dataclass(frozen=True)
class SeatStanding:
    """One seat as the pages show it. `person` is nobody where a role has no holder."""

    person: User | None
    state: str
    at: datetime | None = None
    signer: User | None = None  # where somebody stood in
    comment: str = ""
    difference: list[str] = field(default_factory=list)  # what changed since, in sentences
    note: str = ""  # why it is vacant, or does not count
    delegates: list[User] = field(default_factory=list)  # who may sign for this person now
    sign_off: int | None = None  # the id of what was signed

    @property
    def label(self) -> str:
        return str(SeatState(self.state).label)

    @property
    def signs_again(self) -> User | None:
        """Whom to ask once more: who stood in, while they still may, else the person whose seat it is."""
        return self.signer if self.signer in self.delegates else self.person

    @property
    def tone(self) -> str:
        tones: dict[str, str] = {SeatState.SIGNED: "ok", SeatState.STALE: "warn", SeatState.VACANT: "bad"}
        return tones.get(self.state, "wait")


@dataclass(frozen=True)
class RoleStanding:
    """One gatekeeper role at a gate: what it asks for and how far it is."""

    label: str
    words: str
    seats: list[SeatStanding]
    reached: bool
    missing: list[str]
    can_sign: frozenset[int]  # people whose seats may sign it

    @property
    def signers(self) -> frozenset[int]:
        """The people whose signatures count."""
        signed = (seat for seat in self.seats if seat.state == SeatState.SIGNED)
        return frozenset(who.pk for seat in signed if (who := seat.signer or seat.person) is not None)

    def has_changed(self, holder: User) -> bool:
        """Whether what was signed in this person's seat has changed since."""
        return any(seat.person == holder and seat.state == SeatState.STALE for seat in self.seats)

    @property
    def again(self) -> list[str]:
        """Who is asked once more, in sentences."""
        return [_waits(seat.person, self.label, True) for seat in self.stale if seat.person]

    @property
    def stale(self) -> list[SeatStanding]:
        """The seats asked once more."""
        if self.reached:
            return []
        return [
            seat
            for seat in self.seats
            if seat.person and seat.state == SeatState.STALE and seat.person.pk in self.can_sign
        ]


@dataclass(frozen=True)
class Quorum:
    """Whether enough people have signed, what is missing in sentences, and how each role stands."""

    reached: bool
    missing: list[str]
    roles: list[RoleStanding]
    words: str = ""
    signed: int = 0
    needed: int = 0

    @property
    def in_order(self) -> list[RoleStanding]:
        """The roles in the order of signing: the sponsor hears the others first."""
        return sorted(self.roles, key=lambda role: role.label.casefold() == SPONSOR)

    @property
    def waits_for(self) -> frozenset[int]:
        """The people whose seats have still to be signed."""
        if self.reached:
            return frozenset()
        return frozenset().union(*(role.can_sign for role in self.roles if not role.reached))


@dataclass(frozen=True)
class Signing:
    """One gate's table, and how far its sign-offs are."""

    table: Table
    quorum: Quorum


def facts_now(gate: Gate, today: date, assessments: Sequence[Assessment] | None = None) -> dict:
    """What the gate is decided on, as it is. Three queries, one less where its assessments are loaded."""
    return facts_of(gate, checklist_of(gate) if assessments is None else assessments, today=today)


def quorum_of(gate: Gate, *, today: date) -> Quorum:
    """Whether enough people have signed at this gate.

    At most five queries, however many roles and people there are. The gate brings its definition down to
    the playbook, and its pilot with owner and sponsor. At a gate that has been decided, sign-offs stand as
    they were given.
    """
    return _quorum_at(Table(gate, today), None)


def signings_of(gates: Sequence[Gate], *, today: date) -> dict[int, Signing]:
    """Gate id → who sits around its table and whether enough have signed, for gates that are not decided.

    At most five queries, however many gates; each brings what `quorum_of` asks for.
    """
    circle, words = Circle({gate.pilot.programme_id for gate in gates}, today), words_at(gates)
    facts = facts_of_many([gate for gate in gates if gate.pk in words], today=today)
    tables = (Table(gate, today, circle) for gate in gates)
    return {
        table.gate.pk: Signing(table, _quorum(table, words[table.gate.pk], facts.get(table.gate.pk)))
        for table in tables
    }


def _quorum_at(table: Table, assessments: Sequence[Assessment] | None) -> Quorum:
    gate, words = table.gate, latest_words(table.gate)
    matters = words and gate.status != GateStatus.DECIDED
    return _quorum(table, words, facts_now(gate, table.today, assessments) if matters else None)


def _quorum(table: Table, words: Words, facts: dict | None) -> Quorum:
    """`facts`: what the gate is decided on now; None: what was signed stands as it was given."""
    gate = table.gate
    roles = [_role(role, table, words, facts) for role in roles_of(gate.definition)]
    terms = gate.definition.quorum
    reached = quorum_reached(terms, [role.reached for role in roles])
    return Quorum(
        reached=reached,
        missing=[] if reached else _missing(terms, roles),
        roles=roles,
        words=gate_words(terms, len(roles)),
        signed=sum(role.reached for role in roles),
        needed=roles_needed(terms, len(roles)),
    )


@dataclass(frozen=True)
class AskedHere:
    """A seat in which a person still has to sign; `again`: what was signed there has changed."""

    seat: Seat
    again: bool

    @property
    def label(self) -> str:
        return self.seat.label


def seats_asked(user: User, signing: Signing) -> list[AskedHere]:
    """The seats in which this person still has to sign before enough have: own ones, then lent ones.

    One person counts once in a role, so who has signed there for somebody else is not asked.
    """
    if signing.quorum.reached:
        return []
    standing = {role.label: role for role in signing.quorum.roles if not role.reached}
    return [
        AskedHere(seat, again=role.has_changed(seat.holder))
        for seat in seats_at(user, signing.table)
        if (role := standing.get(seat.role)) is not None
        and seat.holder.pk in role.can_sign
        and user.pk not in role.signers
    ]


def stale_seats(quorum: Quorum) -> list[SeatStanding]:
    """The seats that have to be signed once more before enough have signed."""
    return [] if quorum.reached else [seat for role in quorum.roles for seat in role.stale]


def sign_off_panel(
    user: User, gate: Gate, *, today: date, assessments: Sequence[Assessment] | None = None
) -> dict:
    """What gates/_sign_off.html shows: `quorum` and `seats`. At most five queries, four with assessments."""
    table = Table(gate, today)
    return {"quorum": _quorum_at(table, assessments), "seats": seats_at(user, table)}


def _role(role: RoleTerms, table: Table, words: Words, facts: dict | None) -> RoleStanding:
    now = covered(facts, role.areas) if facts is not None else None
    digest = digest_of(now) if now is not None else ""
    signed = {
        holder: word
        for (key, holder), word in words.items()
        if key == role.key and word.kind == SignOffKind.SIGNED
    }
    count = count_at(table, role, words, digest)
    seats = _seat_standings(role, table, signed, count, now, digest)
    return RoleStanding(
        label=role.label,
        words=role_words(role.quorum) if len(seats) > 1 else "",
        seats=seats,
        reached=count.reached,
        missing=[] if count.reached else _missing_of(role, table, seats, count),
        can_sign=frozenset(count.can_sign),
    )


def _seat_standings(role, table, signed, count, now, digest) -> list[SeatStanding]:
    """Everybody named for the role, then those who signed without holding it; at least one seat."""
    known = {person.pk: person for person in table.known(role)}
    others = {pk: word.on_behalf_of or word.person for pk, word in signed.items() if pk not in known}
    seats = [
        _seat(person, table, signed.get(pk), count, now, digest) for pk, person in (known | others).items()
    ]
    if (
        not table.holders(role)
        and not count.reached
        and not any(seat.state == SeatState.STALE for seat in seats)
    ):
        seats.append(_open_seat(role, table))
    return seats


def _seat(person: User, table: Table, word: SignOff | None, count: RoleCount, now, digest) -> SeatStanding:
    delegates = table.delegates_of(person) if not table.why_not(person) else []
    if word is None:
        note = table.why_not(person)
        state = SeatState.VACANT if note else SeatState.WAITING
        return SeatStanding(person, state, note=note, delegates=delegates)
    fresh = not digest or word.digest == digest
    state, note = (SeatState.SIGNED, "") if person.pk in count.counted else (SeatState.WAITING, "")
    if not fresh:
        state = SeatState.STALE
    elif state != SeatState.SIGNED:
        note = _why_uncounted(word, table)
    return SeatStanding(
        person=person,
        state=state,
        at=word.at,
        signer=word.person if word.on_behalf_of_id else None,
        comment=word.comment,
        sign_off=word.pk,
        difference=[] if fresh else [change.text for change in differences(word.seen, now)],
        note=note,
        delegates=delegates,
    )


def _why_uncounted(word: SignOff, table: Table) -> str:
    if table.pilot.owner_id in (word.person_id, word.holder_id):
        return "The signature does not count: its signer owns this pilot now."
    return f"{word.person} has signed in this role already; that counts once."


def _open_seat(role: RoleTerms, table: Table) -> SeatStanding:
    people = table.may_sign(role)
    if not people:
        return SeatStanding(None, SeatState.VACANT, note=_vacancy(role))
    names = joined([str(person) for person in people[:3]] + ["another gatekeeper"] * (len(people) > 3))
    return SeatStanding(None, SeatState.WAITING, note=f"Nobody is named. {names} can sign.")


def _vacancy(role: RoleTerms) -> str:
    if role.is_sponsor:
        return "Nobody can sign as Sponsor. Name another sponsor of this pilot."
    return f"Nobody can sign as {role.label}. Name someone."


def _missing_of(role: RoleTerms, table: Table, seats: list[SeatStanding], count: RoleCount) -> list[str]:
    """What one role still lacks, in sentences."""
    if not count.can_sign:
        return [_vacancy(role)]
    if count.is_stuck:
        people = "1 person" if len(count.can_sign) == 1 else f"{len(count.can_sign)} people"
        return [f"{role.label} needs {count.missing} more to sign, and only {people} can. Name more."]
    able = {person.pk: person for person in table.may_sign(role)}
    stale = {seat.person.pk for seat in seats if seat.person and seat.state == SeatState.STALE}
    if (role.quorum == ALL and table.holders(role)) or len(count.can_sign) == count.missing:
        return [_waits(able[pk], role.label, pk in stale) for pk in count.can_sign]
    again = [_waits(able[pk], role.label, True) for pk in count.can_sign if pk in stale]
    if again and len(again) >= count.missing:
        return again
    if role.quorum in (ANY, ALL, "1"):
        names = joined([str(able[pk]) for pk in count.can_sign])
        return [f"Nobody has signed as {role.label}. {names} can."]
    return [f"{role.label} needs {count.needed} signatures and has {count.given}."]


def _waits(person: User, role: str, stale: bool) -> str:
    if stale:
        return f"{person} has to sign again as {role}: what was signed has changed."
    return f"{person} has not signed as {role}."


def _missing(quorum: str, roles: list[RoleStanding]) -> list[str]:
    """What the gate still lacks, in sentences."""
    needed, open_roles = roles_needed(quorum, len(roles)), [role for role in roles if not role.reached]
    signed = len(roles) - len(open_roles)
    if needed == len(roles):
        return [sentence for role in open_roles for sentence in role.missing]
    labels = joined([role.label for role in open_roles])
    first = "One more" if signed else "One"
    missing = needed - signed
    if missing > 1:
        first = f"{missing} more" if signed else f"{missing}"
    verb = "has" if missing == 1 else "have"
    stuck = [role for role in open_roles if not role.can_sign]
    vacancies = [sentence for role in stuck for sentence in role.missing]
    again = [sentence for role in open_roles for sentence in role.again]
    stuck_for_good = len(open_roles) - len(stuck) < missing
    return [f"{first} of {labels} {verb} to sign.", *again, *(vacancies if stuck_for_good else [])]
