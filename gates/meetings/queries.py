"""What can be asked about gate meetings: lists, agendas, minutes, who is invited."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Prefetch, Q
from django.utils import timezone

from gates.choices import CALLED, GateStatus, MeetingState, Outcome, Standing
from gates.digest import digest_of
from gates.models import Addition, AgendaItem, Condition, DecisionPack, Gate, GateReview, Selection, Vote
from gates.portfolio.filters import PilotFilters
from gates.portfolio.health import with_current_gate
from gates.rules import freeze_moment
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


@dataclass(frozen=True)
class Picked:
    """Pilots picked from the portfolio, as an agenda of one programme can take them."""

    gates: list[Gate]  # to be put on an agenda: soonest first
    left_out: list[tuple[Pilot, str]]  # and why


def picked_for(user: User, programme: Programme, selection: Selection) -> Picked:
    """What of a selection can be put on an agenda of this programme. Two queries."""
    pilots = Pilot.objects.visible_to(user).select_related("programme").in_bulk(selection.pilots)
    gates = Gate.objects.current().filter(pilot__in=pilots, pilot__programme=programme)
    gates = gates.filter(pilot__archived_at__isnull=True).select_related("pilot__owner", "definition")
    found = list(gates.order_by("planned_on", "pilot__title", "pk"))
    has_gate = {gate.pilot_id for gate in found}
    left_out = [
        (pilots[pk], _why_not(pilots[pk], programme))
        for pk in selection.pilots
        if pk in pilots and pk not in has_gate
    ]
    return Picked(found, left_out)


def _why_not(pilot: Pilot, programme: Programme) -> str:
    if pilot.programme_id != programme.pk:
        return f"it belongs to {pilot.programme}"
    return "it is archived" if pilot.archived_at else "no gate of it is open"


def programmes_of(selection: Selection, programmes: Sequence[Programme]) -> list[Programme]:
    """Those of these programmes that have a pilot in the selection. One query."""
    pilots = Pilot.objects.filter(pk__in=selection.pilots)
    known = set(pilots.values_list("programme_id", flat=True))
    return [programme for programme in programmes if programme.pk in known]


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
        "gate__pilot__owner",
        "gate__definition__phase",
        "decision__decided_by",
        "decision__recycle_to",
        "decision__superseded_by",
    ).prefetch_related(votes, "decision__conditions__owner")
    return list(items.order_by("position", "pk"))


def line_of(item: AgendaItem) -> str:
    """An item of `agenda_of` on one line. No query."""
    name = f"{item.title}: {item.gate.definition}" if item.gate else item.topic
    return f"{item.position}. {name}"


def sitting_gate(item: AgendaItem) -> Gate:
    """The gate of an item, which is no topic, with everything its decision screen reads. One query."""
    gates = Gate.objects.select_related(
        "pilot__programme",
        "pilot__owner",
        "pilot__sponsor",
        "definition__phase__version__playbook",
    )
    return gates.defer("definition__phase__version__source").get(agenda_items=item)


def next_open(review: GateReview, *, after: AgendaItem) -> AgendaItem | None:
    """The next item neither decided nor parked: first below this one, then a gate from the top."""
    items = review.items.filter(decision__isnull=True, parked_at__isnull=True).exclude(pk=after.pk)
    items = items.exclude(gate__status=GateStatus.DECIDED).order_by("position")
    below = items.filter(position__gt=after.position).first()
    return below or items.filter(gate__isnull=False).first()


@dataclass(frozen=True)
class Votes:
    """How the votes on one item stand."""

    counts: list[tuple[str, int]]  # (outcome's label, votes), most first
    votes: list[Vote]

    @property
    def words(self) -> str:
        """Such as "Hold 3, Conditional go 1"."""
        return ", ".join(f"{label} {count}" for label, count in self.counts)


def standing_of(item: AgendaItem) -> Votes:
    """The votes on an item of `agenda_of`. No query."""
    votes = list(item.votes.all())
    counted = Counter(vote.outcome for vote in votes)
    return Votes([(str(Outcome(outcome).label), count) for outcome, count in counted.most_common()], votes)


@dataclass(frozen=True)
class Times:
    """How far a running meeting is."""

    item_ends_at: datetime | None
    ends_at: datetime  # by the agenda
    spent: int | None  # seconds on the current item so far
    given: int  # seconds for each item


def times_of(review: GateReview, items: int, *, now: datetime) -> Times:
    """When the current item's and the whole agenda's time is over."""
    lasts, since = timedelta(minutes=review.item_minutes), review.current_since
    began = review.started_at or review.starts_at
    return Times(
        item_ends_at=since + lasts if since else None,
        ends_at=began + lasts * items,
        spent=max(0, int((now - since).total_seconds())) if since else None,
        given=int(lasts.total_seconds()),
    )


def promised_in(items: Sequence[AgendaItem]) -> list[tuple[AgendaItem, Condition]]:
    """What was promised so far, each with the item of `agenda_of` at which it was. No query."""
    return [(item, row) for item in items if item.decision for row in item.decision.conditions.all()]


def owed_by(pilot: Pilot) -> list[Condition]:
    """Conditions of a pilot's earlier decisions that are still open, the first due first. One query."""
    rows = Condition.objects.open().filter(decision__gate__pilot=pilot)
    return list(rows.select_related("decision__gate__definition", "owner").order_by("due_on", "pk"))


