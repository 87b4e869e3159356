"""The shape of a KPI's course in the API. Nothing here saves."""

from typing import Any

from rest_framework import serializers

from metrics.annotations.queries import annotations_of
from metrics.courses.queries import MOST_DRAWN, Course
from metrics.models import Kpi
from metrics.numbers import Number


class PointShown(serializers.Serializer):
    measured_at = serializers.DateTimeField()
    value = Number()


class NoteShown(serializers.Serializer):
    on = serializers.DateField()
    text = serializers.CharField()


class CourseShown(serializers.Serializer):
    """The readings of a KPI as a chart needs them."""

    kpi = serializers.IntegerField()
    unit = serializers.CharField()
    stored = serializers.IntegerField(help_text="So many readings count.")
    shown = serializers.IntegerField(
        help_text=f"So many of them are in `points`, at most {MOST_DRAWN}: the first, the last, and of each stretch"
        " between them the lowest and the highest."
    )
    is_cut = serializers.BooleanField(help_text="The oldest readings were left out before that.")
    points = PointShown(many=True, help_text="Oldest first.")
    notes = NoteShown(many=True, help_text="What happened on the way, oldest first.")

    @classmethod
    def of(cls, kpi: Kpi, course: Course) -> dict[str, Any]:
        points = [{"measured_at": at, "value": value} for at, value in course.drawn]
        return cls(
            {
                "kpi": kpi.pk,
                "unit": kpi.unit,
                "stored": course.stored,
                "shown": len(course.drawn),
                "is_cut": course.is_cut,
                "points": points,
                "notes": annotations_of(kpi),
            }
        ).data
