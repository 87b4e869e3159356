"""The shapes of KPIs and measurements in the API. Nothing here saves."""

from datetime import date
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from metrics.choices import Direction, KpiKind, KpiState, Source
from metrics.rules import kpi_state, measurement_problems
from pilots.serializers import LONG_TEXT, Day, Person, Sent, Shown

LONGEST_CADENCE = 3_650  # days


class Number(serializers.DecimalField):
    """A KPI's number: 14 digits before the point and 6 behind, shown as text so that none is lost."""

    def __init__(self, **options):
        super().__init__(max_digits=20, decimal_places=6, **options)


@extend_schema_field(
    {"oneOf": [{"type": "number"}, {"type": "string", "format": "decimal"}], "example": "12.50"}
)
class NumberSent(Number):
    """A number or a text that is one."""


class KpiShown(Shown):
    """A KPI and where it stands today."""

    computed = ("state",)

    id = serializers.IntegerField()
    pilot = serializers.CharField(source="pilot.key", help_text="The key of its pilot.")
    name = serializers.CharField()
    definition = serializers.CharField(help_text="How it is measured.")
    kind = serializers.ChoiceField(choices=KpiKind.choices)
    unit = serializers.CharField()
    direction = serializers.ChoiceField(choices=Direction.choices)
    baseline = Number(allow_null=True)
    baseline_on = serializers.DateField(allow_null=True)
    target = Number(allow_null=True)
    target_on = serializers.DateField(allow_null=True)
    cadence_days = serializers.IntegerField(help_text="A reading is expected every so many days.")
    latest_value = Number(allow_null=True)
    latest_at = serializers.DateTimeField(allow_null=True)
    fresh_until = serializers.DateField(
        allow_null=True, help_text="The last day on which the newest reading counts."
    )
    archived_at = serializers.DateTimeField(allow_null=True)
    state = serializers.ChoiceField(choices=KpiState.choices)

    @classmethod
    def complete(cls, row: dict[str, Any], today: date) -> dict[str, Any]:
        row["state"] = kpi_state(
            latest=row["latest_value"],
            fresh_until=row["fresh_until"],
            target=row["target"],
            direction=row["direction"],
            today=today,
        )
        return row


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A business KPI with baseline and target",
            value={
                "pilot": "PIL-014",
                "name": "Cost per case",
                "kind": "business",
                "unit": "€",
                "direction": "lower",
                "baseline": "12.40",
                "baseline_on": "2026-01-31",
                "target": "9.00",
                "target_on": "2026-12-31",
                "cadence_days": 30,
            },
            request_only=True,
        )
    ]
)
class KpiSent(Sent):
    """The definition of a KPI. Baseline and target each come with their day."""

    name = serializers.CharField(max_length=120)
    definition = serializers.CharField(max_length=LONG_TEXT, allow_blank=True, required=False)
    kind = serializers.ChoiceField(choices=KpiKind.choices)
    unit = serializers.CharField(max_length=30)
    direction = serializers.ChoiceField(choices=Direction.choices)
    baseline = NumberSent(required=False, allow_null=True)
    baseline_on = Day(required=False, allow_null=True)
    target = NumberSent(required=False, allow_null=True)
    target_on = Day(required=False, allow_null=True)
    cadence_days = serializers.IntegerField(min_value=1, max_value=LONGEST_CADENCE, required=False)

    def validate(self, sent):
        problems = {}
        for what in ("baseline", "target"):
            value, day = self.after(what, sent), self.after(f"{what}_on", sent)
            if value is not None and day is None:
                problems[f"{what}_on"] = [f"Give the date of the {what}."]
            if day is not None and value is None:
                problems[what] = [f"Give the {what} that belongs to this date."]
        if problems:
            raise serializers.ValidationError(problems)
        return sent


class NewKpiSent(KpiSent):
    pilot = serializers.CharField(max_length=12, help_text="The key of its pilot, such as PIL-014.")


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

    def validate(self, sent):
        measured_on = timezone.localdate(sent["measured_at"])
        if measured_on.year < 1950:
            raise serializers.ValidationError({"measured_at": ["This lies too far in the past."]})
        problems = measurement_problems(
            value=sent["value"], measured_on=measured_on, today=timezone.localdate()
        )
        if problems:
            raise serializers.ValidationError({field: [reason] for field, reason in problems.items()})
        return sent
