"""The executive page's numbers, each with the list it comes from. Reads stored facts: one query."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils import timezone

from gates.choices import Health, Outcome
from gates.headline.rules import MEANINGS, Share, quarter_in_words
from gates.models import Summary
from gates.portfolio.filters import UNKNOWN_PHASE
from gates.portfolio.health import TONES
from gates.portfolio.queries import met_segments
from gates.summary.counting import (
    NAMED_PER_PHASE,
    SOON_DAYS,
    add_up,
    count_facts,
    median,
    quarter_start,
    read_headline,
)
from gates.summary.money import MoneyOf, money_rows
from metrics.value.rules import last_day_counted
from pilots.charts import Bar, Column, Part, Segment, Unit
from pilots.choices import RUNNING, PilotState
from pilots.models import Programme

PART_TONES = TONES | {Health.PAUSED: "paused"}
RUNNING_QUERY = "state=active&state=on_hold"


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
    quarter: list[tuple[str, str, int]]  # outcome, in words, how many
    today: date
    quarter_start: date
    blockers: list[Bar]
    lists: str  # address of the portfolio, with "?", in this scope
    scope: str  # query string that narrows a list to this scope, blank or "&programme=…"

    by_programme: list["ShareOf"]
    by_quarter: list["ShareOf"]
    money: list[MoneyOf]
    due: list["DueGate"]
    changed: list["Change"]

    @property
    def to_date(self) -> date:
        """The last day that counts in `money`."""
        return last_day_counted(self.today)

    @property
    def share(self) -> Share:
        """The headline over all of this scope."""
        return sum((row.share for row in self.by_quarter), Share())

    @property
    def meanings(self) -> str:
        """What the words of the headline mean."""
        return " ".join(f"{word}: {meaning}." for word, meaning in MEANINGS.items())

    @property
    def due_by(self) -> date:
        return self.today + timedelta(days=SOON_DAYS)

    @property
    def archived(self) -> int:
        """How many of those that ended have left the lists."""
        return sum(self.facts["archived"].values())

    @property
    def stopped(self) -> int:
        return self._ended(PilotState.STOPPED)

    @property
    def retired(self) -> int:
        return self._ended(PilotState.RETIRED)

    def _ended(self, state: PilotState) -> int:
        return self.facts["states"].get(state, 0) + self.facts["archived"].get(state, 0)

    @property
    def kpis(self) -> str:
        """Address of the business KPIs, to be narrowed by a state."""
        return f"{reverse('metrics:all_kpis')}?kind=business&"

    @property
    def decisions(self) -> str:
        """Address of this quarter's decisions."""
        return f"{reverse('gates:all_decisions')}?since={self.quarter_start.isoformat()}"

    @property
    def decided(self) -> int:
        return sum(count for _, _, count in self.quarter)

    @property
    def scope_name(self) -> str:
        return dict(self.programmes).get(self.chosen, "All programmes")


@dataclass(frozen=True)
class ShareOf:
    """The headline of a programme or of a quarter of start, with the lists behind it."""

    key: str  # slug, or such as 2026-Q3
    label: str
    share: Share
    started: str  # addresses
    in_production: str
    delivering: str


@dataclass(frozen=True)
class DueGate:
    """A gate to decide soon. The proposal follows from its readiness alone."""

    title: str
    unit: str
    owner: str
    gate: str
    url: str
    score: int
    segments: list[Segment]
    tone: str
    proposal: str
    why: str
    planned_on: date | None
    late: bool
    distance: str


@dataclass(frozen=True)
class Change:
    title: str
    url: str
    tone: str
    words: str
    gate: str
    on: date


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
        facts,
        wanted,
        programmes=[(programme.slug, programme.name) for programme in found],
        chosen=chosen,
        as_of=min(moments, default=None),
        today=today,
    )


def _stored(programme: Programme, today: date) -> Summary | None:
    try:
        stored = programme.summary
    except Summary.DoesNotExist:
        return None
    is_todays = timezone.localdate(stored.computed_at) == today
    return (
        stored if is_todays and "headline" in stored.facts else None
    )  # facts of an older Pilotage know fewer


def _shaped(parts: list[dict], wanted, *, programmes, chosen: str, as_of, today: date) -> ExecutiveSummary:
    facts = add_up(parts)
    scope = f"&programme={chosen}" if chosen else ""
    lists = reverse("gates:portfolio") + "?"
    narrowed = f"{lists}{scope[1:]}&" if chosen else lists
    return ExecutiveSummary(
        headline=headline(_whole(facts), facts["gates"]),
        programmes=programmes,
        chosen=chosen,
        as_of=as_of,
        facts=facts,
        running=sum(facts["states"].get(state, 0) for state in RUNNING),
        health=_health_parts(facts["health"], f"{lists}{RUNNING_QUERY}{scope}"),
        columns=[_column(column, lists, scope) for column in facts["phases"]],
        quarter=[
            (outcome.value, str(outcome.label).lower(), facts["quarter"][outcome])
            for outcome in Outcome
            if facts["quarter"].get(outcome)
        ],
        today=today,
        quarter_start=quarter_start(today),
        blockers=[
            Bar(
                f"{blocker['gate']} {blocker['title']}",
                blocker["blocked"],
                url=f"{lists}blocker={blocker['criterion']}{scope}",
            )
            for blocker in facts["blockers"]
        ],
        lists=lists,
        scope=scope,
        by_programme=[
            _share_of(programme.slug, programme.name, _whole(part), f"{lists}programme={programme.slug}&")
            for programme, part in zip(wanted, parts, strict=True)
        ],
        by_quarter=[
            _share_of(quarter, quarter_in_words(quarter), share, narrowed, quarter)
            for quarter, share in read_headline(facts["headline"]).items()
        ],
        money=money_rows(facts["money"], programme=chosen),
        due=[_due(row, today) for row in facts["due"]],
        changed=[_change(row) for row in facts["changed"]],
    )


