"""The shapes of waivers in the API. Nothing here saves; the rules say why something cannot be."""

from datetime import date
from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from gates.choices import AskStatus, WaiverEnd
from gates.waivers.rules import LONGEST_REASON, VALID, standing_of
from pilots.serializers import Day, Person, Sent, Shown


class WaiverShown(Shown):
    """What lets a gate pass for a time although a criterion is not met. Never counted as met."""

    computed = ("in_force",)

    id = serializers.IntegerField()
    assessment = serializers.IntegerField(
        source="assessment_id", help_text="The id of the criterion's assessment."
    )
    criterion = serializers.CharField(
        source="assessment.criterion.key", help_text="Its key in the playbook, such as T3."
    )
    gate = serializers.IntegerField(source="assessment.gate_id", help_text="The id of the gate.")
    pilot = serializers.CharField(source="assessment.gate.pilot.key", help_text="The key of the pilot.")
    reason = serializers.CharField()
    asked_by = Person()
    asked_at = serializers.DateTimeField()
    expires_on = serializers.DateField(help_text="From this day on the criterion blocks again.")
    status = serializers.ChoiceField(choices=AskStatus.choices)
    in_force = serializers.BooleanField(help_text="Approved, not expired and still needed.")
    decided_by = Person(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    decision_note = serializers.CharField()
    revoked_by = Person(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)
    revocation_reason = serializers.CharField()
    ended_at = serializers.DateTimeField(
        allow_null=True,
        help_text="When it stopped to matter: by itself, or after it expired, when the criterion was judged "
        "anew or a new waiver was asked for.",
    )
    ended_because = serializers.ChoiceField(
        choices=WaiverEnd.choices,
        allow_blank=True,
        help_text="Why it ended by itself, before anybody decided or its day came. It never comes back.",
    )

    @classmethod
    def complete(cls, row: dict[str, Any], today: date) -> dict[str, Any]:
        standing = standing_of(
            status=row["status"],
            expires_on=row["expires_on"],
            is_put_away=row["ended_at"] is not None,
            today=today,
        )
        row["in_force"] = standing == VALID
        return row


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Until the load test",
            value={
                "assessment": 812,
                "reason": "The test environment comes in May; until then only ten people use it.",
                "expires_on": "2027-05-31",
            },
            request_only=True,
        )
    ]
)
class NewWaiver(Sent):
    assessment = serializers.IntegerField(help_text="The id of the criterion's assessment.")
    reason = serializers.CharField(max_length=LONGEST_REASON)
    expires_on = Day(help_text="Tomorrow or later, at most a year ahead.")


class Approval(Sent):
    note = serializers.CharField(max_length=LONGEST_REASON, allow_blank=True, required=False)


class Refusal(Sent):
    note = serializers.CharField(max_length=LONGEST_REASON, help_text="Why.")


class Revocation(Sent):
    reason = serializers.CharField(max_length=LONGEST_REASON)
