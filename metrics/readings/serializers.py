"""The shapes of readings in the API. Nothing here saves."""

from datetime import date
from decimal import Decimal

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from metrics.choices import Source
from metrics.models.measurement import LONGEST_REASON
from metrics.numbers import Number, NumberSent
from metrics.readings.many import MOST
from metrics.rules import measurement_problems, unit_problem
from pilots.rules import day_problem
from pilots.serializers import Person, Sent, Shown


class MeasurementShown(Shown):
    """One reading."""

    id = serializers.IntegerField()
    value = Number()
    measured_at = serializers.DateTimeField()
    sample_size = serializers.IntegerField(allow_null=True)
    note = serializers.CharField()
    source = serializers.ChoiceField(choices=Source.choices)  # type: ignore[assignment]  # a field's word too
    recorded_by = Person(allow_null=True)
    recorded_at = serializers.DateTimeField()
    corrected_at = serializers.DateTimeField(
        allow_null=True, help_text="From when on it no longer counts; null: it counts."
    )
    corrected_by = Person(allow_null=True)
    correction_reason = serializers.CharField()
    superseded_by = serializers.IntegerField(
        allow_null=True,
        source="superseded_by_id",
        help_text="The id of the reading in its place; null where it was taken back.",
    )


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "This month's reading",
            value={"value": "9.85", "measured_at": "2026-10-31T18:00:00Z", "sample_size": 412},
            request_only=True,
        )
    ]
)
class MeasurementSent(Sent):
    """A reading. Numbers may be sent as numbers or as text; text keeps every digit."""

    value = NumberSent()
    measured_at = serializers.DateTimeField(
        help_text="ISO 8601. Without an offset it is the organisation's time."
    )
    sample_size = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False, allow_null=True)
    note = serializers.CharField(max_length=300, allow_blank=True, required=False)
    unit = serializers.CharField(
        max_length=30,
        required=False,
        help_text="The unit the number is in; another than the KPI's is refused.",
    )

    def validate_unit(self, unit):
        if problem := unit_problem(unit, unit=self.context["unit"]):
            raise serializers.ValidationError(problem)
        return unit

    def validate(self, sent):
        sent.pop("unit", None)
        if "measured_at" in sent:  # a correction may keep the time
            _check(sent["value"], timezone.localdate(sent["measured_at"]))
        return sent


def _check(value: Decimal, measured_on: date) -> None:
    if problem := day_problem(measured_on):
        raise serializers.ValidationError({"measured_at": [problem]})
    problems = measurement_problems(value=value, measured_on=measured_on, today=timezone.localdate())
    if problems:
        raise serializers.ValidationError({field: [reason] for field, reason in problems.items()})


class ReadingReasonSent(Sent):
    reason = serializers.CharField(max_length=LONGEST_REASON, help_text="Why the reading was wrong.")


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A typing error",
            value={"value": "9.85", "reason": "98.5 was typed; the ledger says 9.85."},
            request_only=True,
        )
    ]
)
class ReadingCorrectionSent(MeasurementSent, ReadingReasonSent):
    """What the reading should have been. What is left out stays as it was, but for the value."""

    measured_at = serializers.DateTimeField(required=False, help_text="Left out: the time stays.")


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Two days",
            value={
                "readings": [
                    {"value": "9.85", "measured_at": "2026-10-30T18:00:00Z"},
                    {"value": "9.79", "measured_at": "2026-10-31T18:00:00Z", "unit": "€"},
                ]
            },
            request_only=True,
        )
    ]
)
class ReadingsSent(Sent):
    """Many readings, each with the fields of a single one. Each is judged by itself."""

    readings = serializers.ListField(child=serializers.DictField(), min_length=1, max_length=MOST)


class RefusedShown(serializers.Serializer):
    index = serializers.IntegerField(help_text="Which of the readings sent, from 0.")
    field = serializers.CharField()
    sentence = serializers.CharField()


class ReadingsShown(serializers.Serializer):
    """What became of many readings."""

    recorded = serializers.IntegerField(help_text="So many were new.")
    same = serializers.IntegerField(help_text="So many were there already.")
    refused = RefusedShown(many=True)
