"""The API's doors of gates, and what they add to that of KPIs."""

from datetime import date
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from gates.choices import GateStatus
from gates.journey import actions
from gates.journey.filters import GateFilters
from gates.journey.kpis import freeze_of
from gates.journey.queries import checklist_of, is_sent_back
from gates.journey.readiness import explain
from gates.journey.serializers import GateDetail, GateShown, PlanSent, readiness_shown
from gates.models import Gate
from metrics.kpis.api import KpiDoor
from metrics.models import Kpi
from pilots.api import ReadingDoor
from pilots.permissions import Permission, require

GATES = Gate.objects.annotate(sent_back=is_sent_back())


@extend_schema(tags=["Gates"])
class GateDoor(ReadingDoor):
    queryset = GATES.order_by("pilot__key", "definition__phase__position", "attempt", "pk")
    serializer_class = GateShown
    detail_class = GateDetail
    filterset_class = GateFilters

    @extend_schema(summary="List gates with their readiness")
    def list(self, request):
        return super().list(request)

    @extend_schema(
        summary="Show a gate, its readiness explained",
        description="Which must-meets block it, which kill criteria have come true, and what each criterion "
        "that is not met costs. A decided gate is shown as it stood on the day of its decision.",
        responses=GateDetail,
    )
    def retrieve(self, request, pk):
        return self._answer(self._find(pk))

    @extend_schema(
        summary="Set the dates of a gate",
        description="Only the dates sent are changed.",
        request=PlanSent,
        responses=GateDetail,
    )
    def partial_update(self, request, pk):
        gate = self._find(pk)
        require(request.user, Permission.PLAN_GATE, pilot=gate.pilot)
        sent = self.parse(PlanSent, gate)
        as_before = {"planned_on": gate.planned_on, "forecast_on": gate.forecast_on}
        actions.plan_gate(gate=gate, by=request.user, **as_before | sent)
        return self._answer(self._find(pk))

    def _find(self, pk: str) -> Gate:
        return self.find(self.get_queryset().select_related("pilot"), pk=pk)

    def _answer(self, gate: Gate) -> Response:
        today = timezone.localdate()
        as_of = timezone.localdate(gate.decided_at) if gate.status == GateStatus.DECIDED else today
        assessments = checklist_of(gate)
        row: dict[str, Any] = self.show(GATES, pk=gate.pk)
        row["readiness"] = readiness_shown(explain(gate, assessments, today=as_of), assessments)
        return Response(row)


class KpiAtGatesDoor(KpiDoor):
    """The door of KPIs, which knows when the evidence of the pilot's open gate freezes."""

    def freeze_of(self, kpi: Kpi) -> date | None:
        return freeze_of(kpi.pilot_id)
