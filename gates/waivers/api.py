"""The API's doors of waivers."""

from django.core.exceptions import PermissionDenied
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.response import Response

from gates.models import Assessment, Waiver
from gates.waivers import actions
from gates.waivers.filters import WaiverFilters
from gates.waivers.serializers import Approval, NewWaiver, Refusal, Revocation, WaiverShown
from pilots.api import ReadingDoor
from pilots.permissions import Permission, require
from pilots.serializers import Nothing


@extend_schema(tags=["Waivers"])
class WaiverDoor(ReadingDoor):
    queryset = Waiver.objects.order_by("-asked_at", "-pk")
    serializer_class = WaiverShown
    filterset_class = WaiverFilters

    @extend_schema(summary="List waivers, newest first")
    def list(self, request):
        return super().list(request)

    @extend_schema(summary="Show a waiver")
    def retrieve(self, request, pk):
        return super().retrieve(request, pk=pk)

    @extend_schema(
        summary="Ask for a waiver of a criterion",
        description="Somebody else approves or refuses it. The same question sent again within seconds is "
        "answered with the one there is.",
        request=NewWaiver,
        responses={201: WaiverShown},
    )
    def create(self, request):
        known = Assessment.objects.visible_to(request.user).select_related("gate__pilot")
        assessment = self.named("assessment", known)
        pilot = assessment.gate.pilot
        require(request.user, Permission.ASK_WAIVER, pilot=pilot, named=assessment.responsible_id)
        sent = self.parse(NewWaiver)
        waiver = actions.ask_waiver(by=request.user, **sent | {"assessment": assessment})
        return Response(self.show(self.queryset.all(), pk=waiver.pk), status=status.HTTP_201_CREATED)

    @extend_schema(
        summary="Approve a waiver",
        description="The criterion is waived until the day asked for, and is not counted as met. Not by the "
        "person who asked, the pilot's owner or whoever has to show the criterion.",
        request=Approval,
        responses=WaiverShown,
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def approve(self, request, pk):
        return self._act(request, pk, Permission.APPROVE_WAIVER, Approval, actions.approve_waiver)

    @extend_schema(summary="Refuse a waiver", request=Refusal, responses=WaiverShown)
    @action(detail=True, methods=["post"], filterset_class=None)
    def refuse(self, request, pk):
        return self._act(request, pk, Permission.APPROVE_WAIVER, Refusal, actions.refuse_waiver)

    @extend_schema(
        summary="Revoke a waiver in force",
        description="The criterion stands as it did before, or as its check says.",
        request=Revocation,
        responses=WaiverShown,
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def revoke(self, request, pk):
        return self._act(request, pk, Permission.APPROVE_WAIVER, Revocation, actions.revoke_waiver)

    @extend_schema(
        summary="Take back a waiver asked for",
        description="Only by the person who asked.",
        request=Nothing,
        responses=WaiverShown,
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def withdraw(self, request, pk):
        waiver = self._find(pk)
        if waiver.asked_by_id != request.user.pk:
            raise PermissionDenied("Only the person who asked for a waiver can withdraw it.")
        self.parse(Nothing)
        actions.withdraw_waiver(waiver=waiver, by=request.user)
        return Response(self.show(self.get_queryset(), pk=pk))

    def _act(self, request, pk, permission, sent, act) -> Response:
        waiver = self._find(pk)
        require(request.user, permission, pilot=waiver.assessment.gate.pilot)
        act(waiver=waiver, by=request.user, **self.parse(sent))
        return Response(self.show(self.get_queryset(), pk=pk))

    def _find(self, pk) -> Waiver:
        return self.find(self.get_queryset().select_related("assessment__gate__pilot"), pk=pk)
