"""The shapes of assessments in the API. Nothing here saves."""

from datetime import date
from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from gates.checks import CHECKS
from gates.choices import ANSWERS, Area, AssessmentState, CriterionKind
from pilots.serializers import Person, PersonId, Sent, Shown


class AssessmentShown(Shown):
    """Where one criterion stands at one gate."""

    computed = ("fix",)

    id = serializers.IntegerField()
    gate = serializers.IntegerField(source="gate_id", help_text="The id of its gate.")
    pilot = serializers.CharField(source="gate.pilot.key", help_text="The key of its pilot.")
    key = serializers.CharField(source="criterion.key", help_text="Its key in the playbook, such as T3.")
    title = serializers.CharField(source="criterion.title")
    guidance = serializers.CharField(source="criterion.guidance")
    area = serializers.ChoiceField(choices=Area.choices)
    kind = serializers.ChoiceField(choices=CriterionKind.choices)
    weight = serializers.IntegerField()
    check_name = serializers.CharField(help_text="The check that decides it; blank when people do.")
    state = serializers.ChoiceField(choices=AssessmentState.choices)
    fix = serializers.CharField(help_text="What makes its check pass; blank when it is met or people decide.")
    note = serializers.CharField()
    responsible = Person(allow_null=True)
    state_since = serializers.DateTimeField(allow_null=True)
    stale_on = serializers.DateField(
        allow_null=True, help_text="From this day on it no longer counts as met."
    )
    evidence_count = serializers.IntegerField()

    @classmethod
    def complete(cls, row: dict[str, Any], today: date) -> dict[str, Any]:
        decided_by = CHECKS.get(row["check_name"])
        row["fix"] = decided_by.fix.says if decided_by and row["state"] != AssessmentState.MET else ""
        return row


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Met", value={"state": "met", "note": "Run on 4,000 live cases in May."}, request_only=True
        )
    ]
)
class AssessmentSent(Sent):
    state = serializers.ChoiceField(choices=[(state.value, state.label) for state in ANSWERS])
    note = serializers.CharField(
        max_length=2_000, allow_blank=True, help_text="Needed when a criterion is not met."
    )
    responsible = PersonId(allow_null=True, help_text="Who is on it; null is the pilot's owner.")
