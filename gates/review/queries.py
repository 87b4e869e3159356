"""What a reviewer reads: the gates that wait for them, and one gate criterion by criterion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from gates.choices import AssessmentState, GateStatus
from gates.feedback.queries import GateFeedback
from gates.models import Assessment, Delegation, Feedback, Gate, Gatekeeper
from gates.signoffs.seats import seats_of
from pilots.choices import Role
from pilots.models import Membership, Pilot, User
from pilots.permissions import GRANTS, Permission

DECIDING = [role for role in Role if Permission.DECIDE_GATE in GRANTS[role]]


def reviews_of(user: User, *, today: date) -> QuerySet[Gate]:
    """Gates in review for which this person may decide or sign, the longest waiting first. Never own pilots."""
    here = Q(programme=OuterRef("pilot__programme")) | Q(programme__isnull=True)
    lent = Delegation.objects.running(today).filter(here, receiver=user)
    named = Gatekeeper.objects.filter(programme=OuterRef("pilot__programme"))
    named_there = Gatekeeper.objects.filter(programme=OuterRef(OuterRef("pilot__programme")))
    signs = (
        Q(pilot__sponsor=user)
        | Q(Exists(named.filter(person=user)))
        | Q(Exists(lent.filter(giver=OuterRef("pilot__sponsor"))))
        | Q(Exists(lent.filter(giver__in=named_there.values("person"))))
    )
    if not _decides_everywhere(user):
        signs |= Q(pilot__programme__in=_programmes(user))
        found = Gate.objects.visible_to(user).filter(signs)
    else:
        found = Gate.objects.visible_to(user)
    return (
        found.filter(status=GateStatus.SUBMITTED).exclude(pilot__owner=user).order_by("waiting_since", "pk")
    )


def _decides_everywhere(user: User) -> bool:
    return not user.access.everywhere.isdisjoint(DECIDING)


def _programmes(user: User) -> list[int]:
    """The programmes at whose gates this person may decide."""
    return [pk for pk, roles in user.access.by_programme.items() if not roles.isdisjoint(DECIDING)]


def review_count(user: User) -> int:
    """How many gates wait for this person. One query."""
    return reviews_of(user, today=timezone.localdate()).count()


def shown_reviews(user: User, *, today: date) -> QuerySet[Gate]:
    """`reviews_of` with what the list shows."""
    return reviews_of(user, today=today).select_related("pilot__owner", "definition", "waiting_for")


def is_seated(user: User, gate: Gate, *, today: date) -> bool:
    """Whether this person signs in a gatekeeper role at this gate. At most three queries."""
    return bool(seats_of(user, gate, today=today))


def told_of_request(pilot: Pilot) -> list[User]:
    """Who hears of a request for review: the gatekeepers of the programme. One query."""
    here = Q(programme=pilot.programme_id) | Q(programme__isnull=True)
    held = Membership.objects.filter(here, role=Role.GATEKEEPER).values("user")
    people = User.objects.filter(pk__in=held, is_active=True).order_by("name", "pk")
    return [person for person in people if person.pk != pilot.owner_id]


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
