"""The API's doors of playbooks. Drafts are there only for those who change playbooks."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from gates.checks import CHECKS
from gates.models import PlaybookVersion
from gates.playbooks import actions, drafting
from gates.playbooks.filters import VersionFilters
from gates.playbooks.queries import versions_for
from gates.playbooks.schema import PlaybookError
from gates.playbooks.serializers import DraftSent, PublishSent, VersionDetail, VersionShown
from pilots.api import ReadingDoor
from pilots.permissions import Permission, allows, require
from pilots.serializers import Nothing

KNOWN_CHECKS = frozenset(CHECKS)


@extend_schema(tags=["Playbooks"])
class PlaybookDoor(ReadingDoor):
    queryset = PlaybookVersion.objects.order_by("playbook__key", "-number", "pk")
    serializer_class = VersionShown
    detail_class = VersionDetail
    filterset_class = VersionFilters

    def get_queryset(self) -> "QuerySet[PlaybookVersion]":
        drafts = allows(self.request.user, Permission.EDIT_PLAYBOOK)
        return versions_for(drafts=drafts).order_by("playbook__key", "-number", "pk")

    @extend_schema(
        summary="List the versions of playbooks",
        description="Of each playbook the newest first. Drafts are shown to those who may change playbooks.",
    )
    def list(self, request):
        return super().list(request)

    @extend_schema(summary="Show a version with its YAML", responses=VersionDetail)
    def retrieve(self, request, pk):
        return super().retrieve(request, pk=pk)

    @extend_schema(
        summary="Begin a draft from YAML",
        description="The key in the file says of which playbook; an unknown key makes a new playbook. A "
        "playbook has one draft at a time. What is wrong with the file is said by line and field.",
        request=DraftSent,
        responses={201: VersionDetail},
    )
    def create(self, request):
        require(request.user, Permission.EDIT_PLAYBOOK)
        source = self.parse(DraftSent)["yaml"]
        try:
            draft = drafting.draft_from_text(source=source, known_checks=KNOWN_CHECKS, by=request.user)
        except PlaybookError as error:
            raise ValidationError({"yaml": error.messages}) from None
        return Response(self.show(self.get_queryset(), pk=draft.pk), status=status.HTTP_201_CREATED)

    @extend_schema(
        summary="Publish a draft",
        description="New pilots start on it; the version published before is retired. A draft that says what "
        "an earlier version said brings that one back, which is then answered.",
        request=PublishSent,
        responses=VersionDetail,
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def publish(self, request, pk):
        draft = self._find(pk)
        require(request.user, Permission.EDIT_PLAYBOOK)
        seen = self.parse(PublishSent)["digest"]
        version = actions.publish_draft(draft=draft, seen=seen, known_checks=KNOWN_CHECKS, by=request.user)
        return Response(self.show(self.get_queryset(), pk=version.pk))

    @extend_schema(
        summary="Discard a draft", request=Nothing, responses={204: None}, description="Its text is lost."
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def discard(self, request, pk):
        draft = self._find(pk)
        require(request.user, Permission.EDIT_PLAYBOOK)
        self.parse(Nothing)
        drafting.discard_draft(draft=draft, by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _find(self, pk) -> PlaybookVersion:
        return self.find(self.get_queryset(), pk=pk)
