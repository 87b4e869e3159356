"""The course of a KPI over time: what its chart draws, and the same numbers as rows."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.utils import timezone

from metrics.annotations.queries import annotations_of
from metrics.forecast import MOST, Forecast, forecast
from metrics.models import Annotation, Kpi, Measurement
from metrics.points import Point, Reading, points
from metrics.queries import standing_of
from pilots.charts.scales import thin

MOST_DRAWN = 400  # points; more than a screen has room for
MOST_LOOKED_AT = 20_000  # of the newest readings
PAGE_SIZE, FEW = 50, 8  # readings of a page of the table, and below the chart
PEOPLE = ("recorded_by", "corrected_by", "superseded_by")


class Drawn(NamedTuple):
    at: datetime
    value: Decimal


@dataclass(frozen=True)
class Course:
    """The readings of a KPI that count, oldest first, as many of them as a chart needs."""

    drawn: list[Drawn]
    stored: int  # readings that count
    is_cut: bool  # the oldest ones are left out, not only those between others
    latest: list[Point]  # the newest days that count, oldest first; as many as a forecast looks at

    @property
    def points(self) -> list[tuple[date, Decimal]]:
        """As a chart takes them: the day in the organisation's zone, the value."""
        return [(timezone.localdate(at), value) for at, value in self.drawn]

    @property
    def is_thinned(self) -> bool:
        return len(self.drawn) < self.stored


def course_of(kpi: Kpi) -> Course:
    """The course of a KPI. One query; one more for a KPI with more readings than are looked at."""
    counting = kpi.measurements.counting()
    newest = counting.order_by("-measured_at", "-pk").values_list("measured_at", "value")
    found = [Drawn(*row) for row in newest[:MOST_LOOKED_AT]]
    is_cut = len(found) == MOST_LOOKED_AT
    stored = counting.count() if is_cut else len(found)
    return Course(
        thin(found[::-1], MOST_DRAWN),
        stored,
        is_cut and stored > MOST_LOOKED_AT,
        _latest(found, kpi.counts_from),
    )


def _latest(newest: Iterable[Drawn], since: date | None) -> list[Point]:
    """The latest days from `since` on with their average, of these readings from the newest to the oldest."""
    readings: list[Reading] = []
    days: set[date] = set()
    for at, value in newest:
        day = timezone.localdate(at)
        days.add(day)
        if len(days) > MOST or (since is not None and day < since):
            break
        readings.append(Reading(day, value))
    return points(readings)


def forecast_of(kpi: Kpi, course: Course, *, freeze: date | None, today: date) -> Forecast | None:
    """Where the KPI would be at the evidence freeze if that lies ahead, else on the day its target is due. No query.

    None for a KPI no longer followed or not measured in time, and where the readings are too few for so far ahead.
    """
    if kpi.archived_at or kpi.fresh_until is None or kpi.fresh_until < today:
        return None
    days = ((freeze, "evidence freeze"), (kpi.target_on, "target date"))
    for day, to in days:
        if day is not None and day > today:
            return forecast(course.latest, day, to, is_percent=kpi.unit == "%")
    return None


def told(kpi: Kpi):
    """All readings of a KPI, newest first, with their people; the corrected ones among them."""
    return Measurement.objects.filter(kpi=kpi).select_related(*PEOPLE).order_by("-measured_at", "-pk")


def course_page(kpi: Kpi, asked: Mapping[str, str], *, today: date) -> dict[str, Any]:
    """What the page of a KPI shows of its course: the chart, or with `show=table` a page of all readings."""
    as_table = asked.get("show") == "table"
    pages = Paginator(told(kpi), PAGE_SIZE if as_table else FEW)
    page = pages.get_page(asked.get("page") if as_table else 1)
    notes = annotations_of(kpi)
    return {
        "pilot": kpi.pilot,
        "kpi": kpi,
        "standing": standing_of(kpi, today=today),
        "course": course_of(kpi),
        "annotations": notes,
        "rows": with_notes(page, notes),
        "as_table": as_table,
        "page": page,
        "today": today,
    }


def with_notes(page: Page, notes: list[Annotation]) -> list[Measurement | Annotation]:
    """The readings of a page, newest first, with the notes between them: each above the readings before its day.

    One query for the readings; one more on later pages, for the reading above them.
    """
    readings = list(page.object_list)
    above = page.paginator.object_list[page.start_index() - 2] if page.number > 1 else None
    newest = timezone.localdate(above.measured_at) if above else date.max
    oldest = timezone.localdate(readings[-1].measured_at) if page.has_next() else date.min
    here = [note for note in reversed(notes) if oldest < note.on <= newest]
    rows: list[Measurement | Annotation] = []
    for reading in readings:
        while here and here[0].on > timezone.localdate(reading.measured_at):
            rows.append(here.pop(0))
        rows.append(reading)
    return rows + here


COLUMNS = (
    "What",
    "Measured at",
    "Value",
    "Unit",
    "Sample",
    "Note",
    "From",
    "Recorded by",
    "Recorded at",
    "Counts",
    "Corrected at",
    "Corrected by",
    "Reason",
    "Superseded by",
)


def file_rows(kpi: Kpi) -> Iterator[tuple]:
    """Every reading of a KPI, then every note, as rows of a file with these `COLUMNS`, newest first. Moments are
    ISO 8601.
    """
    for reading in told(kpi).iterator():
        yield (
            "Reading",
            _iso(reading.measured_at),
            _plain(reading.value),
            kpi.unit,
            reading.sample_size,
            reading.note,
            reading.get_source_display(),
            str(reading.recorded_by or ""),
            _iso(reading.recorded_at),
            "no" if reading.corrected_at else "yes",
            _iso(reading.corrected_at),
            str(reading.corrected_by or ""),
            reading.correction_reason,
            _plain(reading.superseded_by.value) if reading.superseded_by else "",
        )
    for note in reversed(annotations_of(kpi)):
        written = (str(note.written_by), _iso(note.written_at))
        yield ("Note", note.on.isoformat(), "", "", "", note.text, "", *written, *[""] * 5)


def facts_of(kpi: Kpi, *, today: date) -> list[tuple[str, str]]:
    """What stands above the rows of a file: which KPI, against what, as of when."""
    told_of = [
        ("KPI", kpi.name),
        ("Pilot", f"{kpi.pilot.key} {kpi.pilot.title}"),
        ("As of", today.isoformat()),
    ]
    numbers = (
        ("Baseline", kpi.baseline, kpi.baseline_on),
        ("Target", kpi.target, kpi.target_on),
        ("Upper edge of the target", kpi.target_high, kpi.target_on),
        ("Lowest acceptable", kpi.lowest, None),
        ("Highest acceptable", kpi.highest, None),
    )
    for name, value, on in numbers:
        if value is not None:
            told_of.append((name, f"{_plain(value)} {kpi.unit}" + (f", {on.isoformat()}" if on else "")))
    return told_of


def _iso(moment: datetime | None) -> str:
    return timezone.localtime(moment).isoformat() if moment else ""


def _plain(value: Decimal) -> str:
    return f"{value:f}".rstrip("0").rstrip(".") if value else "0"
