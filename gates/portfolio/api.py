"""The API's doors of pilots. They live here because a pilot is shown with its gate."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.response import Response

from gates.journey.actions import start_pilot
from gates.journey.queries import published_playbooks
from gates.portfolio.filters import PilotFilters, PortfolioSort
from gates.portfolio.health import with_current_gate, with_health
from gates.portfolio.serializers import PilotDetail, PilotShown, StartSent
from metrics.models import Outlook
from metrics.value.actions import state_outlook
from metrics.value.serializers import OutlookSent, OutlookShown
from pilots.actions import pilots as actions
from pilots.api import ReadingDoor
from pilots.models import Pilot, Programme
from pilots.permissions import Permission, require
from pilots.serializers import NewPilotSent, Nothing, PilotSent


class PilotSearch(PilotFilters):
    """The portfolio's filters with its sorting; archived pilots only when asked for."""

    sort = PortfolioSort(label="Order")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, today=timezone.localdate(), **kwargs)

    def filter_queryset(self, pilots):
        return self.listed(super().filter_queryset(pilots))


@extend_schema(tags=["Pilots"])
class PilotDoor(ReadingDoor):
    queryset = Pilot.objects.order_by("title", "pk")
    serializer_class = PilotShown
    detail_class = PilotDetail
    filterset_class = PilotSearch
    lookup_field = "key"

    def get_queryset(self):
        return with_health(with_current_gate(super().get_queryset()), today=timezone.localdate())

    @extend_schema(
        summary="List pilots as the portfolio does",
        description="The same filters and the same order as the portfolio page. Archived pilots are left "
        "out unless `archived=true` asks for them.",
    )
    def list(self, request):
        return super().list(request)

    @extend_schema(summary="Show a pilot", responses=PilotDetail)
    def retrieve(self, request, key):
        return super().retrieve(request, key=key)

    @extend_schema(
        summary="Create a pilot",
        description="It begins in intake. Its key is given to it and never changes.",
        request=NewPilotSent,
        responses={201: PilotDetail},
    )
    def create(self, request):
        programme = self.named("programme", Programme.objects.visible_to(request.user), "slug")
        require(request.user, Permission.CREATE_PILOT, programme=programme)
        sent = self.parse(NewPilotSent, programme=programme)
        pilot = actions.create_pilot(by=request.user, **sent | {"programme": programme})
        return Response(self.show(self.get_queryset(), key=pilot.key), status=status.HTTP_201_CREATED)

    @extend_schema(
        summary="Change facts of a pilot",
        description="Only the fields sent are changed.",
        request=PilotSent,
        responses=PilotDetail,
    )
    def partial_update(self, request, key):
        pilot = self._find(key)
        require(request.user, Permission.EDIT_PILOT, pilot=pilot)
        sent = self.parse(PilotSent, pilot, programme=pilot.programme)
        actions.edit_pilot(pilot=pilot, by=request.user, **sent)
        return Response(self.show(self.get_queryset(), key=key))

    @extend_schema(
        summary="Archive a pilot",
        description="Takes a pilot that is not running off the lists. Nothing is deleted.",
        request=Nothing,
        responses=PilotDetail,
    )
    @action(detail=True, methods=["post"])
    def archive(self, request, key):
        pilot = self._find(key)
        require(request.user, Permission.ARCHIVE_PILOT, pilot=pilot)
        self.parse(Nothing)
        actions.archive_pilot(pilot=pilot, by=request.user)
        return Response(self.show(self.get_queryset(), key=key))

    @extend_schema(
        summary="Restore an archived pilot",
        description="Doing it twice changes nothing.",
        request=Nothing,
        responses=PilotDetail,
    )
    @action(detail=True, methods=["post"])
    def restore(self, request, key):
        pilot = self._find(key)
        require(request.user, Permission.ARCHIVE_PILOT, pilot=pilot)
        self.parse(Nothing)
        actions.restore_pilot(pilot=pilot, by=request.user)
        return Response(self.show(self.get_queryset(), key=key))

    @extend_schema(
        summary="Start a pilot on a playbook",
        description="It enters the first phase, whose gate opens with its criteria frozen.",
        request=StartSent,
        responses=PilotDetail,
    )
    @action(detail=True, methods=["post"])
    def start(self, request, key):
        pilot = self._find(key)
        require(request.user, Permission.START_PILOT, pilot=pilot)
        sent = self.parse(StartSent)
        version = self.named("playbook", published_playbooks(), "playbook__key")
        start_pilot(pilot=pilot, version=version, on=sent["on"], by=request.user)
        return Response(self.show(self.get_queryset(), key=key))

    @extend_schema(
        summary="Show what going on with a pilot costs and brings",
        description="Not found while nobody has said it.",
        responses=OutlookShown,
    )
    @action(detail=True, methods=["get"], filterset_class=None)
    def outlook(self, request, key):
        return Response(self.show_as(OutlookShown, Outlook.objects.visible_to(request.user), pilot__key=key))

    @extend_schema(
        summary="Say what going on with a pilot costs and brings",
        description="In place of what was said before. Saying the same again changes nothing.",
        request=OutlookSent,
        responses=OutlookShown,
    )
    @outlook.mapping.put
    def state_outlook(self, request, key):
        pilot = self._find(key)
        require(request.user, Permission.EDIT_OUTLOOK, pilot=pilot)
        sent = self.parse(OutlookSent)
        state_outlook(pilot=pilot, by=request.user, **sent)
        return Response(self.show_as(OutlookShown, Outlook.objects.all(), pilot=pilot))

    def _find(self, key: str) -> Pilot:
        return self.find(Pilot.objects.visible_to(self.request.user).select_related("programme"), key=key)
