"""The API's doors of sign-offs, gatekeepers and delegations."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils import timezone
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.response import Response

from gates.models import Delegation, Gate, Gatekeeper, SignOff
from gates.seats.queries import Table, seats_at
from gates.signoffs import actions
from gates.signoffs.people import holder_named, why_not_for
from gates.signoffs.queries import quorum_of
from gates.signoffs.serializers import (
    DelegationSent,
    DelegationShown,
    GatekeeperSent,
    GatekeeperShown,
    NewSignOffSent,
    QuorumShown,
    SignOffSent,
    SignOffShown,
    quorum_shown,
)
from pilots.api import Door, whole
from pilots.filters import LARGEST_ID
from pilots.models import Programme
from pilots.permissions import Permission, require
from pilots.serializers import Nothing

GATE = OpenApiParameter("gate", OpenApiTypes.INT64, OpenApiParameter.PATH, description="The gate's id.")
PROGRAMME = OpenApiParameter(
    "programme", OpenApiTypes.STR, OpenApiParameter.PATH, description="The programme's slug."
)
ID = OpenApiParameter("id", OpenApiTypes.INT64, OpenApiParameter.PATH)


@extend_schema(tags=["Sign-offs"])
class SignOffDoor(Door):
    """Signing at one gate."""

    queryset = SignOff.objects.order_by("pk")
    serializer_class = SignOffShown
    pagination_class = None  # one gate's are few, and shown with the quorum they make

    @extend_schema(
        summary="Show who has signed at a gate",
        description="Whether enough have, what is missing in sentences, how each role stands, and everything "
        "that was said. A sign-off is stale when what its role answers for has changed since.",
        parameters=[GATE],
        responses=forced_singular_serializer(QuorumShown),
        filters=False,
    )
    def list(self, request, gate):
        gate = self._find(gate)
        said = SignOff.objects.filter(gate=gate).order_by("pk").values_list(*SignOffShown.columns())
        today = timezone.localdate()
        row = quorum_shown(quorum_of(gate, today=today))
        return Response(row | {"sign_offs": SignOffShown.rows(said, today=today)})

    @extend_schema(
        summary="Sign at a gate",
        description="While it is in review, in a gatekeeper role that you hold or in the place of a person who "
        "lets you. Signing again what you have signed changes nothing.",
        parameters=[GATE],
        request=NewSignOffSent,
        responses={201: SignOffShown},
    )
    def create(self, request, gate):
        gate, sent = self._parse(request, gate, NewSignOffSent)
        word = actions.sign_off(gate=gate, by=request.user, **sent)
        return Response(self.show(self.queryset.all(), pk=word.pk), status=status.HTTP_201_CREATED)

    @extend_schema(
        summary="Take a sign-off back",
        description="Who signed may, and the person in whose place it was.",
        parameters=[GATE],
        request=SignOffSent,
        responses={201: SignOffShown},
    )
    @action(detail=False, methods=["post"])
    def withdraw(self, request, gate):
        gate, sent = self._parse(request, gate, SignOffSent)
        word = actions.withdraw_sign_off(gate=gate, by=request.user, **sent)
        return Response(self.show(self.queryset.all(), pk=word.pk), status=status.HTTP_201_CREATED)

    def _parse(self, request, gate, shape):
        gate = self._find(gate)
        table = Table(gate, timezone.localdate())
        find_holder = partial(holder_named, by=request.user, table=table)
        if not seats_at(request.user, table):
            self._require_signed(request, table, find_holder)
        sent = self.parse(shape, holder_named=find_holder)
        sent["holder"] = sent.pop("on_behalf_of", None)
        return gate, sent

    def _require_signed(self, request, table: Table, find_holder) -> None:
        """Of those without a seat only who has signed goes on; who wants to stand in reads why they cannot."""
        if SignOff.objects.filter(gate=table.gate, person=request.user).exists():
            return
        named = request.data.get("on_behalf_of") if isinstance(request.data, dict) else None
        holder = find_holder(named) if type(named) is int and 0 < named <= LARGEST_ID else None
        if holder is not None and (why := why_not_for(holder, request.user, table)):
            raise PermissionDenied(" ".join(why))
        require(request.user, Permission.SIGN_OFF, pilot=table.pilot)

    def _find(self, pk) -> Gate:
        found = Gate.objects.visible_to(self.request.user).select_related(
            "pilot__programme", "pilot__owner", "pilot__sponsor", "definition__phase__version__playbook"
        )
        return self.find(found, pk=pk)


@extend_schema(tags=["Gatekeepers"])
class GatekeeperDoor(Door):
    """Who signs in which role at the gates of one programme."""

    queryset = Gatekeeper.objects.order_by("role", "person__name", "pk")
    serializer_class = GatekeeperShown

    @extend_schema(
        summary="List the gatekeepers of a programme",
        description="The sponsor is named on each pilot. A role that nobody holds is signed by any gatekeeper.",
        parameters=[PROGRAMME],
        responses=GatekeeperShown(many=True),
    )
    def list(self, request, programme):
        programme = self._programme(programme)
        return self.page(self.filter_queryset(self.queryset.filter(programme=programme)), GatekeeperShown)

    @extend_schema(
        summary="Name a gatekeeper",
        description="Naming the same person for the same role again changes nothing.",
        parameters=[PROGRAMME],
        request=GatekeeperSent,
        responses={201: GatekeeperShown},
    )
    def create(self, request, programme):
        programme = self._programme(programme)
        require(request.user, Permission.MANAGE_GATEKEEPERS, programme=programme)
        sent = self.parse(GatekeeperSent, programme=programme)
        named = actions.name_gatekeeper(programme=programme, by=request.user, **sent)
        return Response(self.show(self.queryset.all(), pk=named.pk), status=status.HTTP_201_CREATED)

    @extend_schema(
        summary="Dismiss a gatekeeper",
        description="What was signed stands until it changes.",
        parameters=[PROGRAMME, ID],
        request=Nothing,
        responses=GatekeeperShown,
    )
    @action(detail=True, methods=["post"])
    def dismiss(self, request, programme, pk):
        programme = self._programme(programme)
        require(request.user, Permission.MANAGE_GATEKEEPERS, programme=programme)
        gatekeeper = self.find(Gatekeeper.objects.filter(programme=programme), pk=whole(pk))
        self.parse(Nothing)
        row = self.show(self.queryset.all(), pk=gatekeeper.pk)  # as it was
        actions.dismiss_gatekeeper(gatekeeper=gatekeeper, by=request.user)
        return Response(row)

    def _programme(self, slug: str) -> Programme:
        return self.find(Programme.objects.visible_to(self.request.user), slug=slug)


@extend_schema(tags=["Delegations"])
class DelegationDoor(Door):
    """Who signs for you, and for whom you sign."""

    queryset = Delegation.objects.order_by("-starts_on", "-pk")
    serializer_class = DelegationShown

    def get_queryset(self):
        person = self.request.user
        return self.queryset.filter(Q(giver=person) | Q(receiver=person))

    @extend_schema(summary="List the delegations you gave and were given")
    def list(self, request):
        return self.page(self.filter_queryset(self.get_queryset()), DelegationShown)

    @extend_schema(
        summary="Let somebody sign for you",
        description="From one day to another. They cannot pass it on.",
        request=DelegationSent,
        responses={201: DelegationShown},
    )
    def create(self, request):
        sent = self.parse(DelegationSent, giver=request.user)
        if sent.get("programme"):
            sent["programme"] = self.named("programme", Programme.objects.visible_to(request.user), "slug")
        given = actions.give_delegation(by=request.user, **sent)
        return Response(self.show(self.queryset.all(), pk=given.pk), status=status.HTTP_201_CREATED)

    @extend_schema(
        summary="End a delegation",
        description="Doing it twice changes nothing.",
        parameters=[ID],
        request=Nothing,
        responses=DelegationShown,
    )
    @action(detail=True, methods=["post"])
    def end(self, request, pk):
        delegation = self.find(self.get_queryset(), pk=whole(pk))
        self.parse(Nothing)
        actions.end_delegation(delegation=delegation, by=request.user)
        return Response(self.show(self.get_queryset(), pk=pk))