def _whole(part: dict) -> Share:
    return sum(read_headline(part["headline"]).values(), Share())


def _share_of(key: str, label: str, share: Share, lists: str, started: str = "true") -> ShareOf:
    began = "" if started == "true" else f"&started={started}"
    return ShareOf(
        key=key,
        label=label,
        share=share,
        started=f"{lists}started={started}",
        in_production=f"{lists}production=true&state=active&state=on_hold{began}",
        delivering=f"{lists}value=measured{began}",
    )


def _due(row: dict, today: date) -> DueGate:
    planned_on = date.fromisoformat(row["planned_on"]) if row["planned_on"] else None
    blockers = row["blocker_count"]
    open_ones = f"{blockers} {'must-meet' if blockers == 1 else 'must-meets'} open"
    return DueGate(
        title=row["title"],
        unit=row["unit"] or "",
        owner=row["owner"] or "No owner",
        gate=row["gate"],
        url=reverse("gates:gate", args=[row["key"], row["gate"]]),
        score=row["score"],
        segments=met_segments(row["must_met"], row["must_total"], row["should_met"], row["should_total"]),
        tone="ok" if row["passes"] else "warn",
        proposal="Go" if row["passes"] else "Hold",
        why="Ready" if row["passes"] else open_ones if blockers else "Score too low",
        planned_on=planned_on,
        late=planned_on is not None and planned_on < today,
        distance=_distance(planned_on, today),
    )


def _distance(planned_on: date | None, today: date) -> str:
    """From today to the planned day, in words."""
    if planned_on is None:
        return ""
    days = (planned_on - today).days
    if days < 0:
        return f"{-days:,} {'day' if days == -1 else 'days'} late"
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days:,} days")


CHANGE_TONES = {Outcome.GO: "ok", Outcome.CONDITIONAL_GO: "ok", Outcome.STOP: "none", Outcome.HOLD: "paused"}


def _change(row: dict) -> Change:
    outcome = Outcome(row["outcome"])
    return Change(
        title=row["title"],
        url=reverse("gates:decisions", args=[row["key"]]),
        tone=CHANGE_TONES.get(outcome, "warn"),
        words=str(outcome.label).lower(),
        gate=row["gate"],
        on=timezone.localdate(datetime.fromisoformat(row["at"])),
    )


def _health_parts(counts: dict, base: str) -> list[Part]:
    return [
        Part(str(health.label), counts[health], PART_TONES[health], f"{base}&health={health}")
        for health in Health
        if counts.get(health)
    ]


def _column(column: dict, lists: str, scope: str) -> Column:
    """A phase of the unit chart: its pilots by name while they are few, the worst on top."""
    count = sum(column["health"].values())
    days = median(column["days"])
    worst_last = {"bad": 2, "warn": 1}
    units = [
        Unit(title, TONES.get(health, "none"), reverse("gates:overview", args=[key]))
        for key, title, health in column["pilots"]
    ]
    tones: dict[str, int] = {}
    for health, number in column["health"].items():
        tone = TONES.get(health, "none")
        tones[tone] = tones.get(tone, 0) + number
    return Column(
        label=column["name"] or "Phase unknown",
        units=sorted(units, key=lambda unit: worst_last.get(unit.tone, 0)),
        url=f"{lists}{RUNNING_QUERY}&phase={column['key'] or UNKNOWN_PHASE}{scope}",
        counts=tones if count > NAMED_PER_PHASE else None,
        note=f"{days:,} d" if days is not None else "days unknown",
    )


def headline(share: Share, gates: dict) -> str:
    """The page in two sentences: is there value, and what needs a decision?"""
    if not share.started:
        return share.sentence
    overdue, soon = gates.get("overdue", 0), gates.get("soon", 0)
    if overdue:
        second = f"{overdue:,} gate {'decision is' if overdue == 1 else 'decisions are'} overdue."
    elif soon:
        second = f"{soon:,} gate {'decision is' if soon == 1 else 'decisions are'} due in the next 30 days."
    elif gates.get("current"):
        second = "No gate decision is due in the next 30 days."
    else:
        second = "No pilot is under way."
    return f"{share.sentence} {second}"
