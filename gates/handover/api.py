"""The API's doors of handovers."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.response import Response

from gates.handover import actions
from gates.handover.page import is_ticked
from gates.handover.planning import forth
from gates.handover.queries import Group, Thing, may_undo, things_seen, work_of
from gates.handover.serializers import HandoverDetail, HandoverShown, NewHandover, thing_shown
from gates.models import Handover
from pilots.api import ReadingDoor, whole
from pilots.permissions import Permission, require
from pilots.serializers import Nothing

ID = OpenApiParameter("id", OpenApiTypes.INT64, OpenApiParameter.PATH, description="The handover's id.")


@extend_schema(tags=["Handovers"])
class HandoverDoor(ReadingDoor):
    queryset = Handover.objects.order_by("-pk")
    serializer_class = HandoverShown
    detail_class = HandoverDetail

    @extend_schema(summary="List handovers, newest first", description="Yours, and those that concern you.")
    def list(self, request):
        return super().list(request)

    @extend_schema(
        summary="Show a handover",
        description="Before it is confirmed: what would move, and why something would not.",
        parameters=[ID],
        responses=HandoverDetail,
    )
    def retrieve(self, request, pk):
        return Response(self._whole(self._find(pk)))

    @extend_schema(
        summary="Prepare a handover",
        description="Keeps what is picked and says what would become of it. Nothing moves until it is "
        "confirmed; then exactly this moves. What is not confirmed is dropped after a day.",
        request=NewHandover,
        responses={201: HandoverDetail},
    )
    def create(self, request):
        sent = self.parse(NewHandover, by=request.user)
        person = sent["person"]
        require(request.user, Permission.HAND_OVER_WORK, named=person.pk)
        things = _picked(work_of(person, by=request.user), sent.get("things"))
        handover = actions.prepare_handover(
            person=person,
            things=things,
            receivers={one.holding.key: None if one.holding.ends else sent["receiver"] for one in things},
            note=sent["note"],
            by=request.user,
        )
        return Response(self._whole(self._find(str(handover.pk))), status=status.HTTP_201_CREATED)

    @extend_schema(
        summary="Hand over what was prepared",
        description="As one. Only by who prepared it. Twice changes nothing.",
        parameters=[ID],
        request=Nothing,
        responses=HandoverDetail,
    )
    @action(detail=True, methods=["post"])
    def confirm(self, request, pk):
        handover = self._find(pk)
        if handover.by_id != request.user.pk:
            raise PermissionDenied("Only the person who prepared a handover can confirm it.")
        self.parse(Nothing)
        actions.hand_over(handover=handover, by=request.user)
        return Response(self._whole(self._find(pk)))

    @extend_schema(
        summary="Undo a handover",
        description="Within 30 days. What is still with who took it over goes back; the rest says why not.",
        parameters=[ID],
        request=Nothing,
        responses=HandoverDetail,
    )
    @action(detail=True, methods=["post"])
    def undo(self, request, pk):
        handover = self._find(pk)
        if not may_undo(handover, request.user):
            raise PermissionDenied(f"Your role does not allow you to {Permission.HAND_OVER_WORK}.")
        self.parse(Nothing)
        actions.undo_handover(handover=handover, by=request.user)
        return Response(self._whole(self._find(pk)))

    def _find(self, pk: str) -> Handover:
        return self.find(self.get_queryset().select_related("person", "by", "undone_by"), pk=whole(pk))

    def _whole(self, handover: Handover) -> dict[str, Any]:
        asking: Any = self.request.user
        things = things_seen(handover, asking)
        whys = {one.pk: one.why for one in things}
        if handover.done_at is None:
            whys = {step.thing.pk: step.why for step in forth(things, handover.person, by=handover.by)}
        row = self.show_as(HandoverShown, self.queryset, pk=handover.pk)
        return row | {"things": [thing_shown(one, whys[one.pk]) for one in things]}


def _picked(groups: list[Group], keys: list[str] | None) -> list[Thing]:
    """The things of these names; without names all that is ticked at first. Raises ValidationError."""
    if keys is None:
        return [one for group in groups if is_ticked(group) for one in group.things]
    known = {one.key: one for group in groups for one in group.things}
    lost = [key for key in keys if key not in known]
    if lost:
        raise ValidationError({"things": [f"There is nothing here of this name: {key}." for key in lost]})
    return [known[key] for key in dict.fromkeys(keys)]
