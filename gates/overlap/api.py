"""The API's doors of pilots that try the same."""

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.response import Response

from gates.models import Distinction, Overlap
from gates.overlap import actions
from gates.overlap.filters import OverlapFilters
from gates.overlap.serializers import DistinctionSent, DistinctionShown, OverlapShown
from pilots.api import Door, ReadingDoor, whole
from pilots.permissions import Permission, allows, require
from pilots.serializers import Nothing


@extend_schema(tags=["Overlaps"])
class OverlapDoor(ReadingDoor):
    queryset = Overlap.objects.order_by("-score", "pk")
    serializer_class = OverlapShown
    filterset_class = OverlapFilters

    @extend_schema(
        summary="List pilots that try the same, the most alike first",
        description="Found by comparing what pilots write about themselves; also those that somebody has "
        "told apart, unless `told_apart=false`.",
    )
    def list(self, request):
        return super().list(request)

    @extend_schema(summary="Show two pilots that try the same")
    def retrieve(self, request, pk):
        return super().retrieve(request, pk=pk)

    @extend_schema(
        summary="Say that two pilots are not the same",
        description="It holds for both, until it is undone.",
        request=DistinctionSent,
        responses={201: DistinctionShown},
    )
    @action(detail=True, methods=["post"], filterset_class=None, url_path="tell-apart")
    def tell_apart(self, request, pk):
        found = self.find(self.get_queryset().select_related("pilot", "other"), pk=whole(pk))
        _require(request.user, found)
        sent = self.parse(DistinctionSent)
        said = actions.tell_apart(pilot=found.pilot, other=found.other, by=request.user, **sent)
        shown = self.show_as(DistinctionShown, Distinction.objects.visible_to(request.user), pk=said.pk)
        return Response(shown, status=status.HTTP_201_CREATED)


@extend_schema(tags=["Overlaps"])
class DistinctionDoor(Door):
    queryset = Distinction.objects.order_by("-said_at", "-pk")
    serializer_class = DistinctionShown

    @extend_schema(summary="List what was said to be not the same, newest first")
    def list(self, request):
        return self.page(self.filter_queryset(self.get_queryset()), DistinctionShown)

    @extend_schema(
        summary="Undo that two pilots are not the same", request=Nothing, responses=DistinctionShown
    )
    @action(detail=True, methods=["post"])
    def undo(self, request, pk):
        said = self.find(self.get_queryset().select_related("pilot", "other"), pk=whole(pk))
        _require(request.user, said)
        self.parse(Nothing)
        actions.undo_distinction(distinction=said, by=request.user)
        return Response(self.show(self.get_queryset(), pk=said.pk))


def _require(user, found: Overlap | Distinction) -> None:
    """May this person tell the two apart? It takes the right for one of them."""
    if not allows(user, Permission.TELL_APART, pilot=found.pilot):
        require(user, Permission.TELL_APART, pilot=found.other)
