"""The API's doors of assessments."""

from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from gates.checklist import actions
from gates.checklist.filters import AssessmentFilters
from gates.checklist.serializers import AssessmentSent, AssessmentShown
from gates.models import Assessment
from pilots.api import ReadingDoor
from pilots.permissions import Permission, require


@extend_schema(tags=["Assessments"])
class AssessmentDoor(ReadingDoor):
    queryset = Assessment.objects.order_by("gate_id", "criterion__position", "pk")
    serializer_class = AssessmentShown
    filterset_class = AssessmentFilters

    def get_queryset(self):
        links = Assessment.evidence.through.objects.filter(
            assessment=OuterRef("pk"), evidence__removed_at__isnull=True
        )
        count = Subquery(
            links.values("assessment").annotate(Count("pk")).values("pk__count"), output_field=IntegerField()
        )
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
