"""What a reviewer reads: the gates that wait for them, and one gate criterion by criterion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format

from gates.choices import AssessmentState, SeatState, WaitingOn
from gates.feedback.queries import GateFeedback
from gates.models import Assessment, Feedback, Gate
from gates.seats.queries import seats_of, signers_of
from gates.signoffs.queries import AskedHere, Quorum, SeatStanding, Signing, seats_asked, signings_of
from pilots.choices import Role
from pilots.models import Membership, User
from pilots.permissions import Permission, allows

SHOWN = ("pilot__owner", "pilot__sponsor", "definition__phase__version__playbook", "waiting_for")


def shown(found: QuerySet[Gate]) -> QuerySet[Gate]:
    """These gates with what the list shows."""
    return found.select_related(*SHOWN).defer("definition__phase__version__source")


@dataclass(frozen=True)
class ReviewRow:
    """One gate in somebody's list of reviews."""

    gate: Gate
    asked: list[AskedHere]  # the seats in which this person has to sign
    decides: bool  # whether this person has to decide
    signed: list[str]  # how this person has signed: "as Risk on 3 Mar 2026"
    waits_for: list[str]  # what is missing besides, in sentences


def review_rows(gates: Sequence[Gate], user: User, *, today: date) -> list[ReviewRow]:
    """Each of these gates from `shown` as this person sees it. At most five queries."""
    signings = signings_of(gates, today=today)
    return [_row(gate, signings[gate.pk], user) for gate in gates]


def _row(gate: Gate, signing: Signing, user: User) -> ReviewRow:
    asked = seats_asked(user, signing)
    is_decided_next = not signing.quorum.waits_for and gate.waiting_on == WaitingOn.GATEKEEPERS
    return ReviewRow(
        gate=gate,
        asked=asked,
        decides=is_decided_next and allows(user, Permission.DECIDE_GATE, pilot=gate.pilot),
        signed=_signed_as(signing.quorum, user),
        waits_for=signing.quorum.missing or [NEXT[gate.waiting_on]],
    )


# What comes once enough have signed.
NEXT: dict[str, str] = {
    WaitingOn.GATEKEEPERS: "Enough have signed. A gatekeeper or executive decides.",
    WaitingOn.MEETING: "Enough have signed. The gate meeting decides.",
    WaitingOn.CONDITION: "Enough have signed. A condition that was not kept comes first.",
}


def _signed_as(quorum: Quorum, user: User) -> list[str]:
    """How this person, or somebody in their place, has signed here."""
    return [
        _signed(role.label, seat, user)
        for role in quorum.roles
        for seat in role.seats
        if seat.at is not None and user in (seat.person, seat.signer)
    ]


def _signed(role: str, seat: SeatStanding, user: User) -> str:
    assert seat.at is not None
    on = date_format(timezone.localtime(seat.at), "j M Y")
    changed = ", changed since" if seat.state == SeatState.STALE else ""
    if seat.signer is None:
        return f"As {role} on {on}{changed}"
    if seat.signer == user:
        return f"As {role} for {seat.person} on {on}{changed}"
    return f"{seat.signer} for you as {role} on {on}{changed}"


def is_seated(user: User, gate: Gate, *, today: date) -> bool:
    """Whether this person signs in a gatekeeper role at this gate. At most one query."""
    return bool(seats_of(user, gate, today=today))


def told_of_request(gate: Gate, *, today: date) -> list[User]:
    """Who hears of a request for review: the gatekeepers of the programme, and who signs at this gate.

    At most four queries. The gate brings its definition, and its pilot with owner and sponsor.
    """
    pilot = gate.pilot
    here = Q(programme=pilot.programme_id) | Q(programme__isnull=True)
    held = Membership.objects.filter(here, role=Role.GATEKEEPER).values("user")
    keepers = User.objects.filter(pk__in=held, is_active=True)
    people = {person.pk: person for person in [*keepers, *signers_of(gate, today=today)]}
    told = (person for person in people.values() if person.pk != pilot.owner_id and person.email.strip())
    return sorted(told, key=lambda person: (person.name, person.pk))


@dataclass(frozen=True)
class Item:
    """One criterion on the reviewer's way through a gate, with what this reviewer has said of it."""

    assessment: Assessment
    said: Feedback | None

    @property
    def key(self) -> str:
        return self.assessment.criterion.key


@dataclass(frozen=True)
class Reading:
    """A reviewer's way through a gate."""

    items: list[Item]

    @property
    def done(self) -> int:
        return sum(item.said is not None for item in self.items)

    @property
    def first_open(self) -> Item | None:
        """Where to go on; None when something was said of everything."""
        return next((item for item in self.items if item.said is None), None)

    def place(self, key: str) -> int:
        """Which one this is, from 1. Raises StopIteration when it is not among them."""
        return next(place for place, item in enumerate(self.items, start=1) if item.key == key)

    def around(self, key: str) -> tuple[Item | None, Item | None]:
        """The one before and the one after."""
        place = self.place(key) - 1
        before = self.items[place - 1] if place else None
        return before, self.items[place + 1] if place + 1 < len(self.items) else None


def reading_of(assessments: Sequence[Assessment], feedback: GateFeedback, reader: User) -> Reading:
    """The way through what applies at a gate. No query."""
    said: Mapping[int | None, Feedback] = feedback.by(reader.pk)
    applying = (row for row in assessments if row.state != AssessmentState.NOT_APPLICABLE)
    return Reading([Item(row, said.get(row.pk)) for row in applying])
