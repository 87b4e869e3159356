"""Where each role lands, and the door that finds a pilot."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from pilots.choices import Role

LANDING = (
    (Role.PROGRAMME_MANAGER, "/pilots/"),
    (Role.OWNER, "/pilots/?owner=me"),
    (Role.EXECUTIVE, "/summary/"),
    (Role.GATEKEEPER, "/pilots/?submitted=true"),
    (Role.AUDITOR, "/audit/"),
    (Role.ADMINISTRATOR, "/programmes/"),
)


@login_required
@require_safe
def home(request):
    """The page on which this person's job begins; the first role held decides."""
    roles = request.user.access.roles
    return redirect(next((url for role, url in LANDING if role in roles), "/pilots/"))
