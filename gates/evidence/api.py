"""The API's doors of evidence: pieces, their revisions and files, and the criteria that they serve."""

from django.db.models import F
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from gates.evidence import actions
from gates.evidence.downloads import download
from gates.evidence.filters import EvidenceFilters
from gates.evidence.queries import keeper_of
from gates.evidence.serializers import (
    EvidenceShown,
    FileEvidenceSent,
    FileOfReadingSent,
    FileRevisionSent,
    LinkSent,
    PieceSent,
    RemovalSent,
    RevisionShown,
    TextEvidenceSent,
    TextOfReadingSent,
    TextRevisionSent,
    UnlinkSent,
)
from gates.models import Assessment, Evidence, EvidenceRevision
from metrics.models import Measurement
from pilots.api import Door, Json, ReadingDoor, whole
from pilots.permissions import Permission, require

A_FILE = {(200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY, description="The file.")}
NUMBER = OpenApiParameter("number", int, OpenApiParameter.PATH, description="Which revision, from 1.")


OF_READING = [
    OpenApiParameter("kpi", OpenApiTypes.INT64, OpenApiParameter.PATH, description="The KPI's id."),
    OpenApiParameter(
        "measurement", OpenApiTypes.INT64, OpenApiParameter.PATH, description="The reading's id."
    ),
]


def _shape(request, file, text):
    """The shape of the body: a form brings a file."""
    return file if request.content_type.startswith("multipart/") else text


