"""What a pilot's gates add to the page of a KPI."""

from datetime import date
from typing import Any

from django import template

from gates.journey.kpis import gate_marks, uses_of
from metrics.annotations.queries import note_marks
from metrics.courses.queries import Course
from metrics.models import Annotation, Kpi

register = template.Library()


@register.inclusion_tag("metrics/_course.html")
def course_of_kpi(kpi: Kpi, course: Course, annotations: list[Annotation], today: date) -> dict[str, Any]:
    """`{% course_of_kpi kpi course annotations today=today %}`: the chart and what happened on the way, in words."""
    old_from = kpi.fresh_until if kpi.fresh_until and kpi.fresh_until < today else None
    points = course.points
    marks = [*gate_marks(kpi.pilot), *note_marks(annotations)]
    seen = [mark for mark in marks if points and points[0][0] <= mark.on]
    return {"kpi": kpi, "points": points, "marks": seen, "today": today, "old_from": old_from}


@register.inclusion_tag("metrics/_used_by.html")
def kpi_used_by(kpi: Kpi) -> dict[str, Any]:
    """`{% kpi_used_by kpi %}`: the criteria at the pilot's gates that this KPI decides."""
    return {"uses": uses_of(kpi)}
