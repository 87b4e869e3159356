"""Whose amendment it is."""

from django.core.exceptions import PermissionDenied

from gates.amendments.rules import ASKER_ONLY
from gates.models import Amendment
from pilots.models import User


def require_asker(user: User, amendment: Amendment) -> None:
    """Raise PermissionDenied, with a sentence, unless this person asked for it."""
    if amendment.asked_by_id != user.pk:
        raise PermissionDenied(ASKER_ONLY)
