"""The shapes of gate meetings in the API. Nothing here saves; the rules say why something cannot be."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from gates.choices import MeetingState, Outcome
from gates.meetings.queries import agenda_of
from gates.meetings.rules import MOST_ITEMS
from gates.models import AgendaItem, GateReview
from pilots.filters import LARGEST_ID
from pilots.serializers import Person, Sent, Shown

LONGEST_REMARK = 5_000


class MeetingShown(Shown):
    """A gate meeting of one programme."""

    id = serializers.IntegerField()
    programme = serializers.CharField(source="programme.slug", help_text="The slug of its programme.")
    title = serializers.CharField()
    starts_at = serializers.DateTimeField()
    place = serializers.CharField()
    item_minutes = serializers.IntegerField(help_text="Minutes for each item.")
    state = serializers.ChoiceField(choices=MeetingState.choices)
    called_by = Person()
    called_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)


class VoteShown(serializers.Serializer):
    person = Person()
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    comment = serializers.CharField()


class ItemShown(serializers.Serializer):
    """One gate on an agenda."""

    id = serializers.IntegerField()
    position = serializers.IntegerField()
    pilot = serializers.CharField(help_text="The key of the pilot.")
    gate = serializers.IntegerField(help_text="The id of the gate.")
    votes = VoteShown(many=True)
    remark = serializers.CharField(help_text="What was said, for the minutes.")
    parked_at = serializers.DateTimeField(allow_null=True)
    decision = serializers.IntegerField(allow_null=True, help_text="The id of the decision made here.")


class AttendeeShown(serializers.Serializer):
    person = Person()
    was_present = serializers.BooleanField()


class MeetingDetail(MeetingShown):
    """A meeting with its agenda, which after it was held are its minutes."""

    computed = ("items", "attendees")

    items = ItemShown(many=True)
    attendees = AttendeeShown(many=True)


def agenda_shown(review: GateReview) -> dict[str, Any]:
    """Agenda and attendees of a meeting. A fixed number of queries."""
    attendees = review.attendees.select_related("person")
    return {
        "items": [_item(item) for item in agenda_of(review)],
        "attendees": [{"person": _person(one.person), "was_present": one.was_present} for one in attendees],
    }


def _item(item: AgendaItem) -> dict[str, Any]:
    votes = item.votes.all()
    return {
        "id": item.pk,
        "position": item.position,
        "pilot": item.gate.pilot.key,
        "gate": item.gate_id,
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
    gates = gate_ids(allow_empty=False, help_text="Ids of gates to put at the end of the agenda.")


class VoteSent(Sent):
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    comment = serializers.CharField(max_length=500, allow_blank=True, required=False)


class RemarkSent(Sent):
    text = serializers.CharField(max_length=LONGEST_REMARK, allow_blank=True)
