"""The API's doors of reviews: handing a gate over and back, feedback and its answers."""

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from gates.feedback.actions import answer_feedback, give_feedback
from gates.journey import api
from gates.journey.actions import request_review
from gates.journey.serializers import GateDetail
from gates.models import Feedback, Gate
from gates.review import actions
from gates.review.filters import FeedbackFilters, GateFilters
from gates.review.queries import is_seated
from gates.review.serializers import AnswerSent, FeedbackSent, FeedbackShown, RequestSent, SendBackSent
from pilots.api import Door
from pilots.permissions import Permission, allows, require
from pilots.serializers import Nothing

OF_GATE = [OpenApiParameter("gate", OpenApiTypes.INT64, OpenApiParameter.PATH, description="The gate's id.")]
SEATED = ("pilot__owner", "pilot__sponsor", "definition__phase__version__playbook")


def require_at_gate(user, permission: Permission, gate: Gate) -> None:
    """Like `require`, for what those may do as well who sign at this gate."""
    if not allows(user, permission, pilot=gate.pilot):
        seated = is_seated(user, gate, today=timezone.localdate())
        require(user, permission, pilot=gate.pilot, seated=seated)


@extend_schema(tags=["Gates"])
class GateDoor(api.GateDoor):
    filterset_class = GateFilters

    @extend_schema(
        summary="Ask for a review",
        description="The gatekeepers decide next. Criteria that are still open do not stop it.",
        request=RequestSent,
        responses=GateDetail,
    )
    @action(detail=True, methods=["post"])
    def review(self, request, pk):
        gate = self._find(pk)
        require(request.user, Permission.REQUEST_REVIEW, pilot=gate.pilot)
        request_review(gate=gate, by=request.user, **self.parse(RequestSent))
        return self._answer(self._find(pk))

    @extend_schema(
        summary="Withdraw the request for a review",
        description="The gate is open again.",
        request=Nothing,
        responses=GateDetail,
    )
    @action(detail=True, methods=["post"], url_path="withdraw-review")
    def withdraw_review(self, request, pk):
        gate = self._find(pk)
        require(request.user, Permission.REQUEST_REVIEW, pilot=gate.pilot)
        self.parse(Nothing)
        actions.withdraw_review(gate=gate, by=request.user)
        return self._answer(self._find(pk))

    @extend_schema(
        summary="Send a gate back to its owner",
        description="A gate in review is open again, and its owner is told why.",
        request=SendBackSent,
        responses=GateDetail,
    )
    @action(detail=True, methods=["post"], url_path="send-back")
    def send_back(self, request, pk):
        gate = self.find(self.get_queryset().select_related(*SEATED), pk=pk)
        require_at_gate(request.user, Permission.SEND_BACK, gate)
        actions.send_back(gate=gate, by=request.user, **self.parse(SendBackSent))
        return self._answer(self._find(pk))


@extend_schema(tags=["Feedback"])
class GateFeedbackDoor(Door):
    queryset = Feedback.objects.order_by("pk")
    serializer_class = FeedbackShown
    filterset_class = FeedbackFilters

    @extend_schema(summary="List the feedback at a gate, oldest first, with its answers", parameters=OF_GATE)
    def list(self, request, gate):
        found = self._gate(gate)
        return self.page(self.filter_queryset(self.get_queryset().filter(gate=found)), FeedbackShown)

    @extend_schema(
        summary="Give feedback at a gate",
        description="On a criterion or the gate as a whole. What you said before of the same thing stays "
        "readable; the newest counts.",
        parameters=OF_GATE,
        request=FeedbackSent,
        responses={201: FeedbackShown},
    )
    def create(self, request, gate):
        found = self._gate(gate)
        require_at_gate(request.user, Permission.GIVE_FEEDBACK, found)
        sent = self.parse(FeedbackSent)
        assessment = self._assessment(found, sent.pop("criterion", None))
        feedback = give_feedback(gate=found, assessment=assessment, by=request.user, **sent)
        return Response(self.show(self.get_queryset(), pk=feedback.pk), status=status.HTTP_201_CREATED)

    def _gate(self, pk: str) -> Gate:
        return self.find(Gate.objects.visible_to(self.request.user).select_related(*SEATED), pk=pk)

    def _assessment(self, gate: Gate, key: str | None):
        if key is None:
            return None
        known = gate.assessments.select_related("criterion").filter(criterion__key=key).first()
        if known is None:
            raise ValidationError({"criterion": ["This gate has no criterion of this key."]})
        return known


@extend_schema(tags=["Feedback"])
class FeedbackDoor(Door):
    queryset = Feedback.objects.order_by("pk")
    serializer_class = FeedbackShown

    @extend_schema(summary="Answer feedback", request=AnswerSent, responses={201: FeedbackShown})
    @action(detail=True, methods=["post"])
    def answers(self, request, pk):
        feedback = self.find(
            self.get_queryset().select_related("gate__pilot", "assessment__criterion"), pk=pk
        )
        named = feedback.assessment.responsible_id if feedback.assessment else None
        require(request.user, Permission.FILL_IN_GATE, pilot=feedback.gate.pilot, named=named)
        answer = answer_feedback(feedback=feedback, by=request.user, **self.parse(AnswerSent))
        return Response(self.show(self.get_queryset(), pk=answer.pk), status=status.HTTP_201_CREATED)
