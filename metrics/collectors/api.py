"""The API's doors of collectors, and of the private hosts that they may ask."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.generics import get_object_or_404
from rest_framework.response import Response

from metrics.collectors.actions import collectors as actions
from metrics.collectors.actions.hosts import allow_host, disallow_host
from metrics.collectors.asking import ask, usual_limits
from metrics.collectors.filters import CollectorFilters
from metrics.collectors.serializers import (
    CollectorSent,
    CollectorShown,
    HostSent,
    HostShown,
    NewCollectorSent,
    TriedShown,
    tried_shown,
)
from metrics.models import AllowedHost, Collector, Kpi
from pilots.api import Door, ReadingDoor, whole
from pilots.permissions import Permission, require
from pilots.serializers import Nothing


@extend_schema(tags=["Collectors"])
class CollectorDoor(ReadingDoor):
    queryset = Collector.objects.order_by("kpi__pilot__key", "kpi__name", "pk")
    serializer_class = CollectorShown
    filterset_class = CollectorFilters

    @extend_schema(summary="List collectors and what came of asking")
    def list(self, request):
        return super().list(request)

    @extend_schema(summary="Show a collector")
    def retrieve(self, request, pk):
        return super().retrieve(request, pk=whole(pk))

    @extend_schema(
        summary="Collect the readings of a KPI",
        description="It asks within a minute, and then as often as it says.",
        request=NewCollectorSent,
        responses={201: CollectorShown},
    )
    def create(self, request):
        kpi, sent = self._of_kpi()
        collector = _fitting(actions.create_collector, kpi=kpi, by=request.user, **sent)
        shown = self.show(self.queryset.all(), pk=collector.pk)
        return Response(shown, status=status.HTTP_201_CREATED)

    @extend_schema(
        summary="Change where and how a collector asks",
        description="Another scheme, host or port asks for the secret again. It asks anew within a minute.",
        request=CollectorSent,
        responses=CollectorShown,
    )
    def partial_update(self, request, pk):
        collector = self._find(pk)
        sent = self.parse(CollectorSent, collector)
        _fitting(actions.edit_collector, collector=collector, by=request.user, **sent)
        return self._shown(collector)

    @extend_schema(
        operation_id="collectors_try_new_create",
        summary="Try a source before it is set up",
        description="Asks once, and says what would be recorded, or why nothing would. Nothing is written.",
        request=NewCollectorSent,
        responses=TriedShown,
    )
    @action(detail=False, methods=["post"], url_path="try", url_name="try-new", filterset_class=None)
    def try_new(self, request):
        kpi, sent = self._of_kpi()
        return _tried(kpi=kpi, **sent)

    @extend_schema(
        summary="Try a collector",
        description="Asks once as it is set up, or as it would be with what is sent. Nothing is written.",
        request=CollectorSent,
        responses=TriedShown,
    )
    @action(detail=True, methods=["post"], url_path="try", url_name="try", filterset_class=None)
    def try_it(self, request, pk):
        collector = self._find(pk)
        sent = self.parse(CollectorSent, collector)
        return _tried(kpi=collector.kpi, collector=collector, **sent)

    @extend_schema(
        summary="Pause a collector",
        description="Doing it twice changes nothing.",
        request=Nothing,
        responses=CollectorShown,
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def pause(self, request, pk):
        return self._done(pk, actions.pause_collector)

    @extend_schema(
        summary="Resume a collector",
        description="It asks within a minute. Doing it twice changes nothing.",
        request=Nothing,
        responses=CollectorShown,
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def resume(self, request, pk):
        return self._done(pk, actions.resume_collector)

    @extend_schema(
        summary="Remove a collector",
        description="Its secret is forgotten. The readings it brought stay.",
        request=Nothing,
        responses={204: None},
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def remove(self, request, pk):
        collector = self._find(pk)
        self.parse(Nothing)
        actions.remove_collector(collector=collector, by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _of_kpi(self) -> tuple[Kpi, dict[str, Any]]:
        """The KPI that is named, and what is said of its source."""
        kpis = Kpi.objects.visible_to(self.request.user).select_related("pilot__programme")
        kpi = self.named("kpi", kpis)
        require(self.request.user, Permission.MANAGE_COLLECTORS, pilot=kpi.pilot)
        sent = self.parse(NewCollectorSent)
        del sent["kpi"]
        return kpi, sent

    def _find(self, pk) -> Collector:
        found = self.get_queryset().select_related("kpi__pilot__programme")
        collector = self.find(found, pk=whole(pk))
        require(self.request.user, Permission.MANAGE_COLLECTORS, pilot=collector.kpi.pilot)
        return collector

    def _done(self, pk, act) -> Response:
        collector = self._find(pk)
        self.parse(Nothing)
        act(collector=collector, by=self.request.user)
        return self._shown(collector)

    def _shown(self, collector: Collector) -> Response:
        return Response(self.show(self.get_queryset(), pk=collector.pk))


def _fitting(act, **facts: Any) -> Any:
    """Do this; what does not fit is told by its field."""
    try:
        return act(**facts)
    except actions.Unfit as unfit:
        raise ValidationError({field: [why] for field, why in unfit.problems.items()}) from None


def _tried(**facts: Any) -> Response:
    source = _fitting(actions.proposed_source, **facts)
    now, zone = timezone.now(), timezone.get_default_timezone()
    tried = ask(source, limits=usual_limits(), now=now, zone=zone)
    return Response(tried_shown(tried, source.kind, dict(source.recipe)))


@extend_schema(tags=["Collectors"])
class AllowedHostDoor(Door):
    queryset = AllowedHost.objects.order_by("entry")
    serializer_class = HostShown

    def get_queryset(self):
        return self.queryset.all()

    @extend_schema(
        summary="List the private hosts that collectors may ask", description="For administrators."
    )
    def list(self, request):
        require(request.user, Permission.ALLOW_HOSTS)
        return self.page(self.filter_queryset(self.get_queryset()), HostShown)

    @extend_schema(summary="Allow a private host", request=HostSent, responses={201: HostShown})
    def create(self, request):
        require(request.user, Permission.ALLOW_HOSTS)
        host = allow_host(by=request.user, **self.parse(HostSent))
        return Response(self.show(self.get_queryset(), pk=host.pk), status=status.HTTP_201_CREATED)

    @extend_schema(summary="Allow a host no more", request=Nothing, responses={204: None})
    @action(detail=True, methods=["post"])
    def remove(self, request, pk):
        require(request.user, Permission.ALLOW_HOSTS)
        host = get_object_or_404(self.get_queryset(), pk=whole(pk))
        self.parse(Nothing)
        disallow_host(host=host, by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)
