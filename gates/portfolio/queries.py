"""The portfolio page's rows and the choices of its filters, in a fixed number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast
from django.utils.timezone import localdate

from gates.choices import Health, WaitingOn
from gates.models import Criterion, Phase
from gates.portfolio.filters import PilotFilters, ordering, sort_keys
from gates.portfolio.health import TONES, with_current_gate, with_health
from pilots.charts import Segment
from pilots.choices import PilotState
from pilots.models import Pilot, Programme, User

PAGE_SIZE = 50


def met_segments(must_met: int, must_total: int, should_met: int, should_total: int) -> list[Segment]:
    """Counts as small bars: met ones first, must-meets before should-meets."""
    must = [Segment("met" if number < must_met else "open", must=True) for number in range(must_total)]
    return must + [Segment("met" if number < should_met else "open") for number in range(should_total)]


@dataclass(frozen=True)
class Row:
    """One pilot as the portfolio shows it."""

    pk: int
    key: str
    title: str
    unit: str
    programme: str
    state: str
    phase_name: str
    phase_number: int
    phase_count: int
    days: int | None  # in the phase
    owner: str
    health: str
    gate_key: str
    gate_name: str
    gate_status: str
    planned_on: date | None
    forecast_on: date | None
    score: int
    blockers: int
    must_met: int
    must_total: int
    should_met: int
    should_total: int
    overdue_days: int  # 0 when the gate is not overdue
    waiting_on: str = ""
    waiting_for: str = ""
    waiting_since: date | None = None
    waiting_days: int = 0

    @property
    def has_gate(self) -> bool:
        return bool(self.gate_key)

    @property
    def where(self) -> str:
        """The phase, or what there is instead."""
        if self.phase_name:
            return self.phase_name
        if self.state == PilotState.ACTIVE:
            return "Phase unknown"
        return str(PilotState(self.state).label)

    @property
    def tone(self) -> str:
        return TONES.get(self.health, "none")

    @property
    def health_label(self) -> str:
        return str(Health(self.health).label) if self.health else ""

    @property
    def waits_on(self) -> str:
        """The party that must act next, by name where it is one person; blank when there is no gate."""
        return self.waiting_for or (str(WaitingOn(self.waiting_on).label) if self.waiting_on else "")

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """The gate's criteria: must-meets met, of how many, should-meets met, of how many."""
        return self.must_met, self.must_total, self.should_met, self.should_total

    @property
    def slip_days(self) -> int:
        if self.planned_on is None or self.forecast_on is None:
            return 0
        return (self.forecast_on - self.planned_on).days


COLUMNS = (
    "pk",
    "key",
    "title",
    "unit",
    "programme__name",
    "state",
    "phase_name",
    "phase_number",
    "phase_count",
    "phase_entered_on",
    "ended_on",
    "owner__name",
    "health",
    "current__definition__key",
    "current__definition__name",
    "current__status",
    "current__planned_on",
    "current__forecast_on",
    "current__score",
    "current__blocker_count",
    "current__must_met",
    "current__must_total",
    "current__should_met",
    "current__should_total",
    "current__waiting_on",
    "current__waiting_for__name",
    "current__waiting_since",
)


