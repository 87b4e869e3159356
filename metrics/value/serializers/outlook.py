"""The shapes of money in the API. Nothing here saves."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from metrics.value.rules import LONGEST_BASIS, LONGEST_HORIZON, outlook_is_stale
from pilots.serializers import Day, Person, Sent, Shown


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
        r"^[A-Z]{3}$", required=False, help_text="The programme's, to be sure; else it is refused."
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
