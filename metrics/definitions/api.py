"""The API's doors of definitions: the KPI library."""

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.response import Response

from metrics.definitions import actions
from metrics.definitions.filters import DefinitionFilters
from metrics.definitions.serializers import DefinitionSent, DefinitionShown
from metrics.models import KpiDefinition
from pilots.api import ReadingDoor
from pilots.permissions import Permission, require
from pilots.serializers import Nothing


@extend_schema(tags=["KPIs"])
class DefinitionDoor(ReadingDoor):
    queryset = KpiDefinition.objects.order_by("kind", "name", "pk")
    serializer_class = DefinitionShown
    filterset_class = DefinitionFilters

    @extend_schema(
        summary="List the definitions of the KPI library",
        description="Which KPIs follow one, `kpis/?definition=ID` says.",
    )
    def list(self, request):
        return super().list(request)

    @extend_schema(summary="Show a definition")
    def retrieve(self, request, pk):
        return super().retrieve(request, pk=pk)

    @extend_schema(summary="Add a definition", request=DefinitionSent, responses={201: DefinitionShown})
    def create(self, request):
        require(request.user, Permission.EDIT_DEFINITION)
        definition = actions.create_definition(by=request.user, **self.parse(DefinitionSent))
        return Response(self.show(self.get_queryset(), pk=definition.pk), status=status.HTTP_201_CREATED)

    @extend_schema(
        summary="Change a definition",
        description="Unit, direction and method change in every KPI that follows it; not while one of those is "
        "fixed because its pilot has begun.",
        request=DefinitionSent,
        responses=DefinitionShown,
    )
    def partial_update(self, request, pk):
        definition = self.find(self.get_queryset(), pk=pk)
        require(request.user, Permission.EDIT_DEFINITION)
        sent = self.parse(DefinitionSent, definition)
        actions.edit_definition(definition=definition, by=request.user, **sent)
        return Response(self.show(self.get_queryset(), pk=pk))

    @extend_schema(
        summary="Take a definition out of the library",
        description="KPIs that follow it go on. Doing it twice changes nothing.",
        request=Nothing,
        responses=DefinitionShown,
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def archive(self, request, pk):
        definition = self.find(self.get_queryset(), pk=pk)
        require(request.user, Permission.EDIT_DEFINITION)
        self.parse(Nothing)
        actions.archive_definition(definition=definition, by=request.user)
        return Response(self.show(self.get_queryset(), pk=pk))
