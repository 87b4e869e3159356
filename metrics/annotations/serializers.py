"""The shapes of notes in the API. Nothing here saves."""

from django.utils import timezone
from rest_framework import serializers

from metrics.models.annotation import LONGEST_NOTE
from metrics.rules import annotation_problems
from pilots.serializers import Day, Person, Sent, Shown


class AnnotationShown(Shown):
    """A note at a KPI: what happened on a day."""

    id = serializers.IntegerField()
    on = serializers.DateField()
    text = serializers.CharField()
    written_by = Person()
    written_at = serializers.DateTimeField()


class AnnotationSent(Sent):
    on = Day()
    text = serializers.CharField(max_length=LONGEST_NOTE, help_text="Such as: test set v4 from here on.")

    def validate(self, sent):
        problems = annotation_problems(
            on=self.after("on", sent), text=self.after("text", sent), today=timezone.localdate()
        )
        if problems:
            raise serializers.ValidationError({name: [why] for name, why in problems.items()})
        return sent
