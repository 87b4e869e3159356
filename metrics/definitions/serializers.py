"""The shapes of definitions in the API. Nothing here saves."""

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from metrics.choices import Direction, KpiKind
from metrics.rules import LONGEST_CADENCE
from pilots.serializers import LONG_TEXT, Sent, Shown


class DefinitionShown(Shown):
    """What is measured and how, for every KPI that follows it."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=KpiKind.choices)
    unit = serializers.CharField()
    direction = serializers.ChoiceField(choices=Direction.choices)
    measures = serializers.CharField()
    method = serializers.CharField()
    cadence_days = serializers.IntegerField(help_text="Suggested: a reading every so many days.")
    range_hint = serializers.CharField(help_text="What is usual or acceptable.")
    pitfalls = serializers.CharField()
    shipped_as = serializers.CharField(
        help_text="Its key in the library that comes with Pilotage; blank: made here."
    )
    archived_at = serializers.DateTimeField(allow_null=True)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A definition",
            value={
                "name": "Time per invoice",
                "kind": "business",
                "unit": "min",
                "direction": "lower",
                "measures": "How long a clerk works on one invoice.",
                "method": "Median of the month, from the time stamps of the ledger.",
                "cadence_days": 7,
            },
            request_only=True,
        )
    ]
)
class DefinitionSent(Sent):
    name = serializers.CharField(max_length=120)
    kind = serializers.ChoiceField(choices=KpiKind.choices)
    unit = serializers.CharField(max_length=30)
    direction = serializers.ChoiceField(choices=Direction.choices)
    measures = serializers.CharField(max_length=LONG_TEXT, allow_blank=True, required=False)
    method = serializers.CharField(max_length=LONG_TEXT)
    cadence_days = serializers.IntegerField(min_value=1, max_value=LONGEST_CADENCE, required=False)
    range_hint = serializers.CharField(max_length=LONG_TEXT, allow_blank=True, required=False)
    pitfalls = serializers.CharField(max_length=LONG_TEXT, allow_blank=True, required=False)
