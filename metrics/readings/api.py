"""The API's doors of readings."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.response import Response

from metrics.choices import Source
from metrics.models import Kpi, Measurement
from metrics.readings.actions import record_measurement, supersede_measurement, take_back_measurement
from metrics.readings.filters import MeasurementFilters
from metrics.readings.many import MOST, Refused, Told, record_measurements
from metrics.readings.serializers import (
    MeasurementSent,
    MeasurementShown,
    ReadingCorrectionSent,
    ReadingReasonSent,
    ReadingsSent,
    ReadingsShown,
)
from pilots.api import Door, Json, whole
from pilots.permissions import Permission, require

OF_KPI = [OpenApiParameter("kpi", OpenApiTypes.INT64, OpenApiParameter.PATH, description="The KPI's id.")]


class NumbersToo(Json):
    """NaN and Infinity are read, so that they can be refused by the name of their field."""

    strict = False


def _each(sent: list[dict], unit: str) -> tuple[list[Told], list[Refused]]:
    """The readings that make sense by themselves, and what is wrong with the others."""
    told, refused = [], []
    for index, one in enumerate(sent):
        shape = MeasurementSent(data=one, context={"unit": unit})
        if shape.is_valid():
            told.append(Told(index, **shape.validated_data))
        else:
            refused += [
                Refused(index, name, str(why)) for name, reasons in shape.errors.items() for why in reasons
            ]
    return told, refused


@extend_schema(tags=["KPIs"])
class MeasurementDoor(Door):
    parser_classes = [NumbersToo]
    queryset = Measurement.objects.order_by("-measured_at", "-pk")
    serializer_class = MeasurementShown
    filterset_class = MeasurementFilters

    @extend_schema(
        summary="List the readings of a KPI, newest first",
        description="Readings that no longer count are left out unless `corrected=true` asks for them.",
        parameters=OF_KPI,
    )
    def list(self, request, kpi):
        found = self.get_queryset().filter(kpi=whole(kpi))
        answer = self.page(self.filter_queryset(found), MeasurementShown)
        if not answer.data["count"]:
            self._kpi(kpi)  # a reading shown proves that its KPI may be seen; only none has to ask
        return answer

    @extend_schema(
        summary="Record a reading",
        description="Sending the same reading again is safe: it is answered with the one there is.",
        parameters=OF_KPI,
        request=MeasurementSent,
        responses={
            201: OpenApiResponse(MeasurementShown, description="Recorded."),
            200: OpenApiResponse(MeasurementShown, description="This very reading was already there."),
        },
        filters=False,
    )
    def create(self, request, kpi):
        found = self._kpi(kpi)
        require(request.user, Permission.RECORD_MEASUREMENT, pilot=found.pilot)
        sent = self.parse(MeasurementSent, unit=found.unit)
        there = found.measurements.filter(measured_at=sent["measured_at"], source=Source.API)
        before = set(there.values_list("pk", flat=True))
        reading = record_measurement(kpi=found, by=request.user, source=Source.API, **sent)
        again = reading.pk in before
        return self._shown(reading, status.HTTP_200_OK if again else status.HTTP_201_CREATED)

    @extend_schema(
        summary="Record many readings of a KPI",
        description=f"Up to {MOST:,}, each with the fields of a single one. What can be recorded is, in one"
        " transaction; each that cannot is told with its index. Sending them again is safe.",
        parameters=OF_KPI,
        request=ReadingsSent,
        responses=ReadingsShown,
    )
    @action(detail=False, methods=["post"], filterset_class=None)
    def bulk(self, request, kpi):
        found = self._kpi(kpi)
        require(request.user, Permission.RECORD_MEASUREMENT, pilot=found.pilot)
        told, refused = _each(self.parse(ReadingsSent)["readings"], found.unit)
        done = record_measurements(kpi=found, told=told, source=Source.API, by=request.user)
        refused = sorted(refused + done.refused, key=lambda one: one.place)
        return Response(
            {
                "recorded": len(done.new),
                "same": len(done.same),
                "refused": [
                    {"index": one.place, "field": one.field, "sentence": one.sentence} for one in refused
                ],
            }
        )

    @extend_schema(
        summary="Put another reading in the place of a wrong one",
        description="The wrong one stays readable with the reason and no longer counts.",
        parameters=OF_KPI,
        request=ReadingCorrectionSent,
        responses={201: OpenApiResponse(MeasurementShown, description="The reading in its place.")},
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def supersede(self, request, kpi, pk):
        wrong = self._wrong(kpi, pk)
        sent = self.parse(ReadingCorrectionSent, unit=wrong.kpi.unit)
        right = supersede_measurement(reading=wrong, by=request.user, source=Source.API, **sent)
        return self._shown(right, status.HTTP_201_CREATED)

    @extend_schema(
        summary="Take a wrong reading back",
        description="Nothing takes its place. It stays readable with the reason and no longer counts.",
        parameters=OF_KPI,
        request=ReadingReasonSent,
        responses=MeasurementShown,
    )
    @action(detail=True, methods=["post"], filterset_class=None, url_path="take-back")
    def take_back(self, request, kpi, pk):
        wrong = self._wrong(kpi, pk)
        return self._shown(
            take_back_measurement(reading=wrong, by=request.user, **self.parse(ReadingReasonSent))
        )

    def _wrong(self, kpi: str, pk: str) -> Measurement:
        readings = self.get_queryset().select_related("kpi__pilot")
        found = self.find(readings, kpi=whole(kpi), pk=whole(pk))
        require(self.request.user, Permission.RECORD_MEASUREMENT, pilot=found.kpi.pilot)
        return found

    def _shown(self, reading: Measurement, code: int = status.HTTP_200_OK) -> Response:
        return Response(self.show_as(MeasurementShown, Measurement.objects.all(), pk=reading.pk), status=code)

    def _kpi(self, pk: str) -> Kpi:
        return self.find(Kpi.objects.visible_to(self.request.user).select_related("pilot"), pk=whole(pk))
