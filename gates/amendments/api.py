"""The API's doors of amendments: reading them, asking at a gate, answering."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from gates.amendments import actions
from gates.amendments.filters import AmendmentFilters
from gates.amendments.finding import require_asker
from gates.amendments.serializers import AmendmentSent, AmendmentShown, ApprovalSent, RefusalSent
from gates.models import Amendment, Assessment, Gate
from metrics.models import Kpi
from pilots.api import Door, ReadingDoor
from pilots.permissions import Permission, require
from pilots.serializers import Nothing


@extend_schema(tags=["Amendments"])
class AmendmentDoor(ReadingDoor):
    queryset = Amendment.objects.order_by("-asked_at", "-pk")
    serializer_class = AmendmentShown
    filterset_class = AmendmentFilters

    @extend_schema(summary="List amendments, newest first")
    def list(self, request):
        return super().list(request)

    @extend_schema(summary="Show an amendment")
    def retrieve(self, request, pk):
        return super().retrieve(request, pk=pk)

    @extend_schema(
        summary="Approve an amendment",
        description="The gate is judged on the new term from now on. Neither who asked nor the pilot's owner "
        "can approve.",
        request=ApprovalSent,
        responses=AmendmentShown,
    )
    @action(detail=True, methods=["post"])
    def approve(self, request, pk):
        amendment = self._find(pk, Permission.APPROVE_AMENDMENT)
        actions.approve_amendment(amendment=amendment, by=request.user, **self.parse(ApprovalSent))
        return Response(self.show(self.get_queryset(), pk=pk))

    @extend_schema(summary="Refuse an amendment", request=RefusalSent, responses=AmendmentShown)
    @action(detail=True, methods=["post"])
    def refuse(self, request, pk):
        amendment = self._find(pk, Permission.APPROVE_AMENDMENT)
        actions.refuse_amendment(amendment=amendment, by=request.user, **self.parse(RefusalSent))
        return Response(self.show(self.get_queryset(), pk=pk))

    @extend_schema(
        summary="Withdraw an amendment",
        description="By whoever asked for it, while nobody has answered.",
        request=Nothing,
        responses=AmendmentShown,
    )
    @action(detail=True, methods=["post"])
    def withdraw(self, request, pk):
        amendment = self.find(self.get_queryset().select_related("gate", "assessment", "kpi"), pk=pk)
        require_asker(request.user, amendment)
        self.parse(Nothing)
        actions.withdraw_amendment(amendment=amendment, by=request.user)
        return Response(self.show(self.get_queryset(), pk=pk))

    def _find(self, pk, permission: Permission) -> Amendment:
        found = self.get_queryset().select_related("gate__pilot", "assessment", "kpi")
        amendment = self.find(found, pk=pk)
        require(self.request.user, permission, pilot=amendment.gate.pilot)
        return amendment


@extend_schema(tags=["Amendments"])
class GateAmendmentDoor(Door):
    """Asking at one gate."""

    queryset = Amendment.objects.order_by("-asked_at", "-pk")
    serializer_class = AmendmentShown

    @extend_schema(
        summary="Ask for an amendment",
        description="Of a threshold, with `criterion` of one of its terms, or with `kpi` of what is fixed of a KPI "
        "of this pilot. Nothing changes until somebody else approves it.",
        parameters=[
            OpenApiParameter("gate", OpenApiTypes.INT64, OpenApiParameter.PATH, description="The gate's id.")
        ],
        request=AmendmentSent,
        responses={201: AmendmentShown},
    )
    def create(self, request, gate):
        gate = self.find(Gate.objects.visible_to(request.user).select_related("pilot"), pk=gate)
        require(request.user, Permission.ASK_AMENDMENT, pilot=gate.pilot)
        sent = self.parse(AmendmentSent)
        kpi, after = _kpi(gate, sent.pop("kpi", None)), sent.pop("value")
        assessment = _criterion(gate, sent.pop("criterion", None))
        amendment = actions.ask_amendment(
            gate=gate, assessment=assessment, kpi=kpi, after=after, by=request.user, **sent
        )
        return Response(self.show(self.get_queryset(), pk=amendment.pk), status=status.HTTP_201_CREATED)


def _criterion(gate: Gate, key: str | None) -> Assessment | None:
    if key is None:
        return None
    assessment = gate.assessments.filter(criterion__key=key).first()
    if assessment is None:
        raise ValidationError({"criterion": [f"This gate has no criterion “{key}”."]})
    return assessment


def _kpi(gate: Gate, pk: int | None) -> Kpi | None:
    if pk is None:
        return None
    kpi = gate.pilot.kpis.filter(pk=pk).first() if pk < 2**63 else None
    if kpi is None:
        raise ValidationError({"kpi": [f"This pilot has no KPI {pk}."]})
    return kpi
