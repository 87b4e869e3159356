"""The shapes of handovers in the API. Nothing here saves; the rules say why something cannot be."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from gates.choices import Passing
from gates.handover.queries import people_to_hand_over, possible_successors
from gates.handover.rules import LONGEST_NOTE
from gates.handover.table import HOLDINGS
from gates.models import HandedThing
from pilots.filters import LARGEST_ID
from pilots.serializers import Person, Sent, Shown

A_PERSON = {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}


class HandoverShown(Shown):
    """Work of one person that was passed on to others, or is about to be."""

    id = serializers.IntegerField()
    person = Person(help_text="Whose work it is.")
    note = serializers.CharField()
    by = Person()
    made_at = serializers.DateTimeField()
    done_at = serializers.DateTimeField(allow_null=True, help_text="Null: nothing has moved yet.")
    undone_at = serializers.DateTimeField(allow_null=True)
    undone_by = Person(allow_null=True)


class HandedThingShown(serializers.Serializer):
    """One thing of a handover."""

    thing = serializers.CharField(help_text="Its kind and id, such as owner:12.")
    words = serializers.CharField()
    pilot = serializers.CharField(allow_null=True, help_text="The key of its pilot.")
    programme = serializers.CharField(allow_null=True, help_text="The slug; null: every programme.")
    receiver = serializers.IntegerField(
        allow_null=True, help_text="The id of who takes it over; null: it ends, such as a delegation."
    )
    due_on = serializers.DateField(allow_null=True)
    passing = serializers.ChoiceField(choices=Passing.choices, help_text="What became of it.")
    why = serializers.CharField(help_text="Why it stays or stayed where it is; blank: nothing is in its way.")


class HandoverDetail(HandoverShown):
    """A handover with its things."""

    computed = ("things",)
    things = HandedThingShown(many=True)


def thing_shown(thing: HandedThing, why: str) -> dict[str, Any]:
    return {
        "thing": f"{thing.holding}:{thing.object_id}",
        "words": thing.words,
        "pilot": thing.pilot.key if thing.pilot else None,
        "programme": thing.programme.slug if thing.programme else None,
        "receiver": thing.receiver_id,
        "due_on": thing.due_on,
        "passing": thing.passing,
        "why": why,
    }


@extend_schema_field(A_PERSON)
class HolderId(serializers.IntegerField):
    """The id of a person whose work the one who asks (`by` in the context) may pass on."""

    def to_internal_value(self, data):
        pk = super().to_internal_value(data)
        person = (
            people_to_hand_over(self.context["by"]).filter(pk=pk).first() if 0 < pk <= LARGEST_ID else None
        )
        if person is None:
            raise serializers.ValidationError("Nobody whose work you may hand over has this id.")
        return person


@extend_schema_field(A_PERSON)
class SuccessorId(serializers.IntegerField):
    """The id of an active person whom the one who asks (`by` in the context) can see."""

    def to_internal_value(self, data):
        pk = super().to_internal_value(data)
        found = possible_successors(self.context["by"], by=self.context["by"])
        by = self.context["by"]
        person = by if pk == by.pk else found.filter(pk=pk).first() if 0 < pk <= LARGEST_ID else None
        if person is None:
            raise serializers.ValidationError("Nobody in your programmes has this id.")
        return person


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "All that somebody holds",
            value={"person": 14, "receiver": 22, "note": "Moves to another department in May."},
            request_only=True,
        )
    ]
)
class NewHandover(Sent):
    person = HolderId(help_text="Whose work it is.")
    receiver = SuccessorId(help_text="Who takes it over.")
    note = serializers.CharField(max_length=LONGEST_NOTE)
    things = serializers.ListField(
        child=serializers.CharField(max_length=60),
        required=False,
        help_text="Kinds and ids, such as owner:12; left out: everything but roles and delegations. "
        f"Kinds: {', '.join(HOLDINGS)}.",
    )
