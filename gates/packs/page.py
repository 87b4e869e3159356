"""A pack shaped for its page, from what it holds alone."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from gates.choices import Area
from gates.models import DecisionPack
from metrics.choices import KpiState
from metrics.queries import FIELDS, JUDGED, Standing
from pilots.charts import Segment

NUMBERS = ("baseline", "target", "target_high", "lowest", "highest", "latest")
DAYS = ("baseline_on", "target_on", "latest_on", "at_target_since", "degrading_since", "counts_from")
MOMENTS = {"at"}
DATES = {
    *("planned_on", "forecast_on", "since", "until", "valid_until", "due_on", "as_of", "to_date"),
    "phase_entered_on",
}


@dataclass(frozen=True)
class KpiCourse:
    """One KPI as it stood, with its last readings."""

    standing: Standing
    points: list[tuple[date, Decimal]]


@dataclass(frozen=True)
class PackPage:
    """A frozen pack; `told` is its content with days and moments as such."""

    pack: DecisionPack

    @cached_property
    def told(self) -> dict[str, Any]:
        return {
            name: part if name == "facts" else _dated(part) for name, part in self.pack.content.items()
        } | {"kpis": []}

    @cached_property
    def kpis(self) -> list[KpiCourse]:
        return [_course(kpi) for kpi in self.pack.content["kpis"]]

    @property
    def judged(self) -> list[Standing]:
        """The KPIs of whose readings something was said."""
        found = [one.standing for one in self.kpis]
        return [kpi for kpi in found if kpi.judgement or kpi.trend_note or kpi.counts_from]

    @property
    def must(self) -> list[Segment]:
        return [_segment(row) for row in self.pack.content["criteria"] if row["counts"] and row["must"]]

    @property
    def should(self) -> list[Segment]:
        return [_segment(row) for row in self.pack.content["criteria"] if row["counts"] and not row["must"]]

    @property
    def areas(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """Every criterion under the name of its area."""
        rows = self.told["criteria"]
        groups = [(str(area.label), [row for row in rows if row["area"] == area]) for area in Area]
        return [(name, found) for name, found in groups if found]

    @property
    def changed_on(self) -> datetime | None:
        """From when on section 7 tells what has changed."""
        changed = self.pack.content.get("changed")
        return datetime.fromisoformat(changed["on"]) if changed else None

    @property
    def short_digest(self) -> str:
        return self.pack.digest[:12]


def _dated(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _dated(inside, key) for key, inside in value.items()}
    if isinstance(value, list):
        return [_dated(inside, name) for inside in value]
    if isinstance(value, str) and name in MOMENTS:
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(value, str) and name in DATES else value


def _course(kpi: dict[str, Any]) -> KpiCourse:
    facts: dict[str, Any] = {
        name: kpi.get(name) for name in (*FIELDS, "latest", "latest_on")
    }  # older packs know fewer
    facts |= {name: kpi[name] for name in JUDGED if name in kpi}
    facts |= {name: Decimal(kpi[name]) for name in NUMBERS if kpi.get(name) is not None}
    facts |= {name: date.fromisoformat(kpi[name]) for name in DAYS if kpi.get(name)}
    points = [(date.fromisoformat(day), Decimal(value)) for day, value in kpi["readings"]]
    return KpiCourse(Standing(**facts, state=KpiState(kpi["state"])), points)


def _segment(row: dict[str, Any]) -> Segment:
    return Segment(row["segment"], must=row["must"], label=row["title"])
