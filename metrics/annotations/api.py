"""The API's doors of notes at KPIs."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.response import Response

from metrics.annotations.actions import annotate_kpi, edit_annotation, remove_annotation
from metrics.annotations.serializers import AnnotationSent, AnnotationShown
from metrics.models import Annotation, Kpi
from pilots.api import Door, whole
from pilots.permissions import Permission, require
from pilots.serializers import Nothing

OF_KPI = [OpenApiParameter("kpi", OpenApiTypes.INT64, OpenApiParameter.PATH, description="The KPI's id.")]


@extend_schema(tags=["KPIs"])
class AnnotationDoor(Door):
    queryset = Annotation.objects.standing()
    serializer_class = AnnotationShown

    @extend_schema(summary="List the notes at a KPI, oldest first", parameters=OF_KPI)
    def list(self, request, kpi):
        answer = self.page(self.filter_queryset(self.get_queryset().filter(kpi=whole(kpi))), AnnotationShown)
        if not answer.data["count"]:
            self._kpi(kpi)  # a note shown proves that its KPI may be seen; only none has to ask
        return answer

    @extend_schema(
        summary="Note at a KPI what happened on a day",
        parameters=OF_KPI,
        request=AnnotationSent,
        responses={201: AnnotationShown},
        filters=False,
    )
    def create(self, request, kpi):
        found = self._kpi(kpi)
        require(request.user, Permission.ANNOTATE_KPI, pilot=found.pilot)
        note = annotate_kpi(kpi=found, by=request.user, **self.parse(AnnotationSent))
        return Response(self.show(self.get_queryset(), pk=note.pk), status=status.HTTP_201_CREATED)

    @extend_schema(
        summary="Change a note", parameters=OF_KPI, request=AnnotationSent, responses=AnnotationShown
    )
    def partial_update(self, request, kpi, pk):
        note = self._note(kpi, pk)
        edit_annotation(annotation=note, by=request.user, **self.parse(AnnotationSent, note))
        return Response(self.show(self.get_queryset(), pk=note.pk))

    @extend_schema(
        summary="Remove a note",
        description="It no longer stands at the KPI; the log keeps it.",
        parameters=OF_KPI,
        request=Nothing,
        responses={204: None},
    )
    @action(detail=True, methods=["post"])
    def remove(self, request, kpi, pk):
        note = self._note(kpi, pk)
        self.parse(Nothing)
        remove_annotation(annotation=note, by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _note(self, kpi: str, pk: str) -> Annotation:
        notes = self.get_queryset().select_related("kpi__pilot")
        found = self.find(notes, kpi=whole(kpi), pk=whole(pk))
        require(self.request.user, Permission.ANNOTATE_KPI, pilot=found.kpi.pilot)
        return found

    def _kpi(self, pk: str) -> Kpi:
        return self.find(Kpi.objects.visible_to(self.request.user).select_related("pilot"), pk=whole(pk))
