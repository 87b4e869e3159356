"""The API's doors of benefits, of their months, and of savings that pilots share."""

from datetime import date

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.response import Response

from metrics.models import Benefit, BenefitPeriod, BenefitPool
from metrics.value import actions
from metrics.value.filters import BenefitFilters, PoolFilters
from metrics.value.rules import month_of
from metrics.value.serializers.benefits import (
    ActualSent,
    BenefitSent,
    BenefitShown,
    NewBenefitSent,
    NewPoolSent,
    PeriodShown,
    PlanSent,
    PoolSent,
    PoolShown,
    SupportSent,
    VerifySent,
)
from pilots.api import Door, ReadingDoor, whole
from pilots.models import Pilot, Programme
from pilots.permissions import Permission, require
from pilots.serializers import Nothing

OF_BENEFIT = [
    OpenApiParameter("benefit", OpenApiTypes.INT64, OpenApiParameter.PATH, description="The benefit's id.")
]
OF_MONTH = [
    *OF_BENEFIT,
    OpenApiParameter("month", OpenApiTypes.DATE, OpenApiParameter.PATH, description="Any day of the month."),
]


@extend_schema(tags=["Value"])
class BenefitDoor(ReadingDoor):
    queryset = Benefit.objects.order_by("pilot__key", "name", "pk")
    serializer_class = BenefitShown
    filterset_class = BenefitFilters

    @extend_schema(
        summary="List benefits",
        description="Those no longer counted are left out unless `archived=true` asks for them.",
    )
    def list(self, request):
        return super().list(request)

    @extend_schema(summary="Show a benefit")
    def retrieve(self, request, pk):
        return super().retrieve(request, pk=whole(pk))

    @extend_schema(summary="Add a benefit to a pilot", request=NewBenefitSent, responses={201: BenefitShown})
    def create(self, request):
        pilots = Pilot.objects.visible_to(request.user).select_related("programme")
        pilot = self.named("pilot", pilots, "key")
        require(request.user, Permission.EDIT_VALUE, pilot=pilot)
        sent = self.parse(NewBenefitSent, **_around(pilot))
        benefit = actions.create_benefit(by=request.user, **sent | {"pilot": pilot})
        return Response(self.show(self.queryset.all(), pk=benefit.pk), status=status.HTTP_201_CREATED)

    @extend_schema(
        summary="Change a benefit",
        description="What its months count follows, unless one is verified: then its terms stay.",
        request=BenefitSent,
        responses=BenefitShown,
    )
    def partial_update(self, request, pk):
        benefit = self._find(pk)
        require(request.user, Permission.EDIT_VALUE, pilot=benefit.pilot)
        sent = self.parse(BenefitSent, benefit, **_around(benefit.pilot))
        actions.edit_benefit(benefit=benefit, by=request.user, **sent)
        return Response(self.show(self.get_queryset(), pk=benefit.pk))

    @extend_schema(
        summary="Stop counting a benefit",
        description="Its months stay readable. Doing it twice changes nothing.",
        request=Nothing,
        responses=BenefitShown,
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def archive(self, request, pk):
        benefit = self._find(pk)
        require(request.user, Permission.EDIT_VALUE, pilot=benefit.pilot)
        self.parse(Nothing)
        actions.archive_benefit(benefit=benefit, by=request.user)
        return Response(self.show(self.get_queryset(), pk=benefit.pk))

    @extend_schema(
        summary="Say what is expected of a benefit",
        description="The same in each of these months, in place of what was expected before.",
        request=PlanSent,
        responses=BenefitShown,
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def expected(self, request, pk):
        benefit = self._find(pk)
        require(request.user, Permission.EDIT_VALUE, pilot=benefit.pilot)
        sent = self.parse(PlanSent)
        actions.expect_benefit(benefit=benefit, by=request.user, **sent)
        return Response(self.show(self.get_queryset(), pk=benefit.pk))

    def _find(self, pk) -> Benefit:
        found = self.get_queryset().select_related("pilot__programme", "pool", "kpi", "owner")
        return self.find(found, pk=whole(pk))


def _around(pilot: Pilot) -> dict:
    """What a benefit of this pilot may name."""
    programme = pilot.programme
    return {"programme": programme, "kpis": pilot.kpis.listed(), "pools": programme.benefit_pools}


@extend_schema(tags=["Value"])
class BenefitPeriodDoor(Door):
    queryset = BenefitPeriod.objects.order_by("month", "-pk")
    serializer_class = PeriodShown
    lookup_field = "month"

    @extend_schema(
        summary="List the months of a benefit",
        description="Of a month that was corrected after it had been verified, all are here, newest first.",
        parameters=OF_BENEFIT,
    )
    def list(self, request, benefit):
        answer = self.page(
            self.filter_queryset(self.get_queryset().filter(benefit=whole(benefit))), PeriodShown
        )
        if not answer.data["count"]:
            self._benefit(benefit)  # a month shown proves that its benefit may be seen
        return answer

    @extend_schema(
        summary="Record what a benefit brought in a month",
        description="The same number again changes nothing. A verified one is corrected only with a "
        "`reason`, and stays readable.",
        parameters=OF_BENEFIT,
        request=ActualSent,
        responses={201: PeriodShown},
        filters=False,
    )
    def create(self, request, benefit):
        found = self._benefit(benefit)
        require(request.user, Permission.EDIT_VALUE, pilot=found.pilot)
        sent = self.parse(ActualSent)
        period = actions.record_actual(benefit=found, by=request.user, **sent)
        return Response(self._shown(period), status=status.HTTP_201_CREATED)

    @extend_schema(
        summary="Say what shows a month's actual",
        description="With `basis` it is measured, with `comparison` too attributed, with neither asserted.",
        parameters=OF_MONTH,
        request=SupportSent,
        responses=PeriodShown,
    )
    @action(detail=True, methods=["post"])
    def support(self, request, benefit, month):
        found, day = self._benefit(benefit), self._day(month)
        require(request.user, Permission.EDIT_VALUE, pilot=found.pilot)
        sent = self.parse(SupportSent)
        return Response(
            self._shown(actions.support_actual(benefit=found, month=day, by=request.user, **sent))
        )

    @extend_schema(
        summary="Verify a month's actual",
        description="For somebody who neither owns the pilot, nor answers for the benefit, nor entered it.",
        parameters=OF_MONTH,
        request=VerifySent,
        responses=PeriodShown,
    )
    @action(detail=True, methods=["post"])
    def verify(self, request, benefit, month):
        found, day = self._benefit(benefit), self._day(month)
        require(request.user, Permission.VERIFY_BENEFIT, pilot=found.pilot)
        sent = self.parse(VerifySent)
        return Response(self._shown(actions.verify_actual(benefit=found, month=day, by=request.user, **sent)))

    def _benefit(self, pk: str) -> Benefit:
        return self.find(Benefit.objects.visible_to(self.request.user).select_related("pilot"), pk=whole(pk))

    def _day(self, text: str) -> date:
        try:
            return month_of(date.fromisoformat(text))
        except ValueError:
            raise Http404 from None

    def _shown(self, period: BenefitPeriod) -> dict:
        return self.show_as(PeriodShown, BenefitPeriod.objects.all(), pk=period.pk)


@extend_schema(tags=["Value"])
class BenefitPoolDoor(ReadingDoor):
    queryset = BenefitPool.objects.order_by("programme__slug", "name", "pk")
    serializer_class = PoolShown
    filterset_class = PoolFilters

    @extend_schema(summary="List savings that pilots share")
    def list(self, request):
        return super().list(request)

    @extend_schema(summary="Show a shared saving")
    def retrieve(self, request, pk):
        return super().retrieve(request, pk=whole(pk))

    @extend_schema(summary="Name a saving that pilots share", request=NewPoolSent, responses={201: PoolShown})
    def create(self, request):
        programme = self.named("programme", Programme.objects.visible_to(request.user), "slug")
        require(request.user, Permission.EDIT_VALUE, programme=programme)
        sent = self.parse(NewPoolSent)
        pool = actions.create_pool(by=request.user, **sent | {"programme": programme})
        return Response(self.show(self.queryset.all(), pk=pool.pk), status=status.HTTP_201_CREATED)

    @extend_schema(summary="Rename a shared saving", request=PoolSent, responses=PoolShown)
    def partial_update(self, request, pk):
        pool = self.find(self.get_queryset().select_related("programme"), pk=whole(pk))
        require(request.user, Permission.EDIT_VALUE, programme=pool.programme)
        sent = self.parse(PoolSent, pool)
        actions.rename_pool(pool=pool, **{"name": pool.name} | sent, by=request.user)
        return Response(self.show(self.get_queryset(), pk=pool.pk))
