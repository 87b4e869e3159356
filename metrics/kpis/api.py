"""The API's doors of KPIs."""

from datetime import date

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.response import Response

from metrics.courses.queries import course_of, forecast_of
from metrics.courses.serializers import CourseShown
from metrics.kpis import actions
from metrics.kpis.filters import KpiFilters
from metrics.kpis.serializers import KpiSent, KpiShown, NewKpiSent
from metrics.models import Kpi
from pilots.api import ReadingDoor
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
        sent = self.parse(NewKpiSent, programme=pilot.programme)
        kpi = actions.create_kpi(by=request.user, **sent | {"pilot": pilot})
        return Response(self.show(self.queryset.all(), pk=kpi.pk), status=status.HTTP_201_CREATED)

    @extend_schema(summary="Change the definition of a KPI", request=KpiSent, responses=KpiShown)
    def partial_update(self, request, pk):
        kpi = self._find(pk)
        require(request.user, Permission.EDIT_KPI, pilot=kpi.pilot)
        sent = self.parse(KpiSent, kpi, programme=kpi.pilot.programme)
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

    @extend_schema(
        summary="Show the course of a KPI as a chart needs it",
        description="All its readings, with who recorded them, are at `kpis/ID/measurements/`.",
        responses=CourseShown,
        filters=False,
    )
    @action(detail=True, filterset_class=None, pagination_class=None)
    def course(self, request, pk):
        kpi = self.find(self.get_queryset(), pk=pk)
        course = course_of(kpi)
        ahead = forecast_of(kpi, course, freeze=self.freeze_of(kpi), today=timezone.localdate())
        return Response(CourseShown.of(kpi, course, ahead))

    def freeze_of(self, kpi: Kpi) -> date | None:
        """The day on which the evidence freezes that this KPI is looked at for; gates, which stand above, know it."""
        return None

    def _find(self, pk) -> Kpi:
        return self.find(self.get_queryset().select_related("pilot__programme"), pk=pk)
