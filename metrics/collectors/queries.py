"""What can be asked about collectors."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from metrics.models import AllowedHost, Collector, CollectorRun, Kpi
from metrics.sources.choices import SourceKind
from pilots.choices import ENDED

STATES = {
    "failing": "Failing",
    "paused": "Paused",
    "working": "Working",
}
SHOWN_RUNS = 20
RECIPE_WORDS = {
    "path": "Path",
    "time_path": "Time",
    "value_column": "Column",
    "time_column": "Time",
    "where_column": "Rows where",
    "where_value": "says",
    "query": "Query",
    "metric": "Metric",
}
KINDS = [  # kind, its name, what it is good for
    (SourceKind.JSON, "JSON answer", "A web service that answers in JSON; you say which of its values."),
    (SourceKind.CSV, "CSV file", "A file with a heading row, such as an export that is written each night."),
    (SourceKind.PROMETHEUS, "Prometheus query", "A Prometheus server that answers a query with one number."),
    (
        SourceKind.METRICS,
        "Prometheus metrics page",
        "A page of metrics, such as /metrics of the pilot itself.",
    ),
]


@dataclass(frozen=True)
class CollectorRow:
    """A collector as pages show it."""

    collector: Collector

    @property
    def tone(self) -> str:
        return self._standing[0]

    @property
    def word(self) -> str:
        return self._standing[1]

    @property
    def _standing(self) -> tuple[str, str]:
        one = self.collector
        if one.paused_at is not None:
            return ("paused", "Paused") if one.paused_by_id else ("bad", "Paused after failing")
        if one.failures:
            return "warn", "Failing"
        return ("ok", "Working") if one.last_success_id else ("new", "Not asked yet")

    @property
    def recipe(self) -> list[tuple[str, str]]:
        """How the number is found, in words: what is usual is left out."""
        recipe = self.collector.recipe
        return [(label, recipe[name]) for name, label in RECIPE_WORDS.items() if recipe.get(name)]

    @property
    def next_at(self) -> datetime | None:
        """When it asks next; None where it does not."""
        one, kpi = self.collector, self.collector.kpi
        ended = kpi.archived_at or kpi.pilot.archived_at or kpi.pilot.state in ENDED
        return None if one.paused_at or ended else one.due_at

    @property
    def trouble(self) -> CollectorRun | None:
        """Why it brings nothing now."""
        return self.collector.last_failure if self.collector.failures else None


def collector_of(kpi: Kpi) -> CollectorRow | None:
    """Where readings of this KPI come from by themselves. One query."""
    found = _shown(Collector.objects.filter(kpi=kpi)).first()
    return CollectorRow(found) if found else None


def collectors_seen(user, state: str = "") -> QuerySet[Collector]:
    """The collectors this person may see, those that fail first."""
    found = Collector.objects.visible_to(user)
    if state == "failing":
        found = found.failing()
    elif state == "paused":
        found = found.filter(paused_at__isnull=False)
    elif state == "working":
        found = found.filter(paused_at__isnull=True, failures=0)
    return _shown(found).order_by("-failures", "kpi__pilot__title", "kpi__name", "pk")


def _shown(found: QuerySet[Collector]) -> QuerySet[Collector]:
    return found.select_related("kpi__pilot", "last_success", "last_failure", "paused_by", "created_by")


def runs_of(collector: Collector) -> list[CollectorRun]:
    """The newest runs. One query."""
    return list(collector.runs.order_by("-pk")[:SHOWN_RUNS])


def allowed_hosts() -> QuerySet[AllowedHost]:
    """Every private host that collectors may ask, with who allowed it."""
    return AllowedHost.objects.select_related("allowed_by").order_by("entry")
