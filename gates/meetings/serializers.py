"""The shapes of gate meetings in the API. Nothing here saves; the rules say why something cannot be."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from gates.choices import MeetingState, Outcome
from gates.meetings.queries import agenda_of
from gates.meetings.rules import MOST_ITEMS
from gates.models import AgendaItem, GateReview
from pilots.filters import LARGEST_ID
from pilots.serializers import Day, Person, Sent, Shown

LONGEST_REMARK = 5_000


class MeetingShown(Shown):
    """A gate meeting of one programme."""

    id = serializers.IntegerField()
    programme = serializers.CharField(source="programme.slug", help_text="The slug of its programme.")
    title = serializers.CharField()
    starts_at = serializers.DateTimeField()
    place = serializers.CharField()
    item_minutes = serializers.IntegerField(help_text="Minutes for each item.")
    freeze_on = serializers.DateField(
        allow_null=True,
        help_text="The day on which every gate on its agenda gets its decision pack; null: each by its own plan.",
    )
    state = serializers.ChoiceField(choices=MeetingState.choices)
    called_by = Person()
    called_at = serializers.DateTimeField()
    presenter = Person(allow_null=True, help_text="Who turns everybody's screen.")
    started_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    invited_at = serializers.DateTimeField(
        allow_null=True, help_text="When the latest invitation went out by e-mail; null: none did."
    )
    minutes_sent_at = serializers.DateTimeField(allow_null=True, help_text="The last time.")


class VoteShown(serializers.Serializer):
    person = Person()
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    comment = serializers.CharField()


class ItemShown(serializers.Serializer):
    """One gate on an agenda."""

    id = serializers.IntegerField()
    position = serializers.IntegerField()
    pilot = serializers.CharField(allow_null=True, help_text="The key of the pilot; null of a topic.")
    gate = serializers.IntegerField(allow_null=True, help_text="The id of the gate; null of a topic.")
    topic = serializers.CharField(help_text="What is only talked about; blank of a gate.")
    votes = VoteShown(many=True)
    remark = serializers.CharField(help_text="What was said, for the minutes.")
    parked_at = serializers.DateTimeField(allow_null=True)
    decision = serializers.IntegerField(allow_null=True, help_text="The id of the decision made here.")


class AttendeeShown(serializers.Serializer):
    person = Person()
    was_present = serializers.BooleanField()


class AdditionShown(serializers.Serializer):
    """What was added to the minutes after the meeting was closed."""

    item = serializers.IntegerField(allow_null=True, help_text="The id of the item; null: to the whole.")
    text = serializers.CharField()
    by = Person()
    at = serializers.DateTimeField()


class MeetingDetail(MeetingShown):
    """A meeting with its agenda, which after it was held are its minutes."""

    computed = ("items", "attendees", "additions")

    items = ItemShown(many=True)
    attendees = AttendeeShown(many=True)
    additions = AdditionShown(many=True)


def agenda_shown(review: GateReview) -> dict[str, Any]:
    """Agenda and attendees of a meeting. A fixed number of queries."""
    attendees = review.attendees.select_related("person")
    additions = review.additions.select_related("by")
    return {
        "items": [_item(item) for item in agenda_of(review)],
        "attendees": [{"person": _person(one.person), "was_present": one.was_present} for one in attendees],
        "additions": [
            {"item": one.item_id, "text": one.text, "by": _person(one.by), "at": one.at} for one in additions
        ],
    }


def _item(item: AgendaItem) -> dict[str, Any]:
    votes = item.votes.all()
    return {
        "id": item.pk,
        "position": item.position,
        "pilot": item.gate and item.gate.pilot.key,
        "gate": item.gate_id,
        "topic": item.topic,
        "votes": [
            {"person": _person(vote.person), "outcome": vote.outcome, "comment": vote.comment}
            for vote in votes
        ],
        "remark": item.remark,
        "parked_at": item.parked_at,
        "decision": item.decision_id,
    }


def _person(user) -> dict[str, Any]:
    return {"id": user.pk, "name": user.name}


def gate_ids(**options: Any) -> serializers.ListField:
    return serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID), max_length=MOST_ITEMS, **options
    )


class MeetingSent(Sent):
    title = serializers.CharField(max_length=200)
    starts_at = serializers.DateTimeField(help_text="With its offset, such as 2026-11-26T14:00:00+01:00.")
    place = serializers.CharField(max_length=300, allow_blank=True, required=False)
    item_minutes = serializers.IntegerField(min_value=1, max_value=240, required=False)
    freeze_on = Day(required=False, allow_null=True, help_text="At 18:00 of this day the evidence freezes.")


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Two gates in November",
            value={
                "programme": "customer-service",
                "title": "Gate board, November",
                "starts_at": "2026-11-26T14:00:00+01:00",
                "place": "Room 4",
                "gates": [812, 815],
            },
            request_only=True,
        )
    ]
)
class NewMeeting(MeetingSent):
    programme = serializers.SlugField(max_length=60, help_text="The slug of the programme.")
    gates = gate_ids(required=False, help_text="Ids of the gates on its agenda, in their order.")


class AgendaSent(Sent):
    gates = gate_ids(required=False, help_text="Ids of gates to put at the end of the agenda.")
    topic = serializers.CharField(
        max_length=200, required=False, help_text="Something that is only talked about, to put behind them."
    )

    def validate(self, sent):
        if not sent:
            raise serializers.ValidationError("Send gates, a topic or both.")
        return sent


class AdditionSent(Sent):
    text = serializers.CharField(max_length=LONGEST_REMARK)
    item = serializers.IntegerField(
        min_value=1,
        max_value=LARGEST_ID,
        required=False,
        allow_null=True,
        help_text="The id of an item of this meeting; left out: to the whole.",
    )


class VoteSent(Sent):
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    comment = serializers.CharField(max_length=500, allow_blank=True, required=False)


class RemarkSent(Sent):
    text = serializers.CharField(max_length=LONGEST_REMARK, allow_blank=True)
