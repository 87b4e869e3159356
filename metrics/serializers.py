"""The shapes of KPIs and measurements in the API. Nothing here saves."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from metrics.choices import Direction, KpiKind, KpiState, Source
from metrics.rules import LONGEST_BASIS, LONGEST_HORIZON, kpi_state, measurement_problems, outlook_is_stale
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


@extend_schema_field(
    {"oneOf": [{"type": "number"}, {"type": "string", "format": "decimal"}], "example": "120000"}
)
class AmountSent(serializers.DecimalField):
    """An amount of money: a number or a text that is one."""

    def __init__(self, **options):
        super().__init__(max_digits=14, decimal_places=2, min_value=0, **options)


class OutlookShown(Shown):
    """What going on with a pilot costs and brings, as its owner last said."""

    computed = ("net_to_go", "stale")

    pilot = serializers.CharField(source="pilot.key", help_text="The key of the pilot.")
    currency = serializers.CharField(help_text="ISO 4217, such as EUR.")
    cost_to_go = serializers.DecimalField(
        max_digits=14, decimal_places=2, help_text="Money still to spend until it runs."
    )
    value_to_go = serializers.DecimalField(
        max_digits=14, decimal_places=2, help_text="What it will bring from now on, over the horizon."
    )
    net_to_go = serializers.DecimalField(
        max_digits=14, decimal_places=2, help_text="Value to go less cost to go. What was spent is not in it."
    )
    horizon_months = serializers.IntegerField()
    spent = serializers.DecimalField(
        max_digits=14, decimal_places=2, allow_null=True, help_text="So far; null when nobody has said."
    )
    as_of = serializers.DateField(help_text="The day of these numbers.")
    stale = serializers.BooleanField(help_text="Older than 180 days.")
    basis = serializers.CharField(help_text="Where the numbers come from.")
    updated_by = Person(allow_null=True)
    updated_at = serializers.DateTimeField()

    @classmethod
    def complete(cls, row: dict[str, Any], today: date) -> dict[str, Any]:
        row["net_to_go"] = f"{Decimal(row['value_to_go']) - Decimal(row['cost_to_go']):f}"
        row["stale"] = outlook_is_stale(as_of=row["as_of"], today=today)
        return row


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Three years",
            value={
                "currency": "EUR",
                "cost_to_go": "120000",
                "value_to_go": "400000",
                "horizon_months": 36,
                "spent": "80000",
                "as_of": "2026-10-31",
                "basis": "Business case of October, checked by finance.",
            },
            request_only=True,
        )
    ]
)
class OutlookSent(Sent):
    """Everything is said at once; what is left out is not known."""

    currency = serializers.RegexField(
        r"^[A-Z]{3}$", required=False, help_text="ISO 4217; the organisation's when left out."
    )
    cost_to_go = AmountSent()
    value_to_go = AmountSent()
    horizon_months = serializers.IntegerField(min_value=1, max_value=LONGEST_HORIZON)
    spent = AmountSent(required=False, allow_null=True)
    as_of = Day(help_text="Not in the future.")
    basis = serializers.CharField(max_length=LONGEST_BASIS)

    def validate_as_of(self, as_of):
        if as_of > timezone.localdate():
            raise serializers.ValidationError("These numbers cannot be of a day in the future.")
        return as_of
