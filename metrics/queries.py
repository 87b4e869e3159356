"""Where KPIs stand today."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone

from metrics.choices import Direction, KpiKind, KpiState
from metrics.models import Kpi
from metrics.rules import FIXED, Aim, fixed_fields, improves, kpi_state, progress_percent, reaches_target


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where one KPI stands today."""

    pk: int
    pilot_id: int
    name: str
    kind: str
    unit: str
    direction: str
    baseline: Decimal | None
    baseline_on: date | None
    target: Decimal | None
    target_on: date | None
    target_high: Decimal | None = None
    lowest: Decimal | None = None
    highest: Decimal | None = None
    cadence_days: int
    latest: Decimal | None
    latest_on: date | None
    state: KpiState
    at_target_since: date | None = None  # judged over all readings that count; says nothing of freshness
    judgement: str = ""
    degrading_since: date | None = None
    trend_note: str = ""
    counts_from: date | None = None

    @property
    def tone(self) -> str:
        return TONES.get(self.state, "none")

    @property
    def at_target(self) -> bool:
        """Fresh, in range, and at target over all readings that count; what gates ask. A guardrail: its newest."""
        return self.state == KpiState.ON_TARGET or (self.state == KpiState.DEGRADING and self._reaches)

    @property
    def _reaches(self) -> bool:
        return self.latest is not None and reaches_target(
            kind=self.kind, latest=self.latest, aim=self.aim, at_target_since=self.at_target_since
        )

    @property
    def is_latest_off(self) -> bool:
        """At target all the same: one such reading does not end that."""
        return self.at_target and self.latest is not None and not self.aim.is_met_by(self.latest)

    @property
    def aim(self) -> Aim:
        return Aim(self.direction, self.target, self.target_high, self.lowest, self.highest)

    @property
    def lower_is_better(self) -> bool:
        return self.direction == Direction.LOWER

    @property
    def kind_label(self) -> str:
        return str(KpiKind(self.kind).label)

    @property
    def latest_text(self) -> str:
        return with_unit(self.latest, self.unit)

    @property
    def target_text(self) -> str:
        """`≥ 20 per hour`, `≤ 2 %`, `18 to 22 °C`; "–" without a target."""
        if self.target is None or self.direction == Direction.WITHIN:
            return self._band(self.target, self.target_high)
        return f"{'≥' if self.direction == Direction.HIGHER else '≤'} {with_unit(self.target, self.unit)}"

    @property
    def wish(self) -> str:
        """What the target asks for, as part of a sentence."""
        if self.direction == Direction.WITHIN:
            return f"from {self._band(self.target, self.target_high)}"
        least = "at least" if self.direction == Direction.HIGHER else "at most"
        return f"{least} {with_unit(self.target, self.unit)}"

    @property
    def range_text(self) -> str:
        """The acceptable range; "" where none is set."""
        if self.lowest is None and self.highest is None:
            return ""
        if self.highest is None:
            return f"≥ {with_unit(self.lowest, self.unit)}"
        if self.lowest is None:
            return f"≤ {with_unit(self.highest, self.unit)}"
        return self._band(self.lowest, self.highest)

    def _band(self, low: Decimal | None, high: Decimal | None) -> str:
        return with_unit(low, self.unit) if high is None else f"{number(low)} to {with_unit(high, self.unit)}"

    @property
    def gap_text(self) -> str:
        """How far the newest reading lies from the target, on which side: `0.8 pp over`; "" where unknown."""
        if self.latest is None or self.target is None:
            return ""
        high = self.target if self.target_high is None else self.target_high
        if self.target <= self.latest <= high:
            return "inside the band" if self.target_high is not None else "exactly at target"
        side = "over" if self.latest > high else "under"
        return f"{self._apart(self.latest, high if side == 'over' else self.target)} {side} target"

    @property
    def change_text(self) -> str:
        """How far the newest reading lies from the baseline: `2.3 pp less`; "" where unknown."""
        if self.latest is None or self.baseline is None:
            return ""
        if self.latest == self.baseline:
            return "unchanged"
        way = "more" if self.latest > self.baseline else "less"
        return f"{self._apart(self.latest, self.baseline)} {way}"

    def _apart(self, one: Decimal, other: Decimal) -> str:
        """Shares differ by percentage points, not by per cent."""
        unit = "pp" if self.unit == "%" else self.unit
        return with_unit(abs(one - other), unit)

    @property
    def baseline_text(self) -> str:
        return with_unit(self.baseline, self.unit)

    @property
    def is_better_than_baseline(self) -> bool:
        return (
            self.latest is not None
            and self.baseline is not None
            and improves(self.latest, self.baseline, self.direction, self.target, self.target_high)
        )

    @property
    def progress(self) -> int | None:
        return progress_percent(latest=self.latest, baseline=self.baseline, target=self.target)

    @property
    def sentence(self) -> str:
        """What is the matter, or that it is on target."""
        if self.latest is None or self.state == KpiState.NO_DATA:
            return f"{self.name} has not been measured yet."
        if self.state == KpiState.STALE:
            last = f"{self.name} was last measured on {self.latest_on:%-d %b %Y}"
            return f"{last}, expected every {self.cadence_days} days."
        now = f"{self.name} is {with_unit(self.latest, self.unit)}"
        if self.state == KpiState.OUT_OF_RANGE:
            return f"{now}, outside what is acceptable: {self.range_text}."
        if self.target is None:
            return f"{self.name} has no target."
        if not self.aim.is_met_by(self.latest):
            now = f"{now} and must be {self.wish}"
            if self.state == KpiState.OFF_TARGET:
                return f"{now}."
            now = f"{now}; it is still at target, which one such reading does not end"
        else:
            now = f"{now}, as wanted: {self.wish}"
        if self.state == KpiState.DEGRADING:
            return f"{now}. But it is getting worse. {self.trend_note}"
        return f"{now}. It is not proven yet." if self.state == KpiState.UNPROVEN else f"{now}."


