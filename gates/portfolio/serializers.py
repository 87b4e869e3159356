"""The shapes of pilots in the API: what people wrote, and where the pilot is on its way. Nothing here saves."""

from datetime import date
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from gates.choices import GateStatus, Health, WaitingOn
from pilots.choices import Approach, PilotState, Priority, RiskTier
from pilots.serializers import Day, Person, Sent, Shown


class CurrentGate(Shown):
    """The gate a pilot is working towards."""

    id = serializers.IntegerField()
    key = serializers.CharField(source="definition.key")
    name = serializers.CharField(source="definition.name")
    status = serializers.ChoiceField(choices=GateStatus.choices)
    planned_on = serializers.DateField(allow_null=True)
    forecast_on = serializers.DateField(allow_null=True)
    score = serializers.IntegerField(help_text="Readiness in percent.")
    blocker_count = serializers.IntegerField(help_text="Must-meets in the way.")
    must_met = serializers.IntegerField()
    must_total = serializers.IntegerField()
    should_met = serializers.IntegerField()
    should_total = serializers.IntegerField()
    waiting_on = serializers.ChoiceField(choices=WaitingOn.choices, help_text="Who must act next.")
    waiting_since = serializers.DateTimeField(allow_null=True)
    waiting_for = Person(allow_null=True, help_text="The person, where it is one.")


class PilotShown(Shown):
    """One pilot as the portfolio shows it."""

    computed = ("days_in_phase", "overdue_days")

    key = serializers.CharField(help_text="Its stable name, such as PIL-014.")
    title = serializers.CharField()
    programme = serializers.SlugField(source="programme.slug")
    unit = serializers.CharField(help_text="The business unit.")
    priority = serializers.ChoiceField(choices=Priority.choices)
    risk_tier = serializers.ChoiceField(choices=RiskTier.choices, allow_blank=True)
    state = serializers.ChoiceField(choices=PilotState.choices)
    phase = serializers.CharField(help_text="The key of its phase; blank when there is none or nobody knows.")
    phase_name = serializers.CharField()
    phase_entered_on = serializers.DateField(allow_null=True)
    ended_on = serializers.DateField(allow_null=True)
    archived_at = serializers.DateTimeField(allow_null=True)
    health = serializers.ChoiceField(
        choices=Health.choices, allow_blank=True, help_text="Blank when the pilot is not under way."
    )
    owner = Person(allow_null=True)
    gate = CurrentGate(source="current", allow_null=True)
    days_in_phase = serializers.IntegerField(allow_null=True)
    overdue_days = serializers.IntegerField(help_text="How long its gate is overdue; 0 when it is not.")

    @classmethod
    def complete(cls, row: dict[str, Any], today: date) -> dict[str, Any]:
        entered_on = row["phase_entered_on"]
        planned_on = row["gate"] and row["gate"]["planned_on"]
        row["days_in_phase"] = ((row["ended_on"] or today) - entered_on).days if entered_on else None
        row["overdue_days"] = max(0, (today - planned_on).days) if planned_on else 0
        return row


class PilotDetail(PilotShown):
    """One pilot with everything people wrote about it."""

    problem = serializers.CharField()
    workflow = serializers.CharField()
    approach = serializers.ChoiceField(choices=Approach.choices, allow_blank=True)
    vendor = serializers.CharField()
    model_name = serializers.CharField()
    risk_rationale = serializers.CharField()
    sponsor = Person(allow_null=True)
    intake_on = serializers.DateField(allow_null=True)
    ends_on = serializers.DateField(allow_null=True)
    in_production = serializers.BooleanField()
    reached_production_on = serializers.DateField(allow_null=True)
    created_at = serializers.DateTimeField()


@extend_schema_serializer(
    examples=[OpenApiExample("Today", value={"playbook": "standard", "on": "2026-11-02"}, request_only=True)]
)
class StartSent(Sent):
    playbook = serializers.SlugField(
        max_length=40, help_text="The key of a playbook, such as standard. Its published version is used."
    )
    on = Day(help_text="The day it starts: today or before.")

    def validate_on(self, on):
        if on > timezone.localdate():
            raise serializers.ValidationError("A pilot starts today or has started before.")
        return on
