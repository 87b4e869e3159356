"""The executive page's numbers, each with the list it comes from. Reads stored facts: one query."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from gates.choices import Health, Outcome
from gates.models import Summary
from gates.portfolio.health import TONES
from gates.summary.counting import NAMED_PER_PHASE, add_up, count_facts, median
from pilots.models import Programme

HEALTHS = (Health.ON_TRACK, Health.AT_RISK, Health.OFF_TRACK, Health.NO_DATA, Health.PAUSED)


@dataclass(frozen=True)
class Part:
    """One piece of a whole: how many, and the list of them."""

    label: str
    count: int
    tone: str
    url: str


@dataclass(frozen=True)
class Column:
    """One phase in the unit chart."""

    name: str
    count: int
    url: str
    median_days: int | None
    units: list[tuple[str, str, str]]  # (pilot key, title, tone); empty when there are too many to name
    parts: list[Part]


@dataclass(frozen=True)
class ExecutiveSummary:
    headline: str
    programmes: list[tuple[str, str]]  # (slug, name) of those one may choose from
    chosen: str  # slug, or blank for all
    as_of: datetime | None
    facts: dict
    running: int
    health: list[Part]
    columns: list[Column]
    quarter: list[Part]
    scope: str  # query string that narrows a list to this scope, blank or "&programme=…"

    @property
    def value_percent(self) -> int | None:
        started = self.facts["value"].get("started", 0)
        return round(100 * self.facts["value"]["delivering"] / started) if started else None


def executive_summary(user, *, chosen: str, today: date) -> ExecutiveSummary | None:
    """The summary of every programme this person may see, or of one by its slug; None if there is no such.

    One query while the stored facts are of today; otherwise the missing ones are counted now.
    """
    found = list(Programme.objects.visible_to(user).select_related("summary"))
    wanted = [programme for programme in found if chosen in ("", programme.slug)]
    if chosen and not wanted:
        return None
    moments, facts = [], []
    for programme in wanted:
        stored = _stored(programme, today)
        facts.append(stored.facts if stored else count_facts(programme, today=today))
        moments.append(stored.computed_at if stored else timezone.now())
    return _shaped(
        add_up(facts),
        programmes=[(programme.slug, programme.name) for programme in found],
        chosen=chosen,
        as_of=min(moments, default=None),
    )


def _stored(programme: Programme, today: date) -> Summary | None:
    try:
        stored = programme.summary
    except Summary.DoesNotExist:
        return None
    return stored if timezone.localdate(stored.computed_at) == today else None


def _shaped(facts: dict, *, programmes, chosen: str, as_of) -> ExecutiveSummary:
    scope = f"&programme={chosen}" if chosen else ""
    running = sum(facts["states"].get(state, 0) for state in ("active", "on_hold"))
    return ExecutiveSummary(
        headline=headline(facts, running),
        programmes=programmes,
        chosen=chosen,
        as_of=as_of,
        facts=facts,
        running=running,
        health=_health_parts(facts["health"], f"?state=active&state=on_hold{scope}"),
        columns=[_column(column, scope) for column in facts["phases"]],
        quarter=[
            Part(str(Outcome(outcome).label).lower(), facts["quarter"][outcome], "", "")
            for outcome in Outcome.values
            if facts["quarter"].get(outcome)
        ],
        scope=scope,
    )


def _health_parts(counts: dict, base: str) -> list[Part]:
    return [
        Part(str(health.label), counts[health], TONES[health], f"{base}&health={health}")
        for health in HEALTHS
        if counts.get(health)
    ]


def _column(column: dict, scope: str) -> Column:
    count = sum(column["health"].values())
    url = f"?state=active&state=on_hold&phase={column['key'] or 'unknown'}{scope}"
    few = count <= NAMED_PER_PHASE
    worst_last = {"bad": 2, "warn": 1}
    units = [(key, title, TONES.get(health, "none")) for key, title, health in column["pilots"]]
    return Column(
        name=column["name"] or "Phase unknown",
        count=count,
        url=url,
        median_days=median(column["days"]),
        units=sorted(units, key=lambda unit: worst_last.get(unit[2], 0)) if few else [],
        parts=_health_parts(column["health"], url),
    )


def headline(facts: dict, running: int) -> str:
    """The page in two sentences: is there value, and what needs a decision?"""
    value, gates = facts["value"], facts["gates"]
    started = value.get("started", 0)
    if not started:
        return "No pilot has started yet."
    pilots = "1 started pilot is" if started == 1 else f"{started:,} started pilots are"
    first = f"{value['delivering']:,} of {pilots} in production with measured value."
    overdue, soon = gates.get("overdue", 0), gates.get("soon", 0)
    if overdue:
        second = f"{overdue:,} gate {'decision is' if overdue == 1 else 'decisions are'} overdue."
    elif soon:
        second = f"{soon:,} gate {'decision is' if soon == 1 else 'decisions are'} due in the next 30 days."
    elif running:
        second = "No gate decision is due in the next 30 days."
    else:
        second = "No pilot is under way."
    return f"{first} {second}"
