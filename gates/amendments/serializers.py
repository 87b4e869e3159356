"""The shapes of amendments in the API. Nothing here saves; the rules say why something cannot be amended."""

from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from gates.amendments.rules import value_problem
from gates.choices import KPI_TERMS, THRESHOLDS, AmendedField, AskStatus, Direction
from pilots.serializers import Person, Sent, Shown

VALUE = {
    "oneOf": [{"type": "integer"}, {"type": "string"}, {"type": "boolean"}, {"type": "object"}],
    "nullable": True,
    "description": "A number; of `kind` must_meet, should_meet or kill; of `applies` true or false; "
    "of `validity_days` null for ever; of a KPI an object with the fields of the term, numbers and days as text.",
}


@extend_schema_field(VALUE)
class Value(serializers.JSONField):
    """A term of a gate, of a criterion or of a KPI."""


class AmendmentShown(Shown):
    """One frozen term of one gate, before and after. In effect only when approved."""

    id = serializers.IntegerField()
    gate = serializers.IntegerField(source="gate_id", help_text="The id of the gate.")
    gate_key = serializers.CharField(source="gate.definition.key")
    pilot = serializers.CharField(source="gate.pilot.key", help_text="The key of the pilot.")
    criterion = serializers.CharField(
        source="assessment.criterion.key", allow_null=True, help_text="Null: a threshold of the gate itself."
    )
    kpi = serializers.IntegerField(
        source="kpi_id", allow_null=True, help_text="The id of the KPI whose term it is."
    )
    field = serializers.ChoiceField(choices=AmendedField.choices)
    before = Value()
    after = Value()
    direction = serializers.ChoiceField(choices=Direction.choices)
    reason = serializers.CharField()
    playbook_version = serializers.IntegerField(
        source="version.number", allow_null=True, help_text="Where it came with a newer playbook."
    )
    status = serializers.ChoiceField(choices=AskStatus.choices)
    asked_by = Person()
    asked_at = serializers.DateTimeField()
    decided_by = Person(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    note = serializers.CharField(help_text="Of who approved or refused.")


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A threshold",
            value={"field": "score_threshold", "value": 55, "reason": "The pilot is small."},
            request_only=True,
        ),
        OpenApiExample(
            "A criterion",
            value={"field": "kind", "criterion": "T3", "value": "should_meet", "reason": "No live load."},
            request_only=True,
        ),
        OpenApiExample(
            "A KPI's target",
            value={
                "field": "kpi_target",
                "kpi": 12,
                "value": {"target": "9.5", "target_on": "2026-12-31"},
                "reason": "The tariff rose for everybody.",
            },
            request_only=True,
        ),
    ]
)
class AmendmentSent(Sent):
    field = serializers.ChoiceField(choices=AmendedField.choices)
    criterion = serializers.CharField(
        max_length=10, required=False, help_text="Its key, such as T3. Left out for a threshold or a KPI."
    )
    kpi = serializers.IntegerField(
        required=False, help_text="Its id, with a field of a KPI. What the value leaves out stays."
    )
    value = Value(allow_null=True, help_text="What the term should be.")
    reason = serializers.CharField(max_length=5000)

    def validate(self, sent):
        problems = {}
        if problem := value_problem(sent["field"], sent["value"]):
            problems["value"] = [problem]
        of_kpi = sent["field"] in KPI_TERMS
        if of_kpi != ("kpi" in sent):
            problems["kpi"] = [
                "Give the id of the KPI." if of_kpi else "This is no term of a KPI. Leave it out."
            ]
        if of_kpi and "criterion" in sent:
            problems["criterion"] = ["A KPI's term belongs to no criterion. Leave this out."]
        elif sent["field"] in THRESHOLDS and "criterion" in sent:
            problems["criterion"] = ["A threshold belongs to the whole gate. Leave this out."]
        elif not of_kpi and sent["field"] not in THRESHOLDS and "criterion" not in sent:
            problems["criterion"] = ["Name the criterion."]
        if problems:
            raise serializers.ValidationError(problems)
        return sent


class ApprovalSent(Sent):
    note = serializers.CharField(max_length=5000, allow_blank=True, required=False)


class RefusalSent(Sent):
    note = serializers.CharField(max_length=5000, help_text="Why not.")
