"""What judging remembers of a KPI's old readings, so that a new one costs the same however many there are.

A tally stands for all counting readings up to a day. It is used only while it fits: a change on such a day, another
target, beginning or other terms make judging read everything. The nightly task makes all tallies anew.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from metrics.choices import Direction
from metrics.models import Kpi, Tally
from metrics.points import Reading, Target, points
from metrics.rules import Aim
from metrics.trend import USUAL as USUAL_TREND
from metrics.verdict import USUAL, Terms, remember

MOST_READ = 200  # readings after the tally; with more it moves on
KEPT_OUT = 60  # the newest readings: those sent late or corrected are mostly among them


def target_of(aim: Aim) -> Target | None:
    """What readings are judged against; None where no target is set."""
    if aim.target is None:
        return None
    if aim.direction == Direction.WITHIN:
        return Target(aim.target, aim.target if aim.target_high is None else aim.target_high)
    return Target(low=aim.target) if aim.direction == Direction.HIGHER else Target(high=aim.target)


def first_day(kpi: Kpi, readings: Sequence[Reading]) -> date | None:
    """From when on the readings of a KPI count; None while nobody knows."""
    return kpi.counts_from or min((one.at for one in readings), default=None)


def fits(tally: Tally, kpi: Kpi, terms: Terms, *, changed_on: date) -> bool:
    """Whether a tally of this KPI still stands for its readings, of which those of this day or later changed."""
    return (
        tally.until < changed_on
        and tally.target == _told(target_of(kpi.aim), terms)
        and kpi.counts_from in (None, tally.since)
    )


def latest_of(tally: Tally | None) -> list[Reading]:
    """The last points in a tally, which a trend still looks at."""
    return [Reading(date.fromisoformat(at), Decimal(value)) for at, value in tally.latest] if tally else []


def new_tally(kpi: Kpi, readings: Sequence[Reading], used: Tally | None, terms: Terms) -> Tally | None:
    """What to remember of these readings, in order and after the tally `used`; None where they are too few."""
    target = target_of(kpi.aim)
    counted = [one for one in readings if kpi.counts_from is None or one.at >= kpi.counts_from]
    if target is None or len(counted) <= MOST_READ:
        return None
    old = [one for one in counted if one.at < counted[-KEPT_OUT].at]
    since = used.since if used else first_day(kpi, counted)
    if not old or since is None:
        return None
    latest = points([*latest_of(used), *old])[-USUAL_TREND.window :]
    return Tally(
        kpi=kpi,
        since=since,
        until=old[-1].at,
        target=_told(target, terms),
        memory=remember(old, target, terms, since=since, after=used.memory if used else None),
        latest=[[point.at.isoformat(), str(point.value)] for point in latest],
    )


def replace_tallies(kpi_ids: Sequence[int], tallies: Sequence[Tally]) -> None:
    """These KPIs, locked by the caller, have these tallies and no others."""
    Tally.objects.filter(kpi__in=kpi_ids).delete()
    Tally.objects.bulk_create(tallies)


def _told(target: Target | None, terms: Terms) -> list[Any]:
    edges = (None, None) if target is None else (target.low, target.high)
    held = [] if terms == USUAL else [terms.minimum_readings, terms.hold, terms.lost_after, terms.alpha]
    return [None if edge is None else str(edge) for edge in edges] + held
