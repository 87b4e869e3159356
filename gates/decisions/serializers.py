"""The shapes of decisions in the API. Nothing here saves; the rules say why something cannot be decided."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from gates.choices import Area, AssessmentState, CriterionKind, Outcome, ReasonCode
from gates.models import Decision, Phase
from pilots.serializers import Day, Person, PersonId, Sent, Shown

MOST_CONDITIONS = 20


class DecisionShown(Shown):
    """What was decided at a gate. Recorded, never edited."""

    id = serializers.IntegerField()
    gate = serializers.IntegerField(source="gate_id", help_text="The id of the gate.")
    gate_key = serializers.CharField(source="gate.definition.key")
    gate_name = serializers.CharField(source="gate.definition.name")
    pilot = serializers.CharField(source="gate.pilot.key", help_text="The key of the pilot.")
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    reason = serializers.CharField()
    review_on = serializers.DateField(allow_null=True, help_text="Of a hold.")
    recycle_to = serializers.CharField(
        source="recycle_to.key", allow_null=True, help_text="Of a recycle: the key of the phase."
    )
    reason_code = serializers.ChoiceField(choices=ReasonCode.choices, allow_blank=True)
    lesson = serializers.CharField()
    freed_amount = serializers.DecimalField(max_digits=14, decimal_places=2, allow_null=True)
    decided_by = Person()
    decided_at = serializers.DateTimeField()


class ConditionShown(serializers.Serializer):
    """A dated obligation of a conditional go."""

    id = serializers.IntegerField()
    text = serializers.CharField()
    due_on = serializers.DateField()
    owner = Person(allow_null=True)
    met_at = serializers.DateTimeField(allow_null=True)


class SeenCriterion(serializers.Serializer):
    key = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.ChoiceField(choices=CriterionKind.choices)
    area = serializers.ChoiceField(choices=Area.choices)
    state = serializers.ChoiceField(choices=AssessmentState.choices)
    note = serializers.CharField()


class Seen(serializers.Serializer):
    """Readiness and every criterion as they were at the moment of the decision."""

    score = serializers.IntegerField()
    floor = serializers.IntegerField()
    floor_area = serializers.ChoiceField(choices=Area.choices, allow_blank=True)
    unknown = serializers.IntegerField()
    passes = serializers.BooleanField()
    blockers = serializers.ListField(child=serializers.CharField(), help_text="Keys of criteria.")
    score_threshold = serializers.IntegerField()
    floor_threshold = serializers.IntegerField()
    criteria = SeenCriterion(many=True)


class DecisionDetail(DecisionShown):
    """A decision with its conditions and what the decider saw."""

    computed = ("conditions",)

    seen = Seen()
    conditions = ConditionShown(many=True)


def conditions_shown(decision: Decision) -> list[dict[str, Any]]:
    """The conditions of a decision, by due day. One query."""
    return [
        {
            "id": condition.pk,
            "text": condition.text,
            "due_on": condition.due_on,
            "owner": condition.owner and {"id": condition.owner.pk, "name": condition.owner.name},
            "met_at": condition.met_at,
        }
        for condition in decision.conditions.select_related("owner")
    ]


@extend_schema_field({"oneOf": [{"type": "number"}, {"type": "string", "format": "decimal"}]})
class AmountSent(serializers.DecimalField):
    """A number or a text that is one."""


class ConditionSent(Sent):
    text = serializers.CharField(max_length=300)
    due_on = Day()
    owner = PersonId(required=False, allow_null=True, help_text="Who owes it; null is the pilot's owner.")


@extend_schema_field(OpenApiTypes.STR)
class PhaseKey(serializers.SlugRelatedField):
    """A phase of the pilot's own playbook, by its key."""

    default_error_messages = {"does_not_exist": "This pilot's playbook has no phase “{value}”."}

    def get_queryset(self):
        return Phase.objects.filter(version=self.context["version_id"])


@extend_schema_serializer(
    examples=[
        OpenApiExample("Go", value={"outcome": "go", "reason": "Value proven."}, request_only=True),
        OpenApiExample(
            "Conditional go",
            value={
                "outcome": "conditional_go",
                "reason": "Good enough to go on, with one thing to finish.",
                "conditions": [{"text": "Rollback tried in production", "due_on": "2026-12-31"}],
            },
            request_only=True,
        ),
        OpenApiExample(
            "Stop",
            value={
                "outcome": "stop",
                "reason": "No effect on handling time.",
                "reason_code": "no_value",
                "lesson": "Measure the baseline before building.",
                "freed_amount": "120000.00",
            },
            request_only=True,
        ),
    ]
)
class DecisionSent(Sent):
    """A decision. Which further fields it needs follows from its outcome."""

    outcome = serializers.ChoiceField(choices=Outcome.choices)
    reason = serializers.CharField(max_length=5_000)
    review_on = Day(required=False, allow_null=True, help_text="A hold needs it.")
    recycle_to = PhaseKey(
        slug_field="key",
        required=False,
        allow_null=True,
        help_text="A recycle needs it: the key of this phase or an earlier one.",
    )
    reason_code = serializers.ChoiceField(
        choices=ReasonCode.choices, allow_blank=True, required=False, help_text="A stop needs it."
    )
    lesson = serializers.CharField(
        max_length=5_000, allow_blank=True, required=False, help_text="A stop needs it."
    )
    freed_amount = AmountSent(max_digits=14, decimal_places=2, min_value=0, allow_null=True, required=False)
    conditions: serializers.ListSerializer = serializers.ListSerializer(
        child=ConditionSent(),
        required=False,
        max_length=MOST_CONDITIONS,
        help_text="A conditional go needs one or more.",
    )
