"""Counts the executive facts of one programme: about ten queries, whatever its size. JSON values only."""

from collections import Counter, defaultdict
from dataclasses import astuple
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q, Sum
from django.utils import timezone

from gates.choices import CriterionKind, GateStatus, Outcome
from gates.events import GATE_DECIDED
from gates.headline.queries import shares
from gates.headline.rules import Share
from gates.models import Assessment, Decision, Gate
from gates.portfolio.health import with_current_gate, with_health
from gates.readiness import UNMET
from gates.summary.money import add_money, money_facts
from metrics.choices import KpiKind
from metrics.models import Kpi
from pilots.choices import ENDED, RUNNING
from pilots.models import Event, Pilot, Programme

NAMED_PER_PHASE = 24  # more pilots than this are drawn as a bar, not one by one
LISTED = 5
BLOCKERS = 4
SOON_DAYS = 30  # a gate planned within this many days needs a decision
CHANGED_DAYS = 30


def count_facts(programme: Programme, *, today: date) -> dict:
    """What the executive page needs to know of this programme on this day."""
    everything = Pilot.objects.filter(programme=programme)
    pilots = everything.listed()
    archived = _by_state(everything.filter(archived_at__isnull=False, state__in=ENDED))
    running = with_health(with_current_gate(pilots.filter(state__in=RUNNING)), today=today)
    gates = Gate.objects.filter(pilot__in=pilots).current()
    return {
        "name": programme.name,
        "slug": programme.slug,
        "states": _by_state(pilots),
        "archived": archived,  # ended ones that left the lists: they still count as having ended
        "phases": _phases(running, today),
        "health": dict(running.order_by().values_list("health").annotate(Count("pk"))),
        "headline": _headline(everything, today),
        "value": _value(pilots, today),
        "money": money_facts(pilots, today=today),
        "gates": _gates(gates, today),
        "decisions": _decisions(programme, today),
        "due": _due(gates, today),
        "blockers": _blockers(gates, today),
        "changed": _changed(programme, today),
    }


def _by_state(pilots) -> dict[str, int]:
    return dict(pilots.order_by().values_list("state").annotate(Count("pk")))


def _phases(running, today: date) -> list[dict]:
    """Each phase with how its pilots fare, how long they have been in it, and some of them by name."""
    phases: dict[str, dict] = {}
    rows = running.order_by("phase_number", "title").values_list(
        "key", "title", "phase", "phase_name", "phase_number", "phase_entered_on", "health"
    )
    for key, title, phase, name, number, entered_on, health in rows.iterator(chunk_size=2000):
        column = phases.setdefault(
            phase,
            {"key": phase, "name": name, "number": number, "health": {}, "days": {}, "pilots": []},
        )
        column["health"][health] = column["health"].get(health, 0) + 1
        if entered_on is not None and entered_on <= today:
            days = str((today - entered_on).days)
            column["days"][days] = column["days"].get(days, 0) + 1
        if len(column["pilots"]) < NAMED_PER_PHASE:
            column["pilots"].append([key, title, health])
    return list(phases.values())


def _headline(everything, today: date) -> dict[str, list[int]]:
    """Quarter of start → how many started, are in production, deliver measured value."""
    found = shares(everything, today=today)
    return {quarter: list(astuple(share)) for quarter, share in sorted(found.items())}


def read_headline(facts: dict[str, list[int]]) -> dict[str, Share]:
    """What `count_facts` keeps of the headline, read again."""
    return {quarter: Share(*counts) for quarter, counts in facts.items()}


def _value(pilots, today: date) -> dict:
    """How business KPIs of running pilots stand against their targets."""
    business = Kpi.objects.filter(
        pilot__in=pilots.filter(state__in=RUNNING), kind=KpiKind.BUSINESS, target__isnull=False
    )
    return {
        "targets": business.listed().count(),
        "fresh": business.fresh(today).count(),
        "at_target": business.at_target(today).count(),
    }


def _gates(gates, today: date) -> dict:
    return gates.aggregate(
        overdue=Count("pk", filter=Q(planned_on__lt=today)),
        submitted=Count("pk", filter=Q(status=GateStatus.SUBMITTED)),
        soon=Count("pk", filter=Q(planned_on__lte=today + timedelta(days=SOON_DAYS))),
        blocked=Count("pk", filter=Q(blocker_count__gt=0)),
        current=Count("pk"),
    )


def quarter_start(today: date) -> date:
    return date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)


def _decisions(programme: Programme, today: date) -> dict:
    since = timezone.make_aware(datetime.combine(quarter_start(today), time.min))
    taken = Decision.objects.standing().filter(gate__pilot__programme=programme)
    stops = taken.filter(outcome=Outcome.STOP).aggregate(n=Count("pk"), freed=Sum("freed_amount"))
    recent = taken.filter(decided_at__gte=since).order_by().values_list("outcome").annotate(Count("pk"))
    return {"quarter": dict(recent), "stopped": stops["n"], "freed": str(stops["freed"] or 0)}


