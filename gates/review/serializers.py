"""The shapes of a review in the API. Nothing here saves."""

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from gates.choices import FeedbackLevel
from pilots.serializers import Person, Sent, Shown

LONGEST = 5000


class RequestSent(Sent):
    message = serializers.CharField(
        max_length=LONGEST, allow_blank=True, required=False, help_text="What the gatekeepers should know."
    )


@extend_schema_serializer(
    examples=[OpenApiExample("Why", value={"reason": "Measure a month longer."}, request_only=True)]
)
class SendBackSent(Sent):
    reason = serializers.CharField(max_length=LONGEST, help_text="What has to change.")


class FeedbackShown(Shown):
    """Advice at a gate, or an answer to such advice. It changes no state and no readiness."""

    id = serializers.IntegerField()
    gate = serializers.IntegerField(source="gate_id")
    criterion = serializers.CharField(
        source="assessment.criterion.key", allow_null=True, help_text="Null: the gate as a whole."
    )
    assessment = serializers.IntegerField(source="assessment_id", allow_null=True)
    answers = serializers.IntegerField(
        source="answers_id", allow_null=True, help_text="The feedback that this answers."
    )
    level = serializers.ChoiceField(
        choices=FeedbackLevel.choices, allow_blank=True, help_text="Blank: an answer."
    )
    comment = serializers.CharField()
    by = Person()
    at = serializers.DateTimeField()


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "An issue",
            value={"criterion": "T1", "level": "major", "comment": "Nobody asked the users."},
            request_only=True,
        )
    ]
)
class FeedbackSent(Sent):
    criterion = serializers.CharField(
        max_length=20, required=False, allow_null=True, help_text="Its key. Without it: the gate as a whole."
    )
    level = serializers.ChoiceField(choices=FeedbackLevel.choices)
    comment = serializers.CharField(
        max_length=LONGEST, allow_blank=True, required=False, help_text="Needed for an issue."
    )


class AnswerSent(Sent):
    comment = serializers.CharField(max_length=LONGEST)
