"""The API's doors of decisions: reading them, and deciding at a gate."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.response import Response

from gates.decisions import actions
from gates.decisions.actions import Promise
from gates.decisions.conditions import meet_condition
from gates.decisions.corrections import Changed, correct_decision
from gates.decisions.filters import DecisionFilters
from gates.decisions.serializers import (
    ConditionMet,
    ConditionShown,
    CorrectionSent,
    DecisionDetail,
    DecisionSent,
    DecisionShown,
    condition_shown,
    conditions_shown,
)
from gates.models import Condition, Decision, Gate
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
        return self._answer(self.find(self.get_queryset(), pk=pk))

    @extend_schema(
        summary="Correct a decision",
        description="Puts another decision with the same outcome in its place; both stay to be read. "
        "Conditions that are met stay met, and none is taken back.",
        request=CorrectionSent,
        responses={201: DecisionDetail},
    )
    @action(detail=True, methods=["post"])
    def corrections(self, request, pk):
        decision = self.find(self.get_queryset().select_related("gate__pilot__programme"), pk=pk)
        pilot = decision.gate.pilot
        require(request.user, Permission.DECIDE_GATE, pilot=pilot)
        sent = self.parse(CorrectionSent, programme=pilot.programme, gate=decision.gate)
        changed = tuple(_changed(row) for row in sent.pop("conditions", ()))
        added = tuple(Promise(**row) for row in sent.pop("added", ()))
        correction = correct_decision(
            decision=decision, by=request.user, conditions=changed, added=added, **sent
        )
        return self._answer(correction, status.HTTP_201_CREATED)

    def _answer(self, decision: Decision, code: int = status.HTTP_200_OK) -> Response:
        row = self.show(Decision.objects.all(), pk=decision.pk)
        return Response(row | {"conditions": conditions_shown(decision)}, status=code)


def decision_sent(door: Door, gate: Gate) -> dict[str, Any]:
    """What the body of a request decides at this gate, as the action takes it.

    The gate brings its pilot's programme and its phase. Raises PermissionDenied and ValidationError.
    """
    require(door.request.user, Permission.DECIDE_GATE, pilot=gate.pilot)
    version_id = gate.definition.phase.version_id
    sent = door.parse(DecisionSent, programme=gate.pilot.programme, version_id=version_id, gate=gate)
    return sent | {"conditions": tuple(Promise(**row) for row in sent.pop("conditions", ()))}


def _changed(row: dict[str, Any]) -> Changed:
    return Changed(row["id"], row["text"], row["due_on"], row.get("owner"))


@extend_schema(tags=["Decisions"])
class ConditionDoor(Door):
    """Saying that a condition is met."""

    queryset = Condition.objects.order_by("due_on", "pk")
    serializer_class = ConditionShown

    @extend_schema(
        summary="Say that a condition is met",
        description="With what shows it. Twice changes nothing.",
        request=ConditionMet,
        responses=ConditionShown,
    )
    @action(detail=True, methods=["post"])
    def met(self, request, pk):
        found = self.get_queryset().select_related("decision__gate__pilot__programme", "owner", "criterion")
        condition = self.find(found, pk=pk)
        pilot = condition.decision.gate.pilot
        require(request.user, Permission.FILL_IN_GATE, pilot=pilot, named=condition.owner_id)
        sent = self.parse(ConditionMet)
        meet_condition(condition=condition, by=request.user, **sent)
        return Response(condition_shown(self.find(found, pk=pk)))


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
        decision = actions.decide(gate=gate, by=request.user, **decision_sent(self, gate))
        row = self.show(self.queryset.all(), pk=decision.pk)
        row["conditions"] = conditions_shown(decision)
        return Response(row, status=status.HTTP_201_CREATED)
