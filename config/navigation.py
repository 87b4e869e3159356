"""What the page's frame shows: the places this person may go, and where we are."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from gates.review.queries import review_count
from pilots.choices import Role
from pilots.permissions import Permission, allows


@dataclass(frozen=True)
class Place:
    label: str
    url: str
    icon: str
    current: bool
    count: int | SimpleLazyObject = 0


@dataclass(frozen=True)
class Group:
    label: str
    places: list[Place]


def shell(request):
    """Context of every page: `nav`, `organisation`, `demo`.

    Beyond the person's own roles one query where the frame is drawn: how many reviews wait for this person.
    """
    frame = {"organisation": settings.ORGANISATION, "demo": settings.DEMO, "nav": []}
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return frame
    main = [
        _place(request, "Executive summary", "gates:summary", "layout-dashboard"),
        _place(request, "Portfolio", "gates:portfolio", "table"),
        _place(request, "Reviews", "gates:reviews", "checklist", _waiting_for(user)),
        _place(request, "Gate meetings", "gates:meetings", "calendar-event"),
        _place(request, "KPIs", "metrics:all_kpis", "target-arrow"),
        _place(request, "Decisions", "gates:all_decisions", "gavel"),
        _place(request, "Programmes", "pilots:programmes", "layout-kanban"),
        _place(request, "Playbooks", "gates:playbooks", "template"),
    ]
    if allows(user, Permission.APPROVE_WAIVER):
        main.insert(4, _place(request, "Waivers", "gates:all_waivers", "hourglass"))
    roles = user.access.roles
    frame["role_line"] = ", ".join(str(role.label) for role in Role if role in roles) or "No role yet"
    administration = [
        _place(request, "Delegations", "gates:delegations", "user-check"),
        _place(request, "API tokens", "pilots:tokens", "lock"),
    ]
    if allows(user, Permission.READ_AUDIT):
        administration.insert(0, _place(request, "Audit log", "pilots:audit", "history"))
    if allows(user, Permission.MANAGE_PEOPLE):
        administration.append(_place(request, "People", "pilots:people", "settings"))
    if settings.DEMO:
        administration.append(_place(request, "Mail sent", "mail", "inbox"))
    return frame | {"nav": [Group("", main), Group("Administration", administration)]}


def _waiting_for(user):
    # Counted when the frame is drawn, which an answer to htmx is not.
    return SimpleLazyObject(lambda: review_count(user))


def _place(request, label: str, name: str, icon: str, count: int | SimpleLazyObject = 0) -> Place:
    url = reverse(name)
    return Place(label, url, icon, current=request.path.startswith(url), count=count)