DUE = (
    "pilot__key",
    "pilot__title",
    "pilot__unit",
    "pilot__owner__name",
    "definition__key",
    "definition__name",
    "status",
    "planned_on",
    "score",
    "must_met",
    "must_total",
    "should_met",
    "should_total",
    "blocker_count",
    "passes",
)


def _due(gates, today: date) -> list[dict]:
    """The gates to decide next: asked for, overdue, or planned soon; the longest waiting first."""
    soon = Q(planned_on__lte=today + timedelta(days=SOON_DAYS))
    rows = gates.filter(soon | Q(status=GateStatus.SUBMITTED)).order_by("planned_on", "pk").values(*DUE)
    return [
        {name.split("__", 1)[-1] if name != "pilot__owner__name" else "owner": _plain(value)
         for name, value in row.items() if name not in ("definition__key", "definition__name")}
        | {"gate": row["definition__key"], "gate_name": row["definition__name"]}
        for row in rows[:LISTED]
    ]  # fmt: skip


def _plain(value):
    return value.isoformat() if isinstance(value, date) else value


def _blockers(gates, today: date) -> list[list]:
    """[criterion id, gate key, title, how many gates it blocks], the most first."""
    in_the_way = (
        Assessment.objects.filter(gate__in=gates, kind=CriterionKind.MUST_MEET)
        .filter(Q(state__in=UNMET) | Q(stale_on__lte=today))
        .order_by()
        .values_list("criterion_id", "criterion__gate__key", "criterion__title")
        .annotate(blocked=Count("pk"))
    )
    return [list(row) for row in in_the_way.order_by("-blocked", "criterion__title")[: 6 * LISTED]]


def _changed(programme: Programme, today: date) -> list[dict]:
    since = timezone.now() - timedelta(days=CHANGED_DAYS)
    events = Event.objects.filter(programme=programme, type=GATE_DECIDED, at__gte=since)
    rows = events.order_by("-id").values_list("pilot__key", "pilot__title", "data", "at")[:LISTED]
    return [
        {
            "key": key,
            "title": title,
            "gate": data.get("gate", ""),
            "outcome": data.get("outcome", ""),
            "at": at.isoformat(),
        }
        for key, title, data, at in rows
    ]


def add_up(facts: list[dict]) -> dict:
    """The facts of several programmes as those of one."""
    phases: dict[str, dict] = {}
    for part in facts:
        for column in part["phases"]:
            _add_phase(phases, column)
    return {
        "states": _sum(part["states"] for part in facts),
        "archived": _sum(part.get("archived", {}) for part in facts),  # not there before it was counted
        "health": _sum(part["health"] for part in facts),
        "headline": _add_headlines([part["headline"] for part in facts]),
        "money": add_money([part["money"] for part in facts]),
        "value": _sum(part["value"] for part in facts),
        "gates": _sum(part["gates"] for part in facts),
        "quarter": _sum(part["decisions"]["quarter"] for part in facts),
        "stopped": sum(part["decisions"]["stopped"] for part in facts),
        "freed": sum(float(part["decisions"]["freed"]) for part in facts),
        "phases": sorted(phases.values(), key=lambda column: column["number"]),
        "due": _soonest([row for part in facts for row in part["due"]]),
        "blockers": _add_blockers(facts),
        "changed": _newest([row for part in facts for row in part["changed"]]),
    }


def _add_headlines(facts: list[dict[str, list[int]]]) -> dict[str, list[int]]:
    found: dict[str, Share] = defaultdict(Share)
    for part in facts:
        for quarter, share in read_headline(part).items():
            found[quarter] += share
    return {quarter: list(astuple(share)) for quarter, share in sorted(found.items())}


def _soonest(rows: list[dict]) -> list[dict]:
    return sorted(rows, key=lambda row: row["planned_on"] or "9999")[:LISTED]


def _newest(rows: list[dict]) -> list[dict]:
    return sorted(rows, key=lambda row: row["at"], reverse=True)[: LISTED - 2]


def _sum(parts) -> dict:
    total: Counter = Counter()
    for part in parts:
        total.update(part)
    return dict(total)


def _add_phase(phases: dict[str, dict], column: dict) -> None:
    whole = phases.setdefault(column["key"], column | {"health": {}, "days": {}, "pilots": []})
    whole["health"] = _sum([whole["health"], column["health"]])
    whole["days"] = _sum([whole["days"], column["days"]])
    whole["pilots"] = (whole["pilots"] + column["pilots"])[:NAMED_PER_PHASE]


def _add_blockers(facts: list[dict]) -> list[dict]:
    counts: dict[tuple, int] = defaultdict(int)
    for part in facts:
        for criterion_id, gate, title, blocked in part["blockers"]:
            counts[criterion_id, gate, title] += blocked
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0][2]))[:BLOCKERS]
    return [
        {"criterion": pk, "gate": gate, "title": title, "blocked": blocked}
        for (pk, gate, title), blocked in ranked
    ]


def median(days: dict[str, int]) -> int | None:
    """The median of a histogram (days → how many); None of nothing."""
    total, seen = sum(days.values()), 0
    for value, count in sorted((int(value), count) for value, count in days.items()):
        seen += count
        if 2 * seen >= total:
            return value
    return None