@dataclass(frozen=True)
class Portfolio:
    """One page of the portfolio: its rows, of how many that match, of how many there are."""

    rows: list[Row]
    matching: int
    page: int
    sort: list[str]

    @property
    def matching_text(self) -> str:
        return f"{self.matching:,} {'pilot' if self.matching == 1 else 'pilots'}"

    @property
    def pages(self) -> int:
        return max(1, -(-self.matching // PAGE_SIZE))

    @property
    def first(self) -> int:
        return (self.page - 1) * PAGE_SIZE + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return (self.page - 1) * PAGE_SIZE + len(self.rows)


def portfolio(user, asked: Mapping, *, today: date, request=None) -> Portfolio:
    """One page of pilots as asked for in the address. Two queries: the count and the rows."""
    found = pilots_asked_for(user, asked, today=today, request=request)
    matching = found.count()
    page = min(_page(asked.get("page", "")), max(1, -(-matching // PAGE_SIZE)))
    start = (page - 1) * PAGE_SIZE
    sort = sort_keys(asked.get("sort", ""))
    # The page is cut from ids alone, which an index holds in order; then only its rows are put together.
    ids = found.order_by(*ordering(sort)).values("pk")[start : start + PAGE_SIZE]
    rows = _shown(today).filter(pk__in=ids).order_by(*ordering(sort)).values_list(*COLUMNS)
    return Portfolio(rows=[_row(row, today) for row in rows], matching=matching, page=page, sort=sort)


@lru_cache(
    maxsize=2
)  # today's, and at midnight tomorrow's: putting it together takes longer than the database does
def _shown(today: date):
    return with_health(with_current_gate(Pilot.objects.all()), today=today)


def picked(user, asked: Mapping, *, ids: Sequence[int] | None, today: date, request=None) -> list[int]:
    """The pilots of the list asked for with these ids, in its order; all of them when no ids are given.

    Ids of pilots that this person may not see are none. One query.
    """
    found = pilots_asked_for(user, asked, today=today, request=request)
    if ids is not None:
        found = with_current_gate(Pilot.objects.visible_to(user).filter(pk__in=ids)).order_by()
    ordered = found.order_by(*ordering(sort_keys(asked.get("sort", ""))))
    return list(ordered.values_list("pk", flat=True))


def pilots_asked_for(user, asked: Mapping, *, today: date, request=None):
    """The pilots this person may see and asks for. Their gates are joined only if a filter needs them."""
    pilots = with_current_gate(Pilot.objects.visible_to(user)).order_by()
    if PilotFilters.base_filters.keys().isdisjoint(asked):
        return pilots.listed()  # filters are costly to set up, and many pages are asked for without any
    filters = PilotFilters(asked, queryset=pilots, request=request, today=today)
    # A word that no filter knows narrows to nothing: showing everything would look like an answer.
    found = filters.qs if filters.is_valid() else pilots.none()
    return filters.listed(found)


def _page(text: str) -> int:
    return max(1, int(text)) if text.isdecimal() and len(text) < 9 else 1


def _row(values: tuple, today: date) -> Row:
    (pk, key, title, unit, programme, state, phase_name, number, count, entered_on, ended_on, owner,
     health, gate_key, gate_name, status, planned_on, forecast_on, score, blockers,
     must_met, must_total, should_met, should_total,
     waiting_on, waiting_for, waiting_since) = values  # fmt: skip
    since = localdate(waiting_since) if waiting_since else None
    late = (today - planned_on).days if planned_on and planned_on < today else 0
    return Row(
        pk=pk,
        key=key,
        title=title,
        unit=unit,
        programme=programme,
        state=state,
        phase_name=phase_name,
        phase_number=number,
        phase_count=count,
        days=days_in_phase(entered_on, ended_on or today),
        owner=owner or "",
        health=health,
        gate_key=gate_key or "",
        gate_name=gate_name or "",
        gate_status=status or "",
        planned_on=planned_on,
        forecast_on=forecast_on,
        score=score or 0,
        blockers=blockers or 0,
        must_met=must_met or 0,
        must_total=must_total or 0,
        should_met=should_met or 0,
        should_total=should_total or 0,
        overdue_days=late,
        waiting_on=waiting_on or "",
        waiting_for=waiting_for or "",
        waiting_since=since,
        waiting_days=(today - since).days if since else 0,
    )


def days_in_phase(entered_on: date | None, until: date) -> int | None:
    """Days in the phase; unknown when the entry is unknown or, as some files claim, still to come."""
    return (until - entered_on).days if entered_on and entered_on <= until else None


@dataclass(frozen=True)
class Choices:
    """What the filters offer: (value, label) each; `blocker` is the criterion asked for, by its title."""

    programmes: list[tuple[str, str]]
    phases: list[tuple[str, str]]
    owners: list[tuple[str, str]]
    blocker: str


def choices(user, *, blocker: str = "") -> Choices:
    """The programmes, phases and owners among the pilots this person may see. One query.

    `blocker` is the id of a criterion that the address asks for.
    """
    seen = Pilot.objects.visible_to(user).listed().order_by()
    programmes = Programme.objects.visible_to(user).order_by()
    # Phases and people are few: each is looked up among the pilots, instead of going through them all.
    phases = Phase.objects.filter(Exists(seen.filter(phase=OuterRef("key")))).order_by()
    owners = User.objects.filter(Exists(seen.filter(owner=OuterRef("pk")))).order_by()
    criteria = Criterion.objects.filter(pk=int(blocker) if blocker.isdecimal() and len(blocker) < 19 else 0)
    found = programmes.values_list(_text("programme"), "slug", "name", Value(0)).union(
        phases.values_list(_text("phase"), "key", "name", "position"),
        owners.values_list(_text("owner"), Cast("pk", CharField()), "name", Value(0)),
        criteria.order_by().values_list(_text("blocker"), Cast("pk", CharField()), "title", Value(0)),
        all=True,
    )
    offered: dict[str, dict[str, tuple[int, str]]] = {}
    for kind, value, label, place in found:
        values = offered.setdefault(kind, {})
        values[value] = min((place, label), values.get(value, (place, label)))
    titles = _in_order(offered.get("blocker", {}))
    return Choices(
        programmes=_in_order(offered.get("programme", {})),
        phases=_in_order(offered.get("phase", {})),
        owners=_in_order(offered.get("owner", {})),
        blocker=titles[0][1] if titles else "a criterion that is not there",
    )


def _text(value: str) -> Value:
    return Value(value, output_field=CharField())


def _in_order(offered: dict[str, tuple[int, str]]) -> list[tuple[str, str]]:
    return [(value, label) for value, (_, label) in sorted(offered.items(), key=lambda item: item[1])]
