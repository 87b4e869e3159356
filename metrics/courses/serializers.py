"""The shape of a KPI's course in the API. Nothing here saves."""

from typing import Any

from rest_framework import serializers

from metrics.annotations.queries import annotations_of
from metrics.courses.queries import MOST_DRAWN, Course
from metrics.forecast import IN, LEAST, MOST, Forecast
from metrics.models import Kpi
from metrics.numbers import Number
from metrics.queries import with_unit


class PointShown(serializers.Serializer):
    measured_at = serializers.DateTimeField()
    value = Number()


class NoteShown(serializers.Serializer):
    on = serializers.DateField()
    text = serializers.CharField()


class ForecastShown(serializers.Serializer):
    on = serializers.DateField()
    to = serializers.CharField(help_text="What that day is: `evidence freeze` or `target date`.")
    value = Number()
    low = Number(help_text=f"In {IN} a reading of that day is at least this,")
    high = Number(help_text="and at most this.")
    readings = serializers.IntegerField(
        help_text=f"So many of the newest it is made from, {LEAST} to {MOST}; a day counts once."
    )
    since = serializers.DateField(help_text="The day of the first of them.")
    sentence = serializers.CharField()


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
    forecast = ForecastShown(
        allow_null=True,
        help_text="Where the KPI would be at the evidence freeze of the open gate, else on the day of its target, if "
        "it goes on as it has. `null` with too few readings for so far ahead, and out of date. It decides nothing.",
    )

    @classmethod
    def of(cls, kpi: Kpi, course: Course, ahead: Forecast | None) -> dict[str, Any]:
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
                "forecast": ahead and _forecast(kpi, ahead),
            }
        ).data


def _forecast(kpi: Kpi, ahead: Forecast) -> dict[str, Any]:
    return {
        "on": ahead.end.on,
        "to": ahead.to,
        "value": ahead.end.value,
        "low": ahead.end.low,
        "high": ahead.end.high,
        "readings": ahead.points,
        "since": ahead.since,
        "sentence": ahead.sentence(lambda value: with_unit(value, kpi.unit)),
    }