TONES = {
    KpiState.ON_TARGET: "ok",
    KpiState.DEGRADING: "warn",
    KpiState.OFF_TARGET: "bad",
    KpiState.OUT_OF_RANGE: "bad",
}


def with_unit(value: Decimal | None, unit: str) -> str:
    """A number for people: no trailing zeros, thousands apart, its unit behind; "–" for none."""
    if value is None:
        return "–"
    text = number(value)
    if unit in ("€", "$", "£"):
        return f"-{unit}{text[1:]}" if text.startswith("-") else f"{unit}{text}"
    return f"{text}{'' if unit.startswith('%') else ' '}{unit}".strip()


def number(value: Decimal | None) -> str:
    """A number without its unit; "–" for none."""
    if value is None:
        return "–"
    text = f"{value:,.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


FIELDS = (
    "pk",
    "pilot_id",
    "name",
    "kind",
    "unit",
    "direction",
    "baseline",
    "baseline_on",
    "target",
    "target_on",
    "target_high",
    "lowest",
    "highest",
    "cadence_days",
)


JUDGED = ("at_target_since", "judgement", "degrading_since", "trend_note", "counts_from")
LATEST = ("latest_value", "latest_at", "fresh_until")


def standings(kpis, *, today: date) -> list[Standing]:
    """Where these KPIs (a QuerySet) stand; archived ones are left out. One query."""
    rows = kpis.listed().order_by("pilot_id", "kind", "name", "pk")
    return [_standing(row, today) for row in rows.values_list(*FIELDS, *JUDGED, *LATEST)]


def _standing(row, today: date) -> Standing:
    *facts, latest, latest_at, fresh_until = row
    named = dict(zip(FIELDS + JUDGED, facts, strict=True))
    latest_on = timezone.localdate(latest_at) if latest_at else None
    aim = Aim(*(named[name] for name in ("direction", "target", "target_high", "lowest", "highest")))
    state = kpi_state(
        kind=named["kind"],
        latest=latest,
        fresh_until=fresh_until,
        aim=aim,
        at_target_since=named["at_target_since"],
        is_degrading=named["degrading_since"] is not None,
        today=today,
    )
    return Standing(**named, latest=latest, latest_on=latest_on, state=state)


def fixed_in(kpi: Kpi, *, today: date) -> list[str]:
    """The fields of a KPI that no longer change, or by amendment only. The KPI brings its pilot."""
    facts = {name: getattr(kpi, name) for name in (*FIXED, "counts_from")}
    return fixed_fields(facts, phase_number=kpi.pilot.phase_number, today=today)


def standing_of(kpi: Kpi, *, today: date) -> Standing:
    """Where one loaded KPI stands. No query."""
    return _standing([getattr(kpi, name) for name in FIELDS + JUDGED + LATEST], today)
