"""The rules of KPIs: pure, no database, no clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Context, Decimal
from typing import Any

from metrics.choices import Direction, KpiKind, KpiState

LARGEST = Decimal("99999999999999.9")  # SQLite rounds what is larger to more digits than the column has


LONGEST_CADENCE = 3_650  # days
PLACES = Decimal("0.000001")


DIGITS = Context(prec=15)  # SQLite keeps no more; with them every database gives back the same


def meets(value: Decimal, target: Decimal, direction: str, target_high: Decimal | None = None) -> bool:
    """Whether a reading is at the target or on the better side of it; within a band, from edge to edge."""
    if direction == Direction.WITHIN:
        return target <= value <= (target if target_high is None else target_high)
    return value >= target if direction == Direction.HIGHER else value <= target


def improves(
    value: Decimal,
    baseline: Decimal,
    direction: str,
    target: Decimal | None = None,
    target_high: Decimal | None = None,
) -> bool:
    """Whether a reading is better than the baseline: beyond it, or nearer to the band."""
    if direction == Direction.WITHIN:
        return target is not None and outside(value, target, target_high) < outside(
            baseline, target, target_high
        )
    return value > baseline if direction == Direction.HIGHER else value < baseline


def outside(value: Decimal, low: Decimal, high: Decimal | None) -> Decimal:
    """How far a value lies outside a band; 0 within it."""
    return max(low - value, value - (low if high is None else high), Decimal(0))


def in_range(value: Decimal, lowest: Decimal | None, highest: Decimal | None) -> bool:
    """Whether a reading lies in the acceptable range; None is no edge on that side."""
    return (lowest is None or value >= lowest) and (highest is None or value <= highest)


def grace_days(cadence_days: int) -> int:
    """How many days late a reading may be before the KPI is stale: half its cadence, at least 3."""
    return max(3, cadence_days // 2)


def fresh_until(*, latest_on: date, cadence_days: int) -> date:
    """The last day on which the newest reading still counts: its day plus cadence plus grace."""
    return latest_on + timedelta(days=cadence_days + grace_days(cadence_days))


@dataclass(frozen=True)
class Aim:
    """What a KPI's readings are held against."""

    direction: str
    target: Decimal | None = None  # within a band, its lower edge
    target_high: Decimal | None = None  # its upper edge
    lowest: Decimal | None = None  # the acceptable range: whatever lies outside is not tolerable
    highest: Decimal | None = None

    def is_met_by(self, value: Decimal) -> bool:
        return self.target is not None and meets(value, self.target, self.direction, self.target_high)


def reaches_target(*, kind: str, latest: Decimal, aim: Aim, at_target_since: date | None) -> bool:
    """Whether a KPI is at its target, its age and its acceptable range apart: judged over all readings that
    count. A guardrail goes by its newest reading alone, because one that is broken is broken at once.
    """
    return aim.is_met_by(latest) if kind == KpiKind.GUARDRAIL else at_target_since is not None


def kpi_state(
    *,
    kind: str,
    latest: Decimal | None,
    fresh_until: date | None,
    aim: Aim,
    at_target_since: date | None,
    is_degrading: bool,
    today: date,
) -> KpiState:
    """What may be said of a KPI today. Stale is never shown as on target.

    `at_target_since` and `is_degrading` are what its readings say (metrics.readings.judging). In SQL the same
    stands in `KpiQuerySet.in_state`.
    """
    if latest is None or fresh_until is None:
        return KpiState.NO_DATA
    if fresh_until < today:
        return KpiState.STALE
    if not in_range(latest, aim.lowest, aim.highest):
        return KpiState.OUT_OF_RANGE
    if aim.target is None:
        return KpiState.NO_TARGET
    reached = reaches_target(kind=kind, latest=latest, aim=aim, at_target_since=at_target_since)
    if not reached and not aim.is_met_by(latest):
        return KpiState.OFF_TARGET
    if is_degrading:
        return KpiState.DEGRADING
    return KpiState.ON_TARGET if reached else KpiState.UNPROVEN


def number_problem(value: Decimal | None) -> str:
    """Why this cannot be a value, baseline or target of a KPI; "" means it can. None is no number given."""
    if value is None:
        return ""
    if not value.is_finite():
        return "Enter a number; this is not one."
    return "This number is too large to be a measurement." if abs(value) > LARGEST else ""


