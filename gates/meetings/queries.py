"""What can be asked about gate meetings: lists, agendas, minutes, who is invited."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Prefetch, Q

from gates.choices import CALLED, GateStatus, MeetingState, Outcome
from gates.models import AgendaItem, Gate, GateReview, Vote
from gates.portfolio.filters import PilotFilters
from gates.portfolio.health import with_current_gate
from pilots.choices import Role
from pilots.models import Pilot, Programme, User

DECIDERS = (Role.GATEKEEPER, Role.EXECUTIVE)
MOST_CANDIDATES = 200


def invited_to(programme: Programme, gates: Sequence[Gate]) -> list[User]:
    """Who decides there: the programme's gatekeepers and executives, and the sponsors of these pilots."""
    deciders = Q(memberships__role__in=DECIDERS) & (
        Q(memberships__programme=programme) | Q(memberships__programme__isnull=True)
    )
    sponsors = Q(pilots_sponsored__gates__in=[gate.pk for gate in gates])
    found = User.objects.filter(deciders | sponsors, is_active=True)
    return list(found.distinct().order_by("name", "pk"))


@dataclass(frozen=True)
class Candidates:
    """The gates that a filter of the portfolio finds, to be put on an agenda."""

    gates: list[Gate]
    matching: int  # of which at most MOST_CANDIDATES are here

    @property
    def left_out(self) -> int:
        return self.matching - len(self.gates)


def candidates(user: User, programme: Programme, asked: Mapping, *, today: date, request=None) -> Candidates:
    """Current gates of this programme's listed pilots that the portfolio's filter finds, soonest first.

    `asked` is the portfolio's query string. Two queries.
    """
    pilots = with_current_gate(Pilot.objects.visible_to(user).listed().filter(programme=programme)).order_by()
    filters = PilotFilters(asked, queryset=pilots, request=request, today=today)
    found = filters.qs if filters.is_valid() else pilots.none()
    ids = found.filter(current__isnull=False).values("current__pk")
    gates = (
        Gate.objects.filter(pk__in=ids)
        .select_related("pilot__owner", "definition")
        .order_by("planned_on", "pilot__title", "pk")
    )
    return Candidates(gates=list(gates[:MOST_CANDIDATES]), matching=gates.count())


def choosable(user: User, programme: Programme):
    """Every gate of this programme that can be put on an agenda, in the order of the candidates."""
    found = Gate.objects.visible_to(user).current().filter(pilot__programme=programme)
    found = found.filter(pilot__archived_at__isnull=True).select_related("pilot__programme", "definition")
    return found.order_by("planned_on", "pilot__title", "pk")


def called_and_past(user: User):
    """Meetings to come, soonest first, and those that are over, newest first; each with its counts."""
    seen = GateReview.objects.visible_to(user).select_related("programme")
    seen = seen.annotate(item_count=Count("items"), decided_count=Count("items__decision"))
    return (
        seen.filter(state__in=CALLED).order_by("starts_at", "pk"),
        seen.exclude(state__in=CALLED).order_by("-starts_at", "-pk"),
    )


def agenda_of(review: GateReview) -> list[AgendaItem]:
    """The agenda in order, each item with gate, pilot, decision, conditions and votes. At most four queries."""
    votes = Prefetch("votes", Vote.objects.select_related("person"))
    items = review.items.select_related(
        "gate__pilot__owner", "gate__definition__phase", "decision__decided_by"
    ).prefetch_related(votes, "decision__conditions__owner")
    return list(items.order_by("position", "pk"))


def sitting_gate(item: AgendaItem) -> Gate:
    """The gate of an item with everything its decision screen reads. One query."""
    gates = Gate.objects.select_related(
        "pilot__programme",
        "pilot__owner",
        "pilot__sponsor",
        "definition__phase__version__playbook",
    )
    return gates.defer("definition__phase__version__source").get(pk=item.gate_id)


def next_open(review: GateReview, *, after: AgendaItem) -> AgendaItem | None:
    """The next item neither decided nor parked, first below this one, then from the top."""
    items = review.items.filter(decision__isnull=True, parked_at__isnull=True).exclude(pk=after.pk)
    items = items.exclude(gate__status=GateStatus.DECIDED)
    below = items.filter(position__gt=after.position).order_by("position").first()
    return below or items.order_by("position").first()


@dataclass(frozen=True)
class Standing:
    """How the votes on one item stand."""

    counts: list[tuple[str, int]]  # (outcome's label, votes), most first
    votes: list[Vote]

    @property
    def words(self) -> str:
        """Such as "Hold 3, Conditional go 1"."""
        return ", ".join(f"{label} {count}" for label, count in self.counts)


def standing_of(item: AgendaItem) -> Standing:
    """The votes on an item of `agenda_of`. No query."""
    votes = list(item.votes.all())
    counted = Counter(vote.outcome for vote in votes)
    return Standing([(str(Outcome(outcome).label), count) for outcome, count in counted.most_common()], votes)


@dataclass(frozen=True)
class Times:
    """How far a running meeting is: minutes as people read them."""

    item_ends_at: datetime | None
    ends_at: datetime  # by the agenda


def times_of(review: GateReview, items: int) -> Times:
    """When the current item's and the whole agenda's time is over."""
    lasts = timedelta(minutes=review.item_minutes)
    began = review.started_at or review.starts_at
    return Times(
        item_ends_at=review.current_since + lasts if review.current_since else None,
        ends_at=began + lasts * items,
    )


def is_invited(user: User, review: GateReview) -> bool:
    """Whether this person votes in the meeting. One query."""
    return review.attendees.filter(person=user).exists()


def open_meetings(user: User, programme: Programme):
    """Planned meetings of this programme that a gate can be put on, soonest first."""
    found = GateReview.objects.visible_to(user).filter(programme=programme, state=MeetingState.PLANNED)
    return found.order_by("starts_at", "pk")


def decided_elsewhere(items: Sequence[AgendaItem]) -> set[int]:
    """Ids of items whose gate was decided outside the meeting. No query."""
    return {item.pk for item in items if not item.is_done and item.gate.status == GateStatus.DECIDED}
