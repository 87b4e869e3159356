"""The shapes of pilots that try the same in the API. Nothing here saves."""

from rest_framework import serializers

from gates.overlap.rules import LONGEST_REASON
from pilots.choices import PilotState
from pilots.serializers import Person, Sent, Shown


class OverlappingPilot(Shown):
    """One of the two."""

    key = serializers.CharField()
    title = serializers.CharField()
    programme = serializers.CharField(source="programme.slug")
    state = serializers.ChoiceField(choices=PilotState.choices)
    phase = serializers.CharField(source="phase_name", help_text="In words; blank: none or unknown.")
    owner = Person(allow_null=True)


class OverlapShown(Shown):
    """Two pilots that write about themselves alike. Only pairs both of which you may see are there."""

    id = serializers.IntegerField()
    score = serializers.FloatField(help_text="How alike, 0 to 1: the cosine of their weighted words.")
    words = serializers.ListField(
        child=serializers.CharField(), help_text="What makes them alike most, strongest first."
    )
    pilot = OverlappingPilot()
    other = OverlappingPilot()
    found_at = serializers.DateTimeField()


class DistinctionSent(Sent):
    reason = serializers.CharField(max_length=LONGEST_REASON, help_text="Why they are not the same.")


class DistinctionShown(Shown):
    """Somebody's word that two pilots are not the same."""

    id = serializers.IntegerField()
    pilot = serializers.CharField(source="pilot.key")
    other = serializers.CharField(source="other.key")
    reason = serializers.CharField()
    said_by = Person()
    said_at = serializers.DateTimeField()
    undone_by = Person(allow_null=True)
    undone_at = serializers.DateTimeField(allow_null=True)
