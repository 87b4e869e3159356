"""The shapes of warning signs and of answers in the API. Nothing here saves."""

from datetime import date
from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from gates.choices import FailureMode, Question, Sign
from gates.signs.rules import LONGEST_NOTE
from gates.signs.table import SIGNS
from pilots.serializers import Person, Sent, Shown


class SignShown(Shown):
    """A time in which a pilot showed a warning sign."""

    computed = ("title", "mode", "fix")

    id = serializers.IntegerField()
    pilot = serializers.CharField(source="pilot.key", help_text="The key of the pilot.")
    sign = serializers.ChoiceField(choices=Sign.choices)
    title = serializers.CharField()
    mode = serializers.ChoiceField(choices=FailureMode.choices, help_text="The way to fail that it warns of.")
    since = serializers.DateField(help_text="The day it was found.")
    until = serializers.DateField(
        allow_null=True, help_text="The day it was found gone; null while it warns."
    )
    reason = serializers.CharField(help_text="Why, with the facts in it.")
    fix = serializers.CharField(help_text="What makes it go away.")

    @classmethod
    def complete(cls, row: dict[str, Any], today: date) -> dict[str, Any]:
        sign = SIGNS[row["sign"]]
        return row | {"title": sign.title, "mode": sign.mode.value, "fix": sign.fix.says}


class DeclaredAnswerShown(Shown):
    """What a person said of a pilot where only people can know. The newest of each question counts."""

    id = serializers.IntegerField()
    question = serializers.ChoiceField(choices=Question.choices)
    yes = serializers.BooleanField()
    note = serializers.CharField(help_text="What the answer rests on.")
    by = Person()
    at = serializers.DateTimeField()


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Tried",
            value={"question": "load_tested", "yes": True, "note": "4,000 cases an hour on 12 May."},
            request_only=True,
        )
    ]
)
class DeclaredAnswerSent(Sent):
    question = serializers.ChoiceField(choices=Question.choices)
    yes = serializers.BooleanField()
    note = serializers.CharField(max_length=LONGEST_NOTE, help_text="What the answer rests on.")
