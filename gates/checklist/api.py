"""The API's doors of assessments and evidence."""

from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from gates.checklist import actions
from gates.checklist.filters import AssessmentFilters, EvidenceFilters
from gates.checklist.serializers import (
    AssessmentSent,
    AssessmentShown,
    EvidenceShown,
    FileEvidenceSent,
    TextEvidenceSent,
)
from gates.models import Assessment, Evidence
from pilots.api import Json, ReadingDoor
from pilots.permissions import Permission, require


@extend_schema(tags=["Assessments"])
class AssessmentDoor(ReadingDoor):
    queryset = Assessment.objects.order_by("gate_id", "criterion__position", "pk")
    serializer_class = AssessmentShown
    filterset_class = AssessmentFilters

    def get_queryset(self):
        links = Assessment.evidence.through.objects.filter(assessment=OuterRef("pk")).values("assessment")
        count = Subquery(links.annotate(Count("pk")).values("pk__count"), output_field=IntegerField())
        return super().get_queryset().annotate(evidence_count=Coalesce(count, 0))

    @extend_schema(summary="List the criteria of gates and where they stand")
    def list(self, request):
        return super().list(request)

    @extend_schema(summary="Show where a criterion stands")
    def retrieve(self, request, pk):
        return super().retrieve(request, pk=pk)

    @extend_schema(
        summary="Say where a criterion stands",
        description="Only the fields sent are changed. A criterion that a check decides cannot be set.",
        request=AssessmentSent,
        responses=AssessmentShown,
    )
    def partial_update(self, request, pk):
        found = Assessment.objects.visible_to(request.user)
        assessment = self.find(found.select_related("gate__pilot__programme", "responsible"), pk=pk)
        pilot = assessment.gate.pilot
        require(request.user, Permission.FILL_IN_GATE, pilot=pilot, named=assessment.responsible_id)
        sent = self.parse(AssessmentSent, assessment, programme=pilot.programme)
        as_before = {name: getattr(assessment, name) for name in ("state", "note", "responsible")}
        actions.assess_criterion(assessment=assessment, by=request.user, **as_before | sent)
        return Response(self.show(self.get_queryset(), pk=pk))


@extend_schema(tags=["Evidence"])
class EvidenceDoor(ReadingDoor):
    queryset = Evidence.objects.order_by("-added_at", "-pk")
    serializer_class = EvidenceShown
    filterset_class = EvidenceFilters
    parser_classes = [Json, MultiPartParser]

    @extend_schema(summary="List evidence, newest first")
    def list(self, request):
        return super().list(request)

    @extend_schema(summary="Show a piece of evidence")
    def retrieve(self, request, pk):
        return super().retrieve(request, pk=pk)

    @extend_schema(
        summary="Add evidence to a criterion",
        description="A note or a link as JSON, a file as multipart/form-data. The file's SHA-256 is kept.",
        request={"application/json": TextEvidenceSent, "multipart/form-data": FileEvidenceSent},
        responses={201: EvidenceShown},
    )
    def create(self, request):
        known = Assessment.objects.visible_to(request.user).select_related("gate__pilot")
        assessment = self.named("assessment", known)
        pilot = assessment.gate.pilot
        require(request.user, Permission.FILL_IN_GATE, pilot=pilot, named=assessment.responsible_id)
        is_form = request.content_type.startswith("multipart/")
        sent = self.parse(FileEvidenceSent if is_form else TextEvidenceSent)
        evidence = actions.add_evidence(by=request.user, **sent | {"assessment": assessment})
        return Response(self.show(self.get_queryset(), pk=evidence.pk), status=status.HTTP_201_CREATED)

    @extend_schema(
        summary="Download a file",
        responses={
            (200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY, description="The file.")
        },
    )
    @action(detail=True, methods=["get"])
    def file(self, request, pk):
        evidence = self.find(self.get_queryset().exclude(file=""), pk=pk)
        response = FileResponse(evidence.file.open("rb"), as_attachment=True, filename=evidence.file_name)
        response["Content-Type"] = "application/octet-stream"
        response["Content-Security-Policy"] = "sandbox; default-src 'none'"
        return response
