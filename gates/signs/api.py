"""The API's doors of warning signs."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.response import Response

from gates.choices import Question
from gates.models import DeclaredAnswer, SignSpell
from gates.signs import actions
from gates.signs.filters import SignFilters
from gates.signs.serializers import DeclaredAnswerSent, DeclaredAnswerShown, SignShown
from gates.signs.table import SIGNS
from pilots.api import Door, ReadingDoor
from pilots.models import Pilot
from pilots.permissions import Permission, require

OF_PILOT = [
    OpenApiParameter("key", OpenApiTypes.STR, OpenApiParameter.PATH, description="The key of the pilot.")
]


@extend_schema(tags=["Warning signs"])
class SignDoor(ReadingDoor):
    queryset = SignSpell.objects.filter(sign__in=SIGNS).order_by("-since", "-pk")
    serializer_class = SignShown
    filterset_class = SignFilters

    @extend_schema(
        summary="List warning signs, newest first",
        description="Those that are over too; `standing=true` leaves them out.",
    )
    def list(self, request):
        return super().list(request)

    @extend_schema(summary="Show a warning sign")
    def retrieve(self, request, pk):
        return super().retrieve(request, pk=pk)


@extend_schema(tags=["Warning signs"], parameters=OF_PILOT)
class PilotSignDoor(Door):
    queryset = SignSpell.objects.standing().order_by("since", "pk")
    serializer_class = SignShown

    @extend_schema(summary="List what warns of a pilot now, the longest first")
    def list(self, request, key):
        pilot = self.find(Pilot.objects.visible_to(request.user), key=key)
        return self.page(self.filter_queryset(self.get_queryset()).filter(pilot=pilot), SignShown)


@extend_schema(tags=["Warning signs"], parameters=OF_PILOT)
class AnswerDoor(Door):
    queryset = DeclaredAnswer.objects.select_related("by")
    serializer_class = DeclaredAnswerShown

    @extend_schema(summary="List what people answered about a pilot, newest first")
    def list(self, request, key):
        pilot = self._pilot(key)
        return self.page(self.filter_queryset(self.get_queryset()).filter(pilot=pilot), DeclaredAnswerShown)

    @extend_schema(
        summary="Answer what only people know of a pilot",
        description="The newest answer counts, for 90 days. The same answer sent again within seconds is "
        "answered with the one there is.",
        request=DeclaredAnswerSent,
        responses={201: DeclaredAnswerShown},
    )
    def create(self, request, key):
        pilot = self._pilot(key)
        require(request.user, Permission.ANSWER_QUESTION, pilot=pilot)
        sent = self.parse(DeclaredAnswerSent)
        sent["question"] = Question(sent["question"])
        answer = actions.answer_question(pilot=pilot, by=request.user, **sent)
        return Response(self.show(self.get_queryset(), pk=answer.pk), status=status.HTTP_201_CREATED)

    def _pilot(self, key: str) -> Pilot:
        return self.find(Pilot.objects.visible_to(self.request.user), key=key)
