"""What can be asked about KPIs."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from metrics.choices import Direction, KpiKind, KpiState
from metrics.models import Kpi, Measurement, Outlook
from metrics.rules import improves, kpi_state, money, outlook_is_stale, progress_percent
from pilots.choices import RUNNING
from pilots.models import Pilot


@dataclass(frozen=True)
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
    latest: Decimal | None
    latest_on: date | None
    cadence_days: int
    state: KpiState

    @property
    def tone(self) -> str:
        return {KpiState.ON_TARGET: "ok", KpiState.OFF_TARGET: "bad"}.get(self.state, "none")

    @property
    def lower_is_better(self) -> bool:
        return self.direction == Direction.LOWER

    @property
    def sign(self) -> str:
        return "≥" if self.direction == Direction.HIGHER else "≤"

    @property
    def wish(self) -> str:
        return "at least" if self.direction == Direction.HIGHER else "at most"

    @property
    def kind_label(self) -> str:
        return str(KpiKind(self.kind).label)

    @property
    def latest_text(self) -> str:
        return with_unit(self.latest, self.unit)

    @property
    def target_text(self) -> str:
        return with_unit(self.target, self.unit)

    @property
    def baseline_text(self) -> str:
        return with_unit(self.baseline, self.unit)

    @property
    def is_better_than_baseline(self) -> bool:
        return (
            self.latest is not None
            and self.baseline is not None
            and improves(self.latest, self.baseline, self.direction)
        )

    @property
    def progress(self) -> int | None:
        return progress_percent(latest=self.latest, baseline=self.baseline, target=self.target)

    @property
    def sentence(self) -> str:
        """What is the matter, or that it is on target."""
        if self.state == KpiState.NO_DATA:
            return f"{self.name} has not been measured yet."
        if self.state == KpiState.STALE:
            last = f"{self.name} was last measured on {self.latest_on:%-d %b %Y}"
            return f"{last}, expected every {self.cadence_days} days."
        if self.target is None:
            return f"{self.name} has no target."
        now = f"{self.name} is {with_unit(self.latest, self.unit)}"
        wanted = f"{self.wish} {with_unit(self.target, self.unit)}"
        return (
            f"{now}, as wanted: {wanted}."
            if self.state == KpiState.ON_TARGET
            else f"{now} and must be {wanted}."
        )


def with_unit(value: Decimal | None, unit: str) -> str:
    """A number for people: no trailing zeros, thousands apart, its unit behind; "–" for none."""
    if value is None:
        return "–"
    text = f"{value:,.6f}".rstrip("0").rstrip(".")
    text = "0" if text == "-0" else text
    if unit in ("€", "$", "£"):
        return f"-{unit}{text[1:]}" if text.startswith("-") else f"{unit}{text}"
    return f"{text}{'' if unit.startswith('%') else ' '}{unit}".strip()


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
    "cadence_days",
)


LATEST = ("latest_value", "latest_at", "fresh_until")


def standings(kpis, *, today: date) -> list[Standing]:
    """Where these KPIs (a QuerySet) stand; archived ones are left out. One query."""
    rows = kpis.listed().order_by("pilot_id", "kind", "name", "pk")
    return [_standing(row, today) for row in rows.values_list(*FIELDS, *LATEST)]


def _standing(row, today: date) -> Standing:
    *facts, latest, latest_at, fresh_until = row
    named = dict(zip(FIELDS, facts, strict=True))
    latest_on = timezone.localdate(latest_at) if latest_at else None
    state = kpi_state(
        latest=latest,
        fresh_until=fresh_until,
        target=named["target"],
        direction=named["direction"],
        today=today,
    )
    return Standing(**named, latest=latest, latest_on=latest_on, state=state)


def standing_of(kpi: Kpi, *, today: date) -> Standing:
    """Where one loaded KPI stands. No query."""
    return _standing([getattr(kpi, name) for name in FIELDS + LATEST], today)


def series(kpi_ids, *, limit: int = 120) -> dict[int, list[Measurement]]:
    """The newest `limit` readings of each of these KPIs, oldest first, by KPI id. One query."""
    found: dict[int, list[Measurement]] = {pk: [] for pk in kpi_ids}
    age = Window(RowNumber(), partition_by=F("kpi_id"), order_by=[F("measured_at").desc(), F("pk").desc()])
    newest = Measurement.objects.filter(kpi_id__in=found).annotate(age=age).filter(age__lte=limit)
    for reading in newest.order_by("measured_at", "pk"):
        found[reading.kpi_id].append(reading)
    return found


def points(readings: list[Measurement]) -> list[tuple[date, Decimal]]:
    """Readings as a chart takes them: the day in the organisation's zone, the value."""
    return [(timezone.localdate(reading.measured_at), reading.value) for reading in readings]


@dataclass(frozen=True)
class KpiChoice:
    """What the list of KPIs is narrowed to; blank means everything."""

    kind: str = ""
    state: str = ""  # one of KPI_LISTS
    programme: str = ""  # slug


KPI_LISTS = {
    "target": "With a target",
    "measured": "Measured at their cadence",
    "on_target": "On target",
    "off_target": "Off target",
    "stale": "Stale",
    "no_data": "Not measured yet",
}


def kpis_under_way(user, choice: KpiChoice, *, today: date):
    """The followed KPIs of pilots under way that this person may see, with their pilots."""
    kpis = (
        Kpi.objects.visible_to(user)
        .listed()
        .filter(pilot__state__in=RUNNING, pilot__archived_at__isnull=True)
    )
    if choice.kind:
        kpis = kpis.filter(kind=choice.kind) if choice.kind in KpiKind else kpis.none()
    if choice.programme:
        known = choice.programme.isprintable()  # PostgreSQL refuses NUL in a text
        kpis = kpis.filter(pilot__programme__slug=choice.programme) if known else kpis.none()
    kpis = _narrowed(kpis, choice.state, today)
    return kpis.select_related("pilot").order_by("pilot__title", "pilot_id", "kind", "name", "pk")


def _narrowed(kpis, state: str, today: date):
    targeted = kpis.filter(target__isnull=False)
    narrowed = {
        "target": lambda: targeted,
        "measured": lambda: targeted.fresh(today),
        "on_target": lambda: targeted.at_target(today),
        "off_target": lambda: targeted.fresh(today).exclude(pk__in=targeted.at_target(today)),
        "stale": lambda: kpis.filter(fresh_until__lt=today),
        "no_data": lambda: kpis.filter(latest_at__isnull=True),
    }.get(state)
    return narrowed() if narrowed else kpis


@dataclass(frozen=True)
class Money:
    """What going on with a pilot costs and brings, as pages show it. What was spent is not in `net`."""

    outlook: Outlook
    cost: str
    value: str
    net: str
    is_gain: bool
    spent: str  # "" where nobody has said
    is_stale: bool


def money_of(pilot: Pilot, *, today: date) -> Money | None:
    """What was last said about a pilot's money; None while nobody has. A query unless `outlook` is loaded."""
    outlook = getattr(pilot, "outlook", None)
    if outlook is None:
        return None
    net = outlook.value_to_go - outlook.cost_to_go
    return Money(
        outlook=outlook,
        cost=money(outlook.cost_to_go, outlook.currency),
        value=money(outlook.value_to_go, outlook.currency),
        net=money(net, outlook.currency),
        is_gain=net >= 0,
        spent="" if outlook.spent is None else money(outlook.spent, outlook.currency),
        is_stale=outlook_is_stale(as_of=outlook.as_of, today=today),
    )
