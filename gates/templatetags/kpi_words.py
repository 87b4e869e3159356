"""What a pilot's gates add to the page of a KPI."""

import json
from datetime import date
from typing import Any

from django import template
from django.utils import timezone

from gates.evidence.queries import evidence_of_readings
from gates.journey.kpis import freeze_of, gate_marks, uses_of
from gates.models import Evidence
from metrics.annotations.queries import note_marks
from metrics.courses.queries import Course, forecast_of
from metrics.forecast import Forecast
from metrics.models import Annotation, Kpi, Measurement
from metrics.queries import with_unit
from metrics.readings.tallies import target_of
from pilots.charts import Ahead, Expected, Mark

register = template.Library()


@register.inclusion_tag("metrics/_course.html")
def course_of_kpi(
    kpi: Kpi, course: Course, annotations: list[Annotation], today: date, forecast: Forecast | None
) -> dict[str, Any]:
    """`{% course_of_kpi kpi course annotations today=today forecast=forecast %}`: the chart, what happened on the way
    and what lies ahead, in words.
    """
    old_from = kpi.fresh_until if kpi.fresh_until and kpi.fresh_until < today else None
    points = course.points
    marks = [*gate_marks(kpi.pilot), *note_marks(annotations)]
    ahead = forecast and _ahead(kpi, forecast)
    seen = [mark for mark in marks if points and points[0][0] <= mark.on]
    return {
        "kpi": kpi,
        "points": points,
        "marks": seen,
        "today": today,
        "old_from": old_from,
        "ahead": ahead,
        "facts": json.dumps(_facts(kpi, seen, today, old_from) | {"ahead": ahead and _band(ahead)}),
    }


def _facts(kpi: Kpi, marks: list[Mark], today: date, old_from: date | None) -> dict[str, Any]:
    """What static/js/kpi-chart.js draws besides the readings; numbers as a chart needs them, days as ISO 8601."""
    target = target_of(kpi.aim)
    numbers = {
        "low": target.low if target else None,
        "high": target.high if target else None,
        "lowest": kpi.lowest,
        "highest": kpi.highest,
        "baseline": kpi.baseline,
    }
    return {name: None if value is None else float(value) for name, value in numbers.items()} | {
        "unit": kpi.unit,
        "zone": timezone.get_current_timezone_name(),
        "today": today.isoformat(),
        "old_from": old_from and old_from.isoformat(),
        "marks": [
            {"on": mark.on.isoformat(), "label": mark.label, "words": mark.words, "kind": mark.kind}
            for mark in sorted(marks, key=lambda mark: mark.on)
        ],
    }


@register.simple_tag
def forecast_of_kpi(kpi: Kpi, course: Course, today: date) -> Forecast | None:
    """`{% forecast_of_kpi kpi course today=today as forecast %}`: where it would be at the open gate. One query."""
    return forecast_of(kpi, course, freeze=freeze_of(kpi.pilot_id), today=today)


def _ahead(kpi: Kpi, forecast: Forecast) -> Ahead:
    start, end = (Expected(at.on, at.value, at.low, at.high) for at in (forecast.start, forecast.end))
    return Ahead(start, end, forecast.sentence(lambda value: with_unit(value, kpi.unit)))


def _band(ahead: Ahead) -> list[dict[str, Any]]:
    return [
        {"on": at.on.isoformat(), "value": float(at.value), "low": float(at.low), "high": float(at.high)}
        for at in (ahead.start, ahead.end)
    ]


@register.inclusion_tag("metrics/_used_by.html")
def kpi_used_by(kpi: Kpi) -> dict[str, Any]:
    """`{% kpi_used_by kpi %}`: the criteria at the pilot's gates that this KPI decides."""
    return {"uses": uses_of(kpi)}


@register.simple_tag
def evidence_behind(rows: list[Measurement | Annotation]) -> dict[int, list[Evidence]]:
    """`{% evidence_behind rows as proof %}`: what shows each reading among these rows, by its id."""
    return evidence_of_readings([row.pk for row in rows if isinstance(row, Measurement)])


@register.filter
def showing(proof: dict[int, list[Evidence]], reading: Measurement) -> list[Evidence]:
    """`{{ proof|showing:reading }}`: of what `evidence_behind` found."""
    return proof.get(reading.pk, [])
