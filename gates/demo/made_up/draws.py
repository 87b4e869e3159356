"""What is drawn at random for one generated pilot. Pure: the same generator state gives the same pilot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from gates.choices import AssessmentState
from pilots.choices import RUNNING, PilotState, RiskTier

# What a portfolio of some size looks like: weights, not shares.
STATES = {
    PilotState.INTAKE: 8,
    PilotState.ACTIVE: 74,
    PilotState.ON_HOLD: 6,
    PilotState.STOPPED: 8,
    PilotState.RETIRED: 4,
}
# How far along the playbook pilots of each state are, first phase to last.
POSITIONS = {
    PilotState.ACTIVE: (26, 30, 18, 14, 12),
    PilotState.ON_HOLD: (20, 45, 35, 0, 0),
    PilotState.STOPPED: (35, 45, 20, 0, 0),
    PilotState.RETIRED: (0, 0, 0, 35, 65),
}
RISK_TIERS = {RiskTier.MINIMAL: 30, RiskTier.LIMITED: 45, RiskTier.HIGH: 18, RiskTier.UNACCEPTABLE: 1, "": 6}
OPEN_STATES = {
    AssessmentState.UNKNOWN: 60,
    AssessmentState.IN_PROGRESS: 30,
    AssessmentState.NOT_MET: 10,
}
OVERDUE = 0.12
STALE = 0.10


@dataclass(frozen=True)
class Stay:
    """Time spent in one phase; `position` counts from 1, `left_on` is None in the last one."""

    position: int
    entered_on: date
    left_on: date | None


@dataclass(frozen=True)
class Course:
    """How one pilot got where it is. `progress` is the share of its current gate that is done, 0 to 1."""

    state: str
    proposed_on: date
    stays: tuple[Stay, ...]  # none in intake
    ended_on: date | None
    planned_on: date | None  # of the current gate
    forecast_on: date | None
    progress: float
    submitted_on: date | None


def pick(rng: Random, weights: dict):
    return rng.choices(list(weights), weights=list(weights.values()))[0]


def draw_course(rng: Random, *, typical_days: Sequence[int], today: date) -> Course:
    """A way through phases that typically take so many days each, seen from `today`."""
    state = pick(rng, STATES)
    if state == PilotState.INTAKE:
        proposed_on = today - timedelta(days=rng.randint(1, 60))
        return Course(state, proposed_on, (), None, None, None, 0.0, None)
    last = rng.choices(range(1, 6), weights=POSITIONS[state])[0]
    last = min(last, len(typical_days))
    ended_on = None if state in RUNNING else today - timedelta(days=rng.randint(5, 240))
    stays = _draw_stays(rng, typical_days[:last], until=ended_on or today)
    proposed_on = stays[0].entered_on - timedelta(days=rng.randint(5, 50))
    progress = rng.betavariate(1.5, 1.2)
    planned_on, forecast_on = _draw_plan(rng, state, today)
    submitted_on = None
    if state == PilotState.ACTIVE and progress > 0.7 and rng.random() < 0.4:
        submitted_on = max(stays[-1].entered_on, today - timedelta(days=rng.randint(1, 9)))
    return Course(state, proposed_on, stays, ended_on, planned_on, forecast_on, progress, submitted_on)


def _draw_stays(rng: Random, typical: Sequence[int], *, until: date) -> tuple[Stay, ...]:
    stays: list[Stay] = []
    left_on, end = None, until
    for position in range(len(typical), 0, -1):
        entered_on = end - timedelta(days=max(3, int(typical[position - 1] * rng.uniform(0.5, 1.9))))
        stays.insert(0, Stay(position, entered_on, left_on))
        left_on = end = entered_on
    return tuple(stays)


def _draw_plan(rng: Random, state: str, today: date) -> tuple[date | None, date | None]:
    """The planned and forecast days of the gate that a running pilot works towards."""
    if state not in RUNNING:
        return None, None
    if state == PilotState.ACTIVE and rng.random() < OVERDUE:
        planned_on = today - timedelta(days=rng.randint(1, 60))
    else:
        planned_on = today + timedelta(days=rng.randint(1, 120))
    slips = rng.random() < 0.3
    return planned_on, max(planned_on, today) + timedelta(days=rng.randint(3, 40)) if slips else None


@dataclass(frozen=True)
class Curve:
    """The readings of one KPI: (day, value) oldest first, and what they are held against."""

    baseline: Decimal
    target: Decimal
    readings: tuple[tuple[date, Decimal], ...]


def draw_curve(rng: Random, *, baseline: float, target: float, readings: int, today: date) -> Curve:
    """Monthly readings on the way from the baseline to the target, some not getting there, some stale."""
    newest = today - timedelta(days=rng.randint(70, 120) if rng.random() < STALE else rng.randint(1, 25))
    reach = rng.gauss(0.45, 0.6)  # of the way from baseline to target; below 0 it got worse
    low, high = sorted((baseline, target))
    noise = (high - low) * 0.06
    rows = []
    for number in range(readings):
        share = (number + 1) / readings
        value = baseline + (target - baseline) * reach * share + rng.gauss(0, noise)
        rows.append((newest - timedelta(days=30 * (readings - 1 - number)), _decimal(max(0.0, value))))
    return Curve(_decimal(baseline), _decimal(target), tuple(rows))


def _decimal(value: float) -> Decimal:
    return Decimal(f"{value:.2f}")


def draw_state(rng: Random, share_done: float) -> str:
    """The state of one criterion at a gate of which this share is done."""
    return AssessmentState.MET if rng.random() < share_done else pick(rng, OPEN_STATES)
