"""The API's doors of packs: reading those of a gate, and freezing one."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.response import Response

from gates.models import DecisionPack, Gate
from gates.packs.actions import freeze_pack
from gates.packs.serializers import PackDetail, PackShown
from pilots.api import Door, whole
from pilots.permissions import Permission, require
from pilots.serializers import Nothing

GATE = OpenApiParameter("gate", OpenApiTypes.INT64, OpenApiParameter.PATH, description="The gate's id.")
NUMBER = OpenApiParameter(
    "number", OpenApiTypes.INT64, OpenApiParameter.PATH, description="The pack's number, from 1."
)


@extend_schema(tags=["Decision packs"])
class PackDoor(Door):
    """The packs of one gate."""

    queryset = DecisionPack.objects.order_by("-number")
    serializer_class = PackShown
    detail_class = PackDetail
    lookup_field = "number"

    @extend_schema(
        summary="List the packs of a gate, newest first",
        parameters=[GATE],
        responses=PackShown(many=True),
    )
    def list(self, request, gate):
        gate = self._find(gate)
        return self.page(self.filter_queryset(self.queryset.filter(gate=gate)), PackShown)

    @extend_schema(
        summary="Show a pack",
        description="With everything it holds, as it was at that moment.",
        parameters=[GATE, NUMBER],
        responses=PackDetail,
    )
    def retrieve(self, request, gate, number):
        return Response(self.show(self.get_queryset(), gate=whole(gate), number=whole(number)))

    @extend_schema(
        summary="Freeze a pack",
        description="Of an open gate as it is now. The same again within seconds is answered with the pack "
        "there is. Pilotage freezes by itself at the evidence freeze of a gate in review.",
        parameters=[GATE],
        request=Nothing,
        responses={201: PackDetail},
    )
    def create(self, request, gate):
        gate = self._find(gate)
        require(request.user, Permission.HOLD_MEETING, pilot=gate.pilot)
        self.parse(Nothing)
        pack = freeze_pack(gate=gate, by=request.user)
        return Response(self.show(self.queryset.all(), pk=pack.pk), status=status.HTTP_201_CREATED)

    def _find(self, pk) -> Gate:
        found = Gate.objects.visible_to(self.request.user).select_related("pilot__programme")
        return self.find(found, pk=whole(pk))
