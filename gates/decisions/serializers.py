"""The shapes of decisions in the API. Nothing here saves; the rules say why something cannot be decided."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from gates.choices import Area, AssessmentState, CriterionKind, Outcome, ReasonCode
from gates.decisions.queries import what_can_be_closed
from gates.models import Condition, Decision, Phase
from pilots.filters import LARGEST_ID
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
    reason_code = serializers.ChoiceField(
        choices=ReasonCode.choices, allow_blank=True, help_text="Blank: from before there were codes."
    )
    reason = serializers.CharField()
    override_reason = serializers.CharField(
        help_text="Not blank: it passed although something stood in its way, and this is why."
    )
    scope_cap = serializers.CharField(help_text="Of a conditional go: how far while conditions are open.")
    review_on = serializers.DateField(allow_null=True, help_text="Of a hold.")
    recycle_to = serializers.CharField(
        source="recycle_to.key", allow_null=True, help_text="Of a recycle: the key of the phase."
    )
    lesson = serializers.CharField(help_text="Of a stop: what happened.")
    advice = serializers.CharField(help_text="Of a stop: what to do differently.")
    freed_amount = serializers.DecimalField(max_digits=14, decimal_places=2, allow_null=True)
    decided_by = Person(allow_null=True, help_text="Null: Pilotage, because a condition lapsed.")
    decided_at = serializers.DateTimeField()
    steps_down = serializers.IntegerField(
        source="steps_down_id", allow_null=True, help_text="The conditional go that became this hold."
    )
    supersedes = serializers.IntegerField(
        source="supersedes_id", allow_null=True, help_text="The decision that this one corrects."
    )
    superseded_by = serializers.IntegerField(
        source="superseded_by.id", allow_null=True, help_text="The correction to read instead."
    )
    correction_reason = serializers.CharField()
    corrected_by = Person(allow_null=True)
    corrected_at = serializers.DateTimeField(allow_null=True)


class ConditionShown(Shown):
    """A dated obligation of a conditional go."""

    id = serializers.IntegerField()
    text = serializers.CharField()
    due_on = serializers.DateField()
    owner = Person(allow_null=True)
    closes = serializers.CharField(allow_null=True, help_text="Key of the criterion it closes.")
    met_at = serializers.DateTimeField(allow_null=True)
    met_note = serializers.CharField(help_text="What shows that it is met.")
    met_link = serializers.CharField()


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

    digest = serializers.CharField(help_text="SHA-256 of the facts it was made on; blank: nobody kept them.")

    seen = Seen()
    conditions = ConditionShown(many=True)


def conditions_shown(decision: Decision) -> list[dict[str, Any]]:
    """The conditions of a decision, by due day. One query."""
    return [condition_shown(row) for row in decision.conditions.select_related("owner", "criterion")]


def condition_shown(condition: Condition) -> dict[str, Any]:
    return {
        "id": condition.pk,
        "text": condition.text,
        "due_on": condition.due_on,
        "owner": condition.owner and {"id": condition.owner.pk, "name": condition.owner.name},
        "closes": condition.criterion and condition.criterion.key,
        "met_at": condition.met_at,
        "met_note": condition.met_note,
        "met_link": condition.met_link,
    }


@extend_schema_field({"oneOf": [{"type": "number"}, {"type": "string", "format": "decimal"}]})
class AmountSent(serializers.DecimalField):
    """A number or a text that is one."""


@extend_schema_field(OpenApiTypes.STR)
class CriterionKey(serializers.SlugRelatedField):
    """A criterion of the gate that is decided at, by its key."""

    default_error_messages = {"does_not_exist": "This gate has no criterion “{value}” to close."}

    def get_queryset(self):
        return what_can_be_closed(self.context["gate"])


class ConditionSent(Sent):
    text = serializers.CharField(max_length=300)
    due_on = Day()
    owner = PersonId(required=False, allow_null=True, help_text="Who owes it; null is the pilot's owner.")
    closes = CriterionKey(
        slug_field="key",
        source="criterion",
        required=False,
        allow_null=True,
        help_text="Key of the criterion it closes. Every open must-meet needs a condition that does.",
    )


@extend_schema_field(OpenApiTypes.STR)
class PhaseKey(serializers.SlugRelatedField):
    """A phase of the pilot's own playbook, by its key."""

    default_error_messages = {"does_not_exist": "This pilot's playbook has no phase “{value}”."}

    def get_queryset(self):
        return Phase.objects.filter(version=self.context["version_id"])


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Go",
            value={"outcome": "go", "reason_code": "value_shown", "reason": "Value proven."},
            request_only=True,
        ),
        OpenApiExample(
            "Conditional go",
            value={
                "outcome": "conditional_go",
                "reason_code": "small_gaps",
                "reason": "Good enough to go on, with one thing to finish.",
                "scope_cap": "At most 200 users in two plants",
                "conditions": [
                    {"text": "Rollback tried in production", "due_on": "2026-12-31", "closes": "T7"}
                ],
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
    reason_code = serializers.ChoiceField(
        choices=ReasonCode.choices, help_text="One of those that fit the outcome; the rest are refused."
    )
    reason = serializers.CharField(max_length=5_000)
    override_reason = serializers.CharField(
        max_length=5_000,
        allow_blank=True,
        required=False,
        help_text="Lets a go or a conditional go pass although something stands in its way, where the "
        "playbook names one of your roles. Shown for ever.",
    )
    scope_cap = serializers.CharField(
        max_length=300, allow_blank=True, required=False, help_text="A conditional go needs it."
    )
    review_on = Day(required=False, allow_null=True, help_text="A hold needs it.")
    recycle_to = PhaseKey(
        slug_field="key",
        required=False,
        allow_null=True,
        help_text="A recycle needs it: the key of this phase or an earlier one.",
    )
    lesson = serializers.CharField(
        max_length=5_000, allow_blank=True, required=False, help_text="A stop needs it: what happened."
    )
    advice = serializers.CharField(
        max_length=5_000, allow_blank=True, required=False, help_text="Of a stop: what to do differently."
    )
    freed_amount = AmountSent(max_digits=14, decimal_places=2, min_value=0, allow_null=True, required=False)
    archive = serializers.BooleanField(required=False, help_text="A stop can take the pilot off the lists.")
    conditions: serializers.ListSerializer = serializers.ListSerializer(
        child=ConditionSent(),
        required=False,
        max_length=MOST_CONDITIONS,
        help_text="A conditional go needs one or more.",
    )


class ConditionMet(Sent):
    """What shows that a condition is met."""

    note = serializers.CharField(max_length=5_000)
    link = serializers.URLField(max_length=500, allow_blank=True, required=False)


class ConditionChanged(Sent):
    id = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, help_text="Of an open condition.")
    text = serializers.CharField(max_length=300)
    due_on = Day()
    owner = PersonId(required=False, allow_null=True, help_text="Who owes it; null is the pilot's owner.")


class CorrectionSent(Sent):
    """A decision as it should have been. What is not sent stays as it was."""

    correction_reason = serializers.CharField(max_length=5_000, help_text="What was wrong.")
    reason_code = serializers.ChoiceField(choices=ReasonCode.choices, required=False)
    reason = serializers.CharField(max_length=5_000, required=False)
    scope_cap = serializers.CharField(max_length=300, required=False, help_text="Of a conditional go.")
    review_on = Day(required=False, help_text="Of a hold.")
    lesson = serializers.CharField(max_length=5_000, required=False, help_text="Of a stop: what happened.")
    advice = serializers.CharField(
        max_length=5_000, allow_blank=True, required=False, help_text="Of a stop: what to do differently."
    )
    freed_amount = AmountSent(max_digits=14, decimal_places=2, min_value=0, allow_null=True, required=False)
    conditions: serializers.ListSerializer = serializers.ListSerializer(
        child=ConditionChanged(), required=False, max_length=MOST_CONDITIONS, help_text="Open ones to change."
    )
    added: serializers.ListSerializer = serializers.ListSerializer(
        child=ConditionSent(), required=False, max_length=MOST_CONDITIONS, help_text="Further ones."
    )