@extend_schema(tags=["Evidence"])
class EvidenceDoor(ReadingDoor):
    queryset = Evidence.objects.order_by("-added_at", "-pk")
    serializer_class = EvidenceShown
    filterset_class = EvidenceFilters
    parser_classes = [Json, MultiPartParser]

    @extend_schema(
        summary="List evidence, newest first",
        description="What was removed is left out unless `removed=true` asks for it.",
    )
    def list(self, request):
        found = self.filter_queryset(self.get_queryset())
        if "removed" not in request.query_params:
            found = found.in_force()
        return self.page(found, EvidenceShown)

    @extend_schema(summary="Show a piece of evidence")
    def retrieve(self, request, pk):
        return super().retrieve(request, pk=pk)

    @extend_schema(
        summary="Add evidence to a criterion",
        description="A note or a link as JSON, a file as multipart/form-data. Its SHA-256 is kept.",
        request={"application/json": TextEvidenceSent, "multipart/form-data": FileEvidenceSent},
        responses={201: EvidenceShown},
    )
    def create(self, request):
        assessment = self._permitted_assessment()
        sent = self.parse(_shape(request, FileEvidenceSent, TextEvidenceSent))
        evidence = actions.add_evidence(by=request.user, **sent | {"assessment": assessment})
        return Response(self.show(self.get_queryset(), pk=evidence.pk), status=status.HTTP_201_CREATED)

    @extend_schema(summary="List the revisions of a piece, newest first", responses=RevisionShown(many=True))
    @action(detail=True, methods=["get"], filterset_class=None)
    def revisions(self, request, pk):
        evidence = self.find(self.get_queryset(), pk=whole(pk))
        self._refuse_lost_parameters()
        return self.page(evidence.revisions.order_by("-number"), RevisionShown)

    @extend_schema(
        summary="Replace a piece by a new revision",
        description="Every criterion of the open gate that it serves counts on the new one at once. What was "
        "decided before stays as it was.",
        request={"application/json": TextRevisionSent, "multipart/form-data": FileRevisionSent},
        responses={201: RevisionShown},
        filters=False,
    )
    @revisions.mapping.post
    def revise(self, request, pk):
        evidence = self._permitted(pk)
        sent = self.parse(_shape(request, FileRevisionSent, TextRevisionSent))
        revision = actions.revise_evidence(evidence=evidence, by=request.user, **sent)
        row = self.show_as(RevisionShown, EvidenceRevision.objects.all(), pk=revision.pk)
        return Response(row, status=status.HTTP_201_CREATED)

    @extend_schema(
        summary="Let a piece serve one more criterion",
        description="A criterion of the same pilot's open gate. Doing it twice changes nothing.",
        request=LinkSent,
        responses=EvidenceShown,
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def link(self, request, pk):
        evidence = self.find(self.get_queryset(), pk=whole(pk))
        assessment = self._permitted_assessment()
        self.parse(LinkSent)
        actions.link_evidence(evidence=evidence, assessment=assessment, by=request.user)
        return Response(self.show(self.get_queryset(), pk=pk))

    @extend_schema(
        summary="Take a piece away from a criterion",
        description="The piece itself stays. Doing it twice changes nothing.",
        request=UnlinkSent,
        responses=EvidenceShown,
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def unlink(self, request, pk):
        evidence = self.find(self.get_queryset(), pk=whole(pk))
        assessment = self._permitted_assessment()
        sent = self.parse(UnlinkSent)
        actions.unlink_evidence(
            evidence=evidence, assessment=assessment, reason=sent["reason"], by=request.user
        )
        return Response(self.show(self.get_queryset(), pk=pk))

    @extend_schema(
        summary="Remove a piece of evidence",
        description="From now on it serves no criterion. Its revisions and files stay readable, and gates "
        "decided before keep it.",
        request=RemovalSent,
        responses=EvidenceShown,
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def remove(self, request, pk):
        evidence = self._permitted(pk)
        sent = self.parse(RemovalSent)
        actions.remove_evidence(evidence=evidence, by=request.user, **sent)
        return Response(self.show(self.get_queryset(), pk=pk))

    @extend_schema(summary="Download the current file", responses=A_FILE)
    @action(detail=True, methods=["get"])
    def file(self, request, pk):
        return self._download(evidence=whole(pk), pk=F("evidence__current"))

    @extend_schema(summary="Download the file of a revision", responses=A_FILE, parameters=[NUMBER])
    @action(detail=True, methods=["get"], url_path=r"revisions/(?P<number>[0-9]+)/file")
    def revision_file(self, request, pk, number):
        return self._download(evidence=whole(pk), number=whole(number))

    def _download(self, **where):
        revisions = EvidenceRevision.objects.visible_to(self.request.user).exclude(file="")
        answer = download(self.find(revisions, **where))
        if answer is None:
            raise NotFound("This file is no longer where it is kept. Tell your administrator.")
        return answer

    def _permitted(self, pk) -> Evidence:
        evidence = self.find(self.get_queryset().select_related("pilot"), pk=whole(pk))
        named = keeper_of(evidence)
        require(self.request.user, Permission.FILL_IN_GATE, pilot=evidence.pilot, named=named)
        return evidence

    def _permitted_assessment(self) -> Assessment:
        """The criterion that the body names, which this person may fill in."""
        known = Assessment.objects.visible_to(self.request.user).select_related("gate__pilot", "criterion")
        assessment = self.named("assessment", known)
        pilot, named = assessment.gate.pilot, assessment.responsible_id
        require(self.request.user, Permission.FILL_IN_GATE, pilot=pilot, named=named)
        return assessment


@extend_schema(tags=["Evidence"], parameters=OF_READING)
class ReadingEvidenceDoor(Door):
    queryset = Evidence.objects.order_by("-added_at", "-pk")
    serializer_class = EvidenceShown
    parser_classes = [Json, MultiPartParser]

    @extend_schema(
        summary="List what shows a reading, newest first", description="What was removed is left out."
    )
    def list(self, request, kpi, measurement):
        reading = self._reading(kpi, measurement)
        self._refuse_lost_parameters()
        return self.page(self.get_queryset().in_force().filter(readings__measurement=reading), EvidenceShown)

    @extend_schema(
        summary="Add evidence to a reading",
        description="A note or a link as JSON, a file as multipart/form-data. Its SHA-256 is kept.",
        request={"application/json": TextOfReadingSent, "multipart/form-data": FileOfReadingSent},
        responses={201: EvidenceShown},
    )
    def create(self, request, kpi, measurement):
        reading = self._permitted(kpi, measurement)
        sent = self.parse(_shape(request, FileOfReadingSent, TextOfReadingSent))
        evidence = actions.add_to_reading(reading=reading, by=request.user, **sent)
        return Response(self.show(self.get_queryset(), pk=evidence.pk), status=status.HTTP_201_CREATED)

    @extend_schema(
        summary="Let a piece that is there show a reading",
        description="A piece of the same pilot. Doing it twice changes nothing.",
        request=PieceSent,
        responses=EvidenceShown,
    )
    @action(detail=False, methods=["post"], pagination_class=None)
    def link(self, request, kpi, measurement):
        reading = self._permitted(kpi, measurement)
        evidence = self.named("evidence", self.get_queryset())
        self.parse(PieceSent)
        actions.link_to_reading(evidence=evidence, reading=reading, by=request.user)
        return Response(self.show(self.get_queryset(), pk=evidence.pk))

    def _reading(self, kpi, measurement) -> Measurement:
        readings = Measurement.objects.visible_to(self.request.user).select_related("kpi__pilot")
        return self.find(readings, kpi=whole(kpi), pk=whole(measurement))

    def _permitted(self, kpi, measurement) -> Measurement:
        reading = self._reading(kpi, measurement)
        require(self.request.user, Permission.FILL_IN_GATE, pilot=reading.kpi.pilot)
        return reading
