"""The API's doors of budgets."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.response import Response

from metrics.models import BudgetLine, BudgetPeriod
from metrics.value import actions
from metrics.value.filters import BudgetLineFilters
from metrics.value.rules import month_of
from metrics.value.serializers.benefits import PlanSent
from metrics.value.serializers.budgets import (
    BudgetLineSent,
    BudgetLineShown,
    BudgetPeriodShown,
    NewBudgetLineSent,
    SpendingSent,
)
from pilots.api import Door, ReadingDoor, whole
from pilots.models import Pilot
from pilots.permissions import Permission, require
from pilots.serializers import Nothing

OF_LINE = [
    OpenApiParameter("line", OpenApiTypes.INT64, OpenApiParameter.PATH, description="The budget line's id.")
]


@extend_schema(tags=["Value"])
class BudgetLineDoor(ReadingDoor):
    queryset = BudgetLine.objects.order_by("pilot__key", "kind", "name", "pk")
    serializer_class = BudgetLineShown
    filterset_class = BudgetLineFilters

    @extend_schema(
        summary="List budget lines",
        description="Those no longer counted are left out unless `archived=true` asks for them.",
    )
    def list(self, request):
        return super().list(request)

    @extend_schema(summary="Show a budget line")
    def retrieve(self, request, pk):
        return super().retrieve(request, pk=whole(pk))

    @extend_schema(
        summary="Add a budget line to a pilot", request=NewBudgetLineSent, responses={201: BudgetLineShown}
    )
    def create(self, request):
        pilot = self.named("pilot", Pilot.objects.visible_to(request.user), "key")
        require(request.user, Permission.EDIT_VALUE, pilot=pilot)
        sent = self.parse(NewBudgetLineSent)
        line = actions.create_budget_line(by=request.user, **sent | {"pilot": pilot})
        return Response(self.show(self.queryset.all(), pk=line.pk), status=status.HTTP_201_CREATED)

    @extend_schema(summary="Change a budget line", request=BudgetLineSent, responses=BudgetLineShown)
    def partial_update(self, request, pk):
        line = self._find(pk)
        require(request.user, Permission.EDIT_VALUE, pilot=line.pilot)
        sent = self.parse(BudgetLineSent, line)
        actions.edit_budget_line(line=line, by=request.user, **sent)
        return Response(self.show(self.get_queryset(), pk=line.pk))

    @extend_schema(
        summary="Stop counting a budget line",
        description="Its months stay readable. Doing it twice changes nothing.",
        request=Nothing,
        responses=BudgetLineShown,
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def archive(self, request, pk):
        line = self._find(pk)
        require(request.user, Permission.EDIT_VALUE, pilot=line.pilot)
        self.parse(Nothing)
        actions.archive_budget_line(line=line, by=request.user)
        return Response(self.show(self.get_queryset(), pk=line.pk))

    @extend_schema(
        summary="Plan a budget line",
        description="The same in each of these months, in place of what was planned before.",
        request=PlanSent,
        responses=BudgetLineShown,
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def plan(self, request, pk):
        line = self._find(pk)
        require(request.user, Permission.EDIT_VALUE, pilot=line.pilot)
        sent = self.parse(PlanSent)
        actions.plan_budget(line=line, by=request.user, **sent)
        return Response(self.show(self.get_queryset(), pk=line.pk))

    def _find(self, pk) -> BudgetLine:
        return self.find(self.get_queryset().select_related("pilot"), pk=whole(pk))


@extend_schema(tags=["Value"])
class BudgetPeriodDoor(Door):
    queryset = BudgetPeriod.objects.order_by("month")
    serializer_class = BudgetPeriodShown

    @extend_schema(summary="List the months of a budget line", parameters=OF_LINE)
    def list(self, request, line):
        found = self.get_queryset().filter(line=whole(line))
        answer = self.page(self.filter_queryset(found), BudgetPeriodShown)
        if not answer.data["count"]:
            self._line(line)  # a month shown proves that its line may be seen
        return answer

    @extend_schema(
        summary="Record what was spent in a month",
        description="The same amount again changes nothing.",
        parameters=OF_LINE,
        request=SpendingSent,
        responses={201: BudgetPeriodShown},
        filters=False,
    )
    def create(self, request, line):
        found = self._line(line)
        require(request.user, Permission.EDIT_VALUE, pilot=found.pilot)
        sent = self.parse(SpendingSent)
        actions.record_spending(line=found, by=request.user, **sent)
        row = self.show(BudgetPeriod.objects.filter(line=found), month=month_of(sent["month"]))
        return Response(row, status=status.HTTP_201_CREATED)

    def _line(self, pk: str) -> BudgetLine:
        lines = BudgetLine.objects.visible_to(self.request.user).select_related("pilot")
        return self.find(lines, pk=whole(pk))
