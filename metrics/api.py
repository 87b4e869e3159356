"""The API's doors of KPIs and measurements."""

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.response import Response

from metrics import actions
from metrics.choices import Source
from metrics.filters import KpiFilters, MeasurementFilters
from metrics.models import Kpi, Measurement
from metrics.serializers import KpiSent, KpiShown, MeasurementSent, MeasurementShown, NewKpiSent
from pilots.api import ReadingDoor, whole
from pilots.models import Pilot
from pilots.permissions import Permission, require
from pilots.serializers import Nothing


@extend_schema(tags=["KPIs"])
class KpiDoor(ReadingDoor):
    queryset = Kpi.objects.order_by("pilot__key", "kind", "name", "pk")
    serializer_class = KpiShown
    filterset_class = KpiFilters

    @extend_schema(
        summary="List KPIs and where they stand",
        description="KPIs no longer followed are left out unless `archived=true` asks for them.",
    )
    def list(self, request):
        return super().list(request)

    @extend_schema(summary="Show a KPI")
    def retrieve(self, request, pk):
        return super().retrieve(request, pk=pk)

    @extend_schema(summary="Define a KPI of a pilot", request=NewKpiSent, responses={201: KpiShown})
    def create(self, request):
        pilot = self.named("pilot", Pilot.objects.visible_to(request.user), "key")
        require(request.user, Permission.EDIT_KPI, pilot=pilot)
        sent = self.parse(NewKpiSent)
        kpi = actions.create_kpi(by=request.user, **sent | {"pilot": pilot})
        return Response(self.show(self.queryset.all(), pk=kpi.pk), status=status.HTTP_201_CREATED)

    @extend_schema(summary="Change the definition of a KPI", request=KpiSent, responses=KpiShown)
    def partial_update(self, request, pk):
        kpi = self._find(pk)
        require(request.user, Permission.EDIT_KPI, pilot=kpi.pilot)
        sent = self.parse(KpiSent, kpi)
        actions.edit_kpi(kpi=kpi, by=request.user, **sent)
        return Response(self.show(self.get_queryset(), pk=pk))

    @extend_schema(
        summary="Stop following a KPI",
        description="Its measurements stay. Doing it twice changes nothing.",
        request=Nothing,
        responses=KpiShown,
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def archive(self, request, pk):
        kpi = self._find(pk)
        require(request.user, Permission.EDIT_KPI, pilot=kpi.pilot)
        self.parse(Nothing)
        actions.archive_kpi(kpi=kpi, by=request.user)
        return Response(self.show(self.get_queryset(), pk=pk))

    @extend_schema(summary="List the readings of a KPI, newest first", responses=MeasurementShown(many=True))
    @action(detail=True, methods=["get"], filterset_class=MeasurementFilters)
    def measurements(self, request, pk):
        readings = Measurement.objects.visible_to(request.user).filter(kpi=whole(pk))
        answer = self.page(self.filter_queryset(readings.order_by("-measured_at", "-pk")), MeasurementShown)
        if not answer.data["count"]:
            self._find(pk)  # a reading shown proves that its KPI may be seen; only none has to ask
        return answer

    @extend_schema(
        summary="Record a reading",
        description="Sending the same reading again is safe: it is answered with the one there is.",
        request=MeasurementSent,
        responses={
            201: OpenApiResponse(MeasurementShown, description="Recorded."),
            200: OpenApiResponse(MeasurementShown, description="This very reading was already there."),
        },
        filters=False,
    )
    @measurements.mapping.post
    def record(self, request, pk):
        kpi = self._find(pk)
        require(request.user, Permission.RECORD_MEASUREMENT, pilot=kpi.pilot)
        sent = self.parse(MeasurementSent)
        again = kpi.measurements.filter(measured_at=sent["measured_at"], source=Source.API).exists()
        reading = actions.record_measurement(kpi=kpi, by=request.user, source=Source.API, **sent)
        row = self.show_as(MeasurementShown, Measurement.objects.all(), pk=reading.pk)
        return Response(row, status=status.HTTP_200_OK if again else status.HTTP_201_CREATED)

    def _find(self, pk) -> Kpi:
        return self.find(self.get_queryset().select_related("pilot"), pk=pk)
