"""What the pages of meetings share: finding what the address names, and doing one thing with it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.shortcuts import get_object_or_404

from gates.models import AgendaItem, GateReview
from pilots.permissions import Permission, require
from pilots.rules import RuleViolation


def find_meeting(request, pk: int) -> GateReview:
    """The meeting. Raises Http404 when it is not there for this person."""
    seen = GateReview.objects.visible_to(request.user)
    return get_object_or_404(seen.select_related("programme", "called_by", "presenter"), pk=pk)


def find_item(request, review: int, **where: Any) -> AgendaItem:
    """The item of this meeting's agenda. Raises Http404 when it is not there for this person."""
    whole = ("review__programme", "gate__pilot", "gate__definition")
    seen = AgendaItem.objects.visible_to(request.user).select_related(*whole)
    return get_object_or_404(seen, review=review, **where)


def held_meeting(request, pk: int) -> GateReview:
    """The meeting, for who prepares and runs it. Raises Http404 and PermissionDenied."""
    review = find_meeting(request, pk)
    require(request.user, Permission.HOLD_MEETING, programme=review.programme)
    return review


def held_item(request, review: int, item: int) -> AgendaItem:
    """The item, for who prepares and runs its meeting. Raises Http404 and PermissionDenied."""
    found = find_item(request, review, pk=item)
    require(request.user, Permission.HOLD_MEETING, programme=found.review.programme)
    return found


def done(request, act: Callable, said: str = "", **arguments: Any) -> bool:
    """Do this one thing and say what came of it, or why it cannot be done. Returns whether it was done."""
    try:
        act(by=request.user, **arguments)
    except RuleViolation as violation:
        messages.error(request, " ".join(violation.reasons))
        return False
    if said:
        messages.success(request, said)
    return True