def look_of(review: GateReview, items: Sequence[AgendaItem], here: AgendaItem) -> str:
    """A fingerprint of what followers are shown on this item of `agenda_of`; the same while nothing changes."""
    votes = [[vote.person_id, vote.outcome, vote.comment] for vote in here.votes.all()]
    done = [
        [item.pk, item.decision_id, item.parked_at is not None, item.gate and item.gate.status]
        for item in items
    ]
    facts = {"state": review.state, "shown": review.current_id, "presenter": review.presenter_id}
    return digest_of(facts | {"here": here.pk, "votes": votes, "items": done})[:16]


def frozen_late(now: datetime) -> list[tuple[Gate, User]]:
    """Open gates on agendas whose evidence freeze has come and that have no pack since; who asked for it.

    One query, and one for each meeting whose freeze has come.
    """
    planned = GateReview.objects.filter(state=MeetingState.PLANNED, freeze_on__lte=timezone.localdate(now))
    found = []
    for review in planned.select_related("called_by").order_by("pk"):
        moment = freeze_moment(review.freeze_on or date.max, timezone.get_current_timezone())
        if moment <= now:
            gates = Gate.objects.current().filter(agenda_items__review=review).order_by("pk")
            since = DecisionPack.objects.filter(gate=OuterRef("pk"), frozen_at__gte=moment)
            found += [(gate, review.called_by) for gate in gates.filter(~Exists(since))]
    return found


@dataclass(frozen=True)
class Told:
    """Somebody who is told by mail, and why."""

    pk: int
    name: str
    because: Standing


def _told(people: Iterable[tuple[User | None, Standing]]) -> list[Told]:
    """Each once, for the first reason, and only who can be reached."""
    found: dict[int, Told] = {}
    for person, because in people:
        if person is not None and person.is_active and person.email:
            found.setdefault(person.pk, Told(person.pk, person.name, because))
    return list(found.values())


def invited_by_mail(review: GateReview) -> list[Told]:
    """Whom the invitation goes to. One query."""
    return _told((one.person, Standing.INVITED) for one in review.attendees.select_related("person"))


def readers_of_minutes(review: GateReview) -> list[Told]:
    """Whom the minutes go to: the invited, the owners on the agenda, who owes a condition. Four queries."""
    items = agenda_of(review)
    invited = [(one.person, Standing.INVITED) for one in review.attendees.select_related("person")]
    owners = [(item.gate.pilot.owner, Standing.ON_AGENDA) for item in items if item.gate]
    owing = [(row.owner, Standing.CONDITION_OWNER) for _, row in promised_in(items)]
    return _told([*invited, *owners, *owing])


@dataclass(frozen=True)
class Entry:
    """One item in the minutes."""

    item: AgendaItem
    votes: Votes
    additions: list[Addition]
    decided_elsewhere: bool


@dataclass(frozen=True)
class Minutes:
    """What is kept of a meeting: who was there, what was said and decided, who owes what by when."""

    entries: list[Entry]
    present: list[str]
    absent: list[str]
    actions: list[tuple[AgendaItem, Condition]]
    additions: list[Addition]  # to the whole
    added_at: datetime | None  # when something was last added


def minutes_of(review: GateReview) -> Minutes:
    """At most six queries, however long the agenda."""
    items = agenda_of(review)
    additions = list(review.additions.select_related("by"))
    elsewhere = decided_elsewhere(items)
    attendees = list(review.attendees.select_related("person"))
    return Minutes(
        entries=[
            Entry(
                item,
                standing_of(item),
                [row for row in additions if row.item_id == item.pk],
                item.pk in elsewhere,
            )
            for item in items
        ],
        present=[str(one.person) for one in attendees if one.was_present],
        absent=[str(one.person) for one in attendees if not one.was_present],
        actions=promised_in(items),
        additions=[row for row in additions if row.item_id is None],
        added_at=additions[-1].at if additions else None,
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
    return {
        item.pk for item in items if item.gate and not item.is_done and item.gate.status == GateStatus.DECIDED
    }
