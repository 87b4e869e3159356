"""The headline, defined: of the pilots started, the share that reached production and delivers measured value.

This is the one definition, in words and as functions. Pure. `gates.headline.queries` asks a database the
same of a whole portfolio at once; a test holds the two equal.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from metrics.choices import KpiKind
from metrics.rules import Aim, improves
from pilots.choices import RUNNING, PilotState

MEANINGS = {
    "Started": "every pilot past intake, also those that have been stopped, retired or archived since",
    "Reached production": "under way or on hold in a phase that its playbook calls production",
    "Measured value": "a business KPI measured at its cadence whose newest reading is better than its baseline",
}


@dataclass(frozen=True)
class KpiFacts:
    """What the headline asks of a KPI."""

    kind: str
    is_archived: bool
    baseline: Decimal | None
    latest: Decimal | None
    fresh_until: date | None
    aim: Aim


@dataclass(frozen=True)
class PilotFacts:
    """What the headline asks of a pilot."""

    state: str
    is_archived: bool
    in_production: bool  # its phase is one that its playbook calls production
    kpis: Iterable[KpiFacts] = ()


def has_started(pilot: PilotFacts) -> bool:
    return pilot.state != PilotState.INTAKE


def is_in_production(pilot: PilotFacts) -> bool:
    return pilot.in_production and pilot.state in RUNNING and not pilot.is_archived


def delivers_value(pilot: PilotFacts, *, today: date) -> bool:
    return is_in_production(pilot) and any(shows_value(kpi, today=today) for kpi in pilot.kpis)


def shows_value(kpi: KpiFacts, *, today: date) -> bool:
    """Whether this KPI is measured value: business, fresh, and better than before the pilot."""
    if kpi.kind != KpiKind.BUSINESS or kpi.is_archived:
        return False
    if kpi.latest is None or kpi.baseline is None or kpi.fresh_until is None or kpi.fresh_until < today:
        return False
    aim = kpi.aim
    return improves(kpi.latest, kpi.baseline, aim.direction, aim.target, aim.target_high)


@dataclass(frozen=True)
class Share:
    """The headline of some pilots: how many started, are in production, deliver measured value."""

    started: int = 0
    in_production: int = 0
    delivering: int = 0

    def __add__(self, other: "Share") -> "Share":
        return Share(
            self.started + other.started,
            self.in_production + other.in_production,
            self.delivering + other.delivering,
        )

    @property
    def percent(self) -> int | None:
        """Cut off, never rounded up; None while nothing has started."""
        return 100 * self.delivering // self.started if self.started else None

    @property
    def text(self) -> str:
        """In percent; never rounded up to something, or down to nothing. “–” while nothing has started."""
        if self.percent is None:
            return "–"
        return "<1%" if self.delivering and not self.percent else f"{self.percent}%"

    @property
    def sentence(self) -> str:
        if not self.started:
            return "No pilot has started yet."
        pilots = "1 started pilot is" if self.started == 1 else f"{self.started:,} started pilots are"
        return f"{self.delivering:,} of {pilots} in production with measured value."


UNKNOWN_QUARTER = "unknown"  # nobody has told when these pilots started


def quarter_of(day: date | None) -> str:
    """`2026-Q3`."""
    return UNKNOWN_QUARTER if day is None else f"{day.year}-Q{(day.month + 2) // 3}"


def quarter_days(quarter: str) -> tuple[date, date]:
    """The first day of `2026-Q3`, and the first day after it."""
    year, number = int(quarter[:4]), int(quarter[-1])
    after = (year, 3 * number + 1) if number < 4 else (year + 1, 1)
    return date(year, 3 * number - 2, 1), date(*after, 1)


def quarter_in_words(quarter: str) -> str:
    """`Q3 2026`; what is no quarter stays as it is."""
    year, _, number = quarter.partition("-")
    return f"{number} {year}" if number else {UNKNOWN_QUARTER: "not known"}.get(quarter, quarter)
