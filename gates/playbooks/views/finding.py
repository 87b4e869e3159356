"""Finding what an address names. Drafts are there only for those who change playbooks."""

from django.shortcuts import get_object_or_404

from gates.checks import CHECKS
from gates.choices import VersionStatus
from gates.models import Playbook, PlaybookVersion
from gates.playbooks.queries import playbooks, versions_for
from pilots.permissions import Permission, allows, require

KNOWN_CHECKS = frozenset(CHECKS)


def may_edit(request) -> bool:
    return allows(request.user, Permission.EDIT_PLAYBOOK)


def find_playbook(request, key: str) -> Playbook:
    """The playbook with its versions, newest first, as this person may read them. Raises Http404."""
    return get_object_or_404(playbooks(drafts=may_edit(request)), key=key)


def find_version(request, key: str, number: int) -> PlaybookVersion:
    """Raises Http404."""
    return get_object_or_404(versions_for(drafts=may_edit(request)), playbook__key=key, number=number)


def find_draft(request, key: str, number: int) -> PlaybookVersion:
    """A draft that this person may change. Raises Http404, PermissionDenied."""
    found = versions_for(drafts=may_edit(request)).filter(status=VersionStatus.DRAFT)
    draft = get_object_or_404(found, playbook__key=key, number=number)
    require(request.user, Permission.EDIT_PLAYBOOK)
    return draft
