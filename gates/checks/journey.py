"""Checks over the way of a pilot: does it move, is there time, does what was shown still hold?"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from gates.checks.keeping import of_portfolio
from gates.checks.registry import Failures, check
from gates.choices import CURRENT, AssessmentState, GateStatus
from gates.models import Assessment, Gate, PhaseEntry
from gates.rules import PILOTED
from metrics.choices import KpiKind
from metrics.models import Kpi
from pilots.choices import RUNNING

ROOM = timedelta(
    days=30
)  # less between the end of the pilot and production leaves no time to build what is missing
ENOUGH = 10  # stays that make a norm; with fewer the playbook's own time, doubled, stands in for it
USUAL = 90  # percent of the stays in a phase were at most so long
NAMED = 3  # of what has expired


@check(fix="Ask for the gate review, or plan its day.", page="gates:current_gate")
def next_step_planned(pilots, today) -> Failures:
    """A pilot with a business KPI at target asked for its review, or its gate has a day ahead. One query."""
    at_target = Kpi.objects.filter(pilot=OuterRef("pilot_id"), kind=KpiKind.BUSINESS).at_target(today)
    waiting = Gate.objects.filter(pilot__in=pilots, status=GateStatus.OPEN).annotate(
        day=Coalesce("forecast_on", "planned_on")
    )
    aimless = waiting.filter(Q(day__isnull=True) | Q(day__lt=today), Exists(at_target))
    return {
        pilot_id: f"A business KPI is at target, but no review of {key} {name} was asked for"
        + (f", and its day, {day:%-d %b %Y}, has passed." if day else ", and no day is planned for it.")
        for pilot_id, key, name, day in aimless.order_by().values_list(
            "pilot_id", "definition__key", "definition__name", "day"
        )
    }


@check(fix="Leave at least 30 days before production.", page="gates:overview")
def room_before_production(pilots, today) -> Failures:
    """Where a phase lies between the pilot and production, its gates leave time for it. One query."""
    planned: dict[int, dict[int, tuple[date | None, bool]]] = defaultdict(dict)
    before = Gate.objects.filter(
        pilot__in=pilots,
        definition__phase__in_production=False,
        definition__phase__position__gte=PILOTED,
    )
    facts = ("pilot_id", "definition__phase__position", "status", "decided_at", "day")
    for pilot_id, position, status, decided_at, day in (
        before.annotate(day=Coalesce("forecast_on", "planned_on")).order_by("pk").values_list(*facts)
    ):
        decided = status == GateStatus.DECIDED
        planned[pilot_id][position] = (timezone.localdate(decided_at) if decided else day, decided)
    reasons = {pk: _too_close(gates) for pk, gates in planned.items()}
    return {pk: reason for pk, reason in reasons.items() if reason}


def _too_close(gates: Mapping[int, tuple[date | None, bool]]) -> str:
    """Why there is too little time, from (day, decided) by place of the phase; "" where it is enough."""
    ends, _ = gates.get(PILOTED, (None, False))
    ready, decided = gates[max(gates)]
    if max(gates) == PILOTED or decided or ends is None or ready is None or ready - ends >= ROOM:
        return ""
    between = (ready - ends).days
    later = f"{between} day{'' if between == 1 else 's'} later" if between > 0 else "no later"
    return f"The pilot ends on {ends:%-d %b %Y}, and it is to be ready for production on {ready:%-d %b %Y}, {later}."


@check(fix="Decide at its gate: go on, go back or stop.", page="gates:current_gate")
def within_usual_time(pilots, today) -> Failures:
    """Not longer in its phase than nine of ten pilots of the whole portfolio were. Two queries."""
    stays = of_portfolio("stays", _stays)
    typical = Gate.objects.filter(pilot=OuterRef("pk"), status__in=CURRENT).order_by()
    running = pilots.filter(state__in=RUNNING, phase_entered_on__isnull=False).exclude(phase="")
    facts = running.annotate(typical=Subquery(typical.values("definition__phase__typical_days")[:1]))
    reasons = {
        pk: _overstayed((today - entered_on).days, name, stays.get(phase, {}), typical)
        for pk, phase, name, entered_on, typical in facts.order_by().values_list(
            "pk", "phase", "phase_name", "phase_entered_on", "typical"
        )
    }
    return {pk: reason for pk, reason in reasons.items() if reason}


def _stays() -> dict[str, dict[int, int]]:
    """Phase → days → how many stays that are over took so long, over every pilot. One query."""
    over = PhaseEntry.objects.filter(
        is_current=False, entered_on__isnull=False, left_on__gte=F("entered_on")
    ).order_by()
    found: dict[str, dict[int, int]] = defaultdict(dict)
    lengths = over.annotate(length=F("left_on") - F("entered_on")).values_list("phase__key", "length")
    for phase, length, count in lengths.annotate(Count("pk")):
        found[phase][length.days] = count
    return found


def _overstayed(days: int, phase: str, stays: Mapping[int, int], typical: int | None) -> str:
    """Why so many days in this phase are too many; "" where they are not, or nothing is known to compare with."""
    count = sum(stays.values())
    if count >= ENOUGH:
        usual = usual_days(stays)
        longer = f"nine of ten of the {count:,} pilots that have left it took at most {usual:,}"
        return f"{days:,} days in {phase}; {longer}." if days > usual else ""
    if typical and days > 2 * typical:
        return f"{days:,} days in {phase}, more than twice the {typical:,} its playbook plans for it."
    return ""


def usual_days(stays: Mapping[int, int]) -> int:
    """The least number of days within which 90 % of these stays (days → how many) were over."""
    wanted, seen = USUAL * sum(stays.values()), 0
    for days in sorted(stays):
        seen += stays[days]
        if 100 * seen >= wanted:
            return days
    raise ValueError("Without a stay there is no norm.")


@check(fix="Renew what has expired.", page="gates:current_gate")
def proof_in_force(pilots, today) -> Failures:
    """Nothing that let the open gate pass has expired: what was met, or waived. One query."""
    lapsed = Assessment.objects.filter(
        gate__pilot__in=pilots,
        gate__status__in=CURRENT,
        state__in=(AssessmentState.MET, AssessmentState.WAIVED),
        stale_on__lte=today,
    )
    expired: dict[int, list[str]] = defaultdict(list)
    facts = ("gate__pilot_id", "criterion__key", "criterion__title", "state")
    for pilot_id, key, title, state in lapsed.order_by("criterion__position", "pk").values_list(*facts):
        waiver = "waiver of " if state == AssessmentState.WAIVED else ""
        expired[pilot_id].append(f"{waiver}{key} {title}")
    return {pk: f"Expired: {_first_few(names)}." for pk, names in expired.items()}


def _first_few(names: list[str]) -> str:
    more = len(names) - NAMED
    return "; ".join(names[:NAMED]) + (f"; and {more} more" if more > 0 else "")
