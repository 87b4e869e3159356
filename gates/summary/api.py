"""The API's door to the executive facts: the headline with its parts, and money by currency."""

from django.http import Http404
from django.utils import timezone
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from gates.summary.queries import executive_summary
from gates.summary.serializers import SummaryShown, summary_shown
from pilots.api import Door
from pilots.models import Programme

WHAT = (
    "How many of the pilots started are in production with measured value, in all, by programme and by quarter "
    "of start; what these words mean; what pilots cost and bring to date, by currency and band."
)


@extend_schema(tags=["Summary"])
class SummaryDoor(Door):
    queryset = Programme.objects.order_by("pk")
    serializer_class = SummaryShown
    lookup_field = "slug"
    pagination_class = None

    @extend_schema(
        summary="Read the executive summary",
        description=f"{WHAT} Over every programme you have a role in.",
        responses=forced_singular_serializer(SummaryShown),
        filters=False,
    )
    def list(self, request):
        self._refuse_lost_parameters()
        return self._summary("")

    @extend_schema(
        summary="Read the executive summary of a programme", description=WHAT, responses=SummaryShown
    )
    def retrieve(self, request, slug):
        return self._summary(slug)

    def _summary(self, programme: str) -> Response:
        found = executive_summary(self.request.user, chosen=programme, today=timezone.localdate())
        if found is None:
            raise Http404
        return Response(summary_shown(found))