NUMBERS = ("baseline", "target", "target_high", "lowest", "highest")  # what a definition says in figures
FIXED = (
    "baseline",
    "baseline_on",
    "baseline_source",
    "target",
    "target_on",
    "target_high",
    "lowest",
    "highest",
    "direction",
    "unit",
)


def fixed_fields(facts: Mapping[str, Any], *, phase_number: int | None, today: date) -> list[str]:
    """Fields of a KPI that may no longer be edited: those said before the pilot left its first phase, and the
    day from which readings count once it is reached.

    `facts` are the values of the fields `FIXED` and of `counts_from`. What was never said can still be said
    once. An imported pilot whose phase nobody knows fixes none of `FIXED`.
    """
    counts_from = facts.get("counts_from")
    begun = [] if counts_from is None or counts_from > today else ["counts_from"]
    if phase_number is None or phase_number < 2:
        return begun
    return [name for name in FIXED if facts.get(name) not in (None, "")] + begun


def counting_problem(counts_from: date | None, *, before: date | None, today: date) -> str:
    """Why readings cannot count from this day on; "" means they can. Nobody picks a better day afterwards."""
    if counts_from is None or counts_from == before or counts_from > today:
        return ""
    return "Choose a day to come: from when readings count is said beforehand."


def definition_problems(facts: Mapping[str, Any]) -> dict[str, str]:
    """Field → why a KPI cannot be defined like this; {} means it can.

    `facts` are the fields of Kpi by name: those of `NUMBERS`, `baseline_on`, `target_on` and `direction`.
    """
    problems = {name: why for name in NUMBERS if (why := number_problem(facts.get(name)))}
    if problems:
        return problems
    for name in ("baseline", "target"):
        value, day = facts.get(name), facts.get(f"{name}_on")
        if value is not None and day is None:
            problems[f"{name}_on"] = f"Give the date of the {name}."
        if day is not None and value is None:
            problems[name] = f"Give the {name} that belongs to this date."
    return _band_problems(facts) | problems


def _band_problems(facts: Mapping[str, Any]) -> dict[str, str]:
    problems = {}
    low, high = facts.get("target"), facts.get("target_high")
    if facts.get("direction") != Direction.WITHIN:
        if high is not None:
            problems["target_high"] = "Only a band has an upper edge; leave this empty."
    elif low is not None and high is None:
        problems["target_high"] = "Give the upper edge of the band."
    elif high is not None and (low is None or high < low):
        problems["target_high"] = "The upper edge cannot lie below the lower edge, which is the target."
    lowest, highest = facts.get("lowest"), facts.get("highest")
    if lowest is not None and highest is not None and highest < lowest:
        problems["highest"] = "The highest acceptable value cannot lie below the lowest."
    return problems


def as_kept(value: Decimal) -> Decimal:
    """An accepted number as every database gives it back: six decimals, fifteen digits in all."""
    return DIGITS.plus(value).quantize(PLACES)


def measurement_problems(*, value: Decimal, measured_on: date, today: date) -> dict[str, str]:
    """Field → why this reading is refused; {} means it is accepted."""
    problems = {}
    if number_problem(value):
        problems["value"] = number_problem(value)
    if measured_on > today:
        problems["measured_at"] = "A measurement cannot lie in the future."
    return problems


def annotation_problems(*, on: date, text: str, today: date) -> dict[str, str]:
    """Field → why this cannot stand at a KPI; {} means it can."""
    problems = {}
    if not text.strip():
        problems["text"] = "Say what happened."
    if on > today:
        problems["on"] = "A note says what happened; this day is still to come."
    return problems


def unit_problem(sent: str | None, *, unit: str) -> str:
    """Why a reading in this unit is refused; "" means it is accepted. None or "" is no unit sent."""
    if not sent or sent.strip() == unit:
        return ""
    return f"This KPI is measured in {unit}; {sent} was sent."


def correction_blockers(*, reason: str, is_corrected: bool, is_same: bool) -> list[str]:
    """Every reason why a reading cannot be superseded or taken back like this; [] means it can."""
    if is_corrected:
        return ["This reading has been corrected before; it counts no more."]
    blockers = []
    if not reason.strip():
        blockers.append("Say why the reading was wrong.")
    if is_same:
        blockers.append("This is the reading there is; nothing would change.")
    return blockers


def progress_percent(
    *, latest: Decimal | None, baseline: Decimal | None, target: Decimal | None
) -> int | None:
    """How much of the way from baseline to target has been covered, in whole percent; None if unknown."""
    if latest is None or baseline is None or target is None or target == baseline:
        return None
    return int((latest - baseline) / (target - baseline) * 100)
