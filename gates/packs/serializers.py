"""The shapes of packs in the API. Nothing here saves."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from pilots.serializers import Person, Shown


class PackShown(Shown):
    """What a gate is decided on, frozen at a moment. Never changed; the next pack has the next number."""

    number = serializers.IntegerField(help_text="From 1 at each gate.")
    gate = serializers.IntegerField(source="gate_id", help_text="The id of the gate.")
    pilot = serializers.CharField(source="gate.pilot.key", help_text="The key of the pilot.")
    frozen_at = serializers.DateTimeField()
    frozen_by = Person(allow_null=True, help_text="Without a person: Pilotage, at the planned freeze.")
    freeze_on = serializers.DateField(
        allow_null=True, help_text="The evidence freeze it stands for; null where somebody asked for it."
    )
    asked_at = serializers.DateTimeField(
        source="request.at",
        allow_null=True,
        help_text="When the review was asked for that was under way; null where none was.",
    )
    digest = serializers.CharField(help_text="SHA-256 of its facts, as sign-offs and decisions keep it.")


@extend_schema_field({"type": "object", "additionalProperties": True})
class Told(serializers.JSONField):
    """Values as they were frozen."""


class PackDetail(PackShown):
    content = Told(
        help_text="Everything its page shows: decimals as text, days and moments in ISO 8601, people by name."
    )
