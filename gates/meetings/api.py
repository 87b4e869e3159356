"""The API's doors of gate meetings. Deciding on an item is deciding at its gate."""

from collections.abc import Callable, Sequence

from django.core.exceptions import PermissionDenied
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from gates.decisions.api import decision_sent
from gates.decisions.serializers import DecisionSent
from gates.meetings.actions import agenda, calling, minutes, sitting, telling
from gates.meetings.filters import MeetingFilters
from gates.meetings.queries import is_invited, sitting_gate
from gates.meetings.serializers import (
    AdditionSent,
    AgendaSent,
    MeetingDetail,
    MeetingSent,
    MeetingShown,
    NewMeeting,
    RemarkSent,
    VoteSent,
    agenda_shown,
)
from gates.models import AgendaItem, Gate, GateReview
from pilots.api import Door, ReadingDoor, whole
from pilots.models import Programme
from pilots.permissions import Permission, require
from pilots.serializers import Nothing, Sent


@extend_schema(tags=["Meetings"])
class MeetingDoor(ReadingDoor):
    queryset = GateReview.objects.order_by("-starts_at", "-pk")
    serializer_class = MeetingShown
    detail_class = MeetingDetail
    filterset_class = MeetingFilters

    @extend_schema(summary="List gate meetings, newest first")
    def list(self, request):
        return super().list(request)

    @extend_schema(
        summary="Show a gate meeting",
        description="With its agenda, votes and decisions: after it was held, its minutes.",
        responses=MeetingDetail,
    )
    def retrieve(self, request, pk):
        return self._answer(self._find(pk))

    @extend_schema(summary="Call a gate meeting", request=NewMeeting, responses={201: MeetingDetail})
    def create(self, request):
        programme = self.named("programme", Programme.objects.visible_to(request.user), "slug")
        require(request.user, Permission.HOLD_MEETING, programme=programme)
        sent = self.parse(NewMeeting) | {"programme": programme}
        gates = self._gates(sent.pop("gates", []))
        review = calling.call_meeting(gates=gates, by=request.user, **sent)
        return self._answer(review, status.HTTP_201_CREATED)

    @extend_schema(
        summary="Change a planned meeting",
        description="Only the fields sent are changed. Calendars take the invitation as renewed.",
        request=MeetingSent,
        responses=MeetingDetail,
    )
    def partial_update(self, request, pk):
        review = self._permitted(pk)
        sent = self.parse(MeetingSent, review)
        return self._answer(calling.change_meeting(review=review, by=request.user, **sent))

    @extend_schema(
        summary="Put gates or a topic on the agenda",
        description="At its end; those already on it stay where they are.",
        request=AgendaSent,
        responses=MeetingDetail,
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def agenda(self, request, pk):
        review = self._permitted(pk)
        sent = self.parse(AgendaSent)
        gates = self._gates(sent.pop("gates", []))
        agenda.add_to_agenda(review=review, gates=gates, by=request.user, **sent)
        return self._answer(review)

    @extend_schema(
        summary="Send the invitation",
        description="By e-mail with a calendar file, to everybody who is invited. A change of the meeting sends "
        "the new one by itself; after a change of the agenda it is sent from here.",
        request=Nothing,
        responses=MeetingDetail,
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def invite(self, request, pk):
        return self._act(pk, telling.invite)

    @extend_schema(
        summary="Cancel a planned meeting",
        description="Who has an invitation is told by e-mail.",
        request=Nothing,
        responses=MeetingDetail,
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def cancel(self, request, pk):
        return self._act(pk, calling.cancel_meeting)

    @extend_schema(summary="Begin a meeting", request=Nothing, responses=MeetingDetail)
    @action(detail=True, methods=["post"], filterset_class=None)
    def start(self, request, pk):
        return self._act(pk, calling.start_meeting)

    @extend_schema(
        summary="Close a meeting",
        description="Every item has to be decided or parked first.",
        request=Nothing,
        responses=MeetingDetail,
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def close(self, request, pk):
        return self._act(pk, calling.close_meeting)

    @extend_schema(
        summary="Send the minutes",
        description="By e-mail to the invited, the owners on the agenda and who owes a condition.",
        request=Nothing,
        responses=MeetingDetail,
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def minutes(self, request, pk):
        return self._act(pk, minutes.send_minutes)

    @extend_schema(
        summary="Add to the minutes",
        description="Minutes change in no other way. Who added what and when is shown.",
        request=AdditionSent,
        responses={201: MeetingDetail},
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def additions(self, request, pk):
        review = self._permitted(pk)
        sent = self.parse(AdditionSent)
        if sent.get("item") is not None:
            sent["item"] = self.named("item", review.items.select_related("gate__pilot"))
        minutes.add_to_minutes(review=review, by=request.user, **sent)
        return self._answer(review, status.HTTP_201_CREATED)

    def _act(self, pk: str, act: Callable) -> Response:
        review = self._permitted(pk)
        self.parse(Nothing)
        return self._answer(act(review=review, by=self.request.user))

    def _find(self, pk: str) -> GateReview:
        return self.find(self.get_queryset().select_related("programme"), pk=whole(pk))

    def _permitted(self, pk: str) -> GateReview:
        review = self._find(pk)
        require(self.request.user, Permission.HOLD_MEETING, programme=review.programme)
        return review

    def _gates(self, ids: Sequence[int]) -> Sequence[Gate]:
        """The gates of these ids in their order. Raises ValidationError for one that is not there."""
        seen = Gate.objects.visible_to(self.request.user).select_related("pilot__programme", "definition")
        found = seen.in_bulk(ids)
        missing = [str(pk) for pk in ids if pk not in found]
        if missing:
            raise ValidationError({"gates": [f"There is no gate with the id {', '.join(missing)}."]})
        return [found[pk] for pk in dict.fromkeys(ids)]

    def _answer(self, review: GateReview, code: int = status.HTTP_200_OK) -> Response:
        return Response(self.show(self.queryset.all(), pk=review.pk) | agenda_shown(review), status=code)


OF_MEETING = [
    OpenApiParameter("meeting", OpenApiTypes.INT64, OpenApiParameter.PATH, description="The meeting's id.")
]


@extend_schema(tags=["Meetings"], parameters=OF_MEETING)
class AgendaItemDoor(Door):
    """What is said on one item while the meeting is held."""

    queryset = AgendaItem.objects.order_by("position", "pk")
    serializer_class = MeetingDetail

    @extend_schema(
        summary="Vote on an item",
        description="By name; it can change until the item is decided. Owners do not vote on their own pilots.",
        request=VoteSent,
        responses=MeetingDetail,
    )
    @action(detail=True, methods=["post"])
    def vote(self, request, meeting, pk):
        item = self._find(meeting, pk, gate__isnull=False)
        if not is_invited(request.user, item.review):
            raise PermissionDenied("Only who is invited to the meeting votes in it.")
        sitting.cast_vote(item=item, by=request.user, **self.parse(VoteSent))
        return self._answer(item)

    @extend_schema(summary="Write a remark for the minutes", request=RemarkSent, responses=MeetingDetail)
    @action(detail=True, methods=["post"])
    def remark(self, request, meeting, pk):
        return self._act(meeting, pk, sitting.remark, RemarkSent)

    @extend_schema(
        summary="Park an item",
        description="It is put off; its gate waits for its gatekeepers again.",
        request=Nothing,
        responses=MeetingDetail,
    )
    @action(detail=True, methods=["post"])
    def park(self, request, meeting, pk):
        return self._act(meeting, pk, sitting.park, Nothing)

    @extend_schema(
        summary="Decide on an item",
        description="A decision at its gate, with all its rules, that stands in the minutes.",
        request=DecisionSent,
        responses=MeetingDetail,
    )
    @action(detail=True, methods=["post"])
    def decision(self, request, meeting, pk):
        item = self._find(meeting, pk, gate__isnull=False)
        sitting.decide_item(item=item, by=request.user, **decision_sent(self, sitting_gate(item)))
        return self._answer(item)

    def _find(self, meeting: str, pk: str, **where: bool) -> AgendaItem:
        items = self.get_queryset().select_related("review__programme", "gate__pilot")
        return self.find(items, pk=whole(pk), review=whole(meeting), **where)

    def _act(self, meeting: str, pk: str, act: Callable, sent: type[Sent]) -> Response:
        """What who holds the meeting does on an item."""
        item = self._find(meeting, pk)
        require(self.request.user, Permission.HOLD_MEETING, programme=item.review.programme)
        act(item=item, by=self.request.user, **self.parse(sent))
        return self._answer(item)

    def _answer(self, item: AgendaItem) -> Response:
        row = self.show(GateReview.objects.all(), pk=item.review_id)
        return Response(row | agenda_shown(item.review))
