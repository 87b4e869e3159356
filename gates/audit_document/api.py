"""The API's door of audit documents."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response

from gates.audit_document.actions import produce_document
from gates.audit_document.serializers import AuditDocumentShown
from pilots.api import Door
from pilots.models import Pilot
from pilots.permissions import Permission, require
from pilots.serializers import Nothing

PILOT = OpenApiParameter("pilot", OpenApiTypes.STR, OpenApiParameter.PATH, description="The pilot's key.")


@extend_schema(tags=["Audit documents"])
class AuditDocumentDoor(Door):
    """What a regulator asks for of one pilot."""

    queryset = Pilot.objects.select_related("programme", "owner", "sponsor")

    @extend_schema(
        summary="Produce the audit document of a pilot",
        description="As it is now. That it was produced is in the pilot's log, with its fingerprint. For who may "
        "read audit documents, and the pilot's owner.",
        parameters=[PILOT],
        request=Nothing,
        responses={200: AuditDocumentShown},
    )
    def create(self, request, pilot):
        found = self.find(self.get_queryset(), key=pilot)
        require(request.user, Permission.READ_AUDIT_DOCUMENT, pilot=found)
        self.parse(Nothing)
        document = produce_document(pilot=found, by=request.user)
        shown = {name: getattr(document, name) for name in ("key", "title", "at", "digest", "parts")}
        return Response(shown)
