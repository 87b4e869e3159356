"""The API's doors of decisions: reading them, and deciding at a gate."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.response import Response

from gates.decisions import actions
from gates.decisions.actions import Promise
from gates.decisions.filters import DecisionFilters
from gates.decisions.serializers import DecisionDetail, DecisionSent, DecisionShown, conditions_shown
from gates.models import Decision, Gate
from pilots.api import Door, ReadingDoor
from pilots.permissions import Permission, require


@extend_schema(tags=["Decisions"])
class DecisionDoor(ReadingDoor):
    queryset = Decision.objects.order_by("-decided_at", "-pk")
    serializer_class = DecisionShown
    detail_class = DecisionDetail
    filterset_class = DecisionFilters

    @extend_schema(summary="List decisions, newest first")
    def list(self, request):
        return super().list(request)

    @extend_schema(
        summary="Show a decision",
        description="With its conditions, and readiness and every criterion as the decider saw them.",
        responses=DecisionDetail,
    )
    def retrieve(self, request, pk):
        decision = self.find(self.get_queryset(), pk=pk)
        return Response(self.show(self.queryset.all(), pk=pk) | {"conditions": conditions_shown(decision)})


@extend_schema(tags=["Decisions"])
class GateDecisionDoor(Door):
    """Deciding at one gate."""

    queryset = Decision.objects.order_by("-decided_at", "-pk")
    serializer_class = DecisionDetail

    @extend_schema(
        summary="Decide at a gate",
        description="Records the decision on readiness as it is now and lets it take effect: a go enters the "
        "next phase, a stop ends the pilot. A decision is never edited.",
        parameters=[
            OpenApiParameter("gate", OpenApiTypes.INT64, OpenApiParameter.PATH, description="The gate's id.")
        ],
        request=DecisionSent,
        responses={201: DecisionDetail},
    )
    def create(self, request, gate):
        found = Gate.objects.visible_to(request.user)
        gate = self.find(found.select_related("pilot__programme", "definition__phase"), pk=gate)
        require(request.user, Permission.DECIDE_GATE, pilot=gate.pilot)
        sent = self.parse(
            DecisionSent, programme=gate.pilot.programme, version_id=gate.definition.phase.version_id
        )
        promises = tuple(Promise(**condition) for condition in sent.pop("conditions", ()))
        decision = actions.decide(gate=gate, by=request.user, conditions=promises, **sent)
        row = self.show(self.queryset.all(), pk=decision.pk)
        row["conditions"] = conditions_shown(decision)
        return Response(row, status=status.HTTP_201_CREATED)
