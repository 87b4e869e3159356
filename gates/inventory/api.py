"""The API's door of the portfolio as a file."""

from django.http import Http404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema

from gates.inventory.files import inventory_file
from gates.inventory.queries import NAMES, lines_of
from gates.portfolio.api import PilotSearch
from gates.portfolio.health import with_current_gate, with_health
from pilots.api import Door
from pilots.models import Pilot

COLUMNS = OpenApiParameter(
    "columns", OpenApiTypes.STR, OpenApiParameter.PATH, enum=list(NAMES), description="In which columns."
)
A_FILE = {(200, "text/csv"): OpenApiResponse(OpenApiTypes.BINARY, description="The file.")}


@extend_schema(tags=["Pilots"])
class InventoryDoor(Door):
    queryset = Pilot.objects.order_by("title", "pk")
    filterset_class = PilotSearch
    pagination_class = None
    lookup_field = "columns"

    @extend_schema(
        summary="Download the portfolio in the columns of an inventory",
        description="The pilots that `pilots/` lists, as CSV. Who came from a file of these columns goes back as "
        "the row was, with what has changed since; importing it again changes nothing.",
        parameters=[COLUMNS],
        filters=True,
        responses=A_FILE,
    )
    def retrieve(self, request, columns):
        if columns not in NAMES:
            raise Http404
        pilots = with_health(with_current_gate(self.get_queryset()), today=timezone.localdate())
        return inventory_file(columns, lines_of(self.filter_queryset(pilots), columns))
