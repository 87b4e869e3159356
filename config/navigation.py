"""What the page's frame shows: the places this person may go, and where we are."""

from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.db.models import Func, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from gates.review.turns import reviews_of
from pilots.choices import Role
from pilots.models import Job, User
from pilots.permissions import Permission, allows
from pilots.progress import Chip


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
    """Context of every page: `nav`, `standing`, `organisation`, `demo`.

    Beyond the person's own roles one query where the frame is drawn: what waits for this person.
    """
    frame = {"organisation": settings.ORGANISATION, "demo": settings.DEMO, "nav": []}
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return frame
    standing = Standing(user)
    main = [
        _place(request, "Executive summary", "gates:summary", "layout-dashboard"),
        _place(request, "Portfolio", "gates:portfolio", "table"),
        _place(request, "Warning signs", "gates:signs", "alert-triangle"),
        _place(request, "Reviews", "gates:reviews", "checklist", _later(standing)),
        _place(request, "Gate meetings", "gates:meetings", "calendar-event"),
        _place(request, "KPIs", "metrics:all_kpis", "target-arrow"),
        _place(request, "Value", "metrics:value_portfolio", "coin"),
        _place(request, "Registers", "pilots:all_registers", "database"),
        _place(request, "Decisions", "gates:all_decisions", "gavel"),
        _place(request, "Overlaps", "gates:all_overlaps", "stack-2"),
        _place(request, "Programmes", "pilots:programmes", "layout-kanban"),
        _place(request, "Playbooks", "gates:playbooks", "template"),
    ]
    if allows(user, Permission.APPROVE_WAIVER):
        main.insert(5, _place(request, "Waivers", "gates:all_waivers", "hourglass"))
    roles = user.access.roles
    frame["role_line"] = ", ".join(str(role.label) for role in Role if role in roles) or "No role yet"
    administration = [
        _place(request, "Delegations", "gates:delegations", "user-check"),
        _place(request, "Hand over work", "gates:own_handover", "send"),
        _place(request, "API tokens", "pilots:tokens", "lock"),
    ]
    if allows(user, Permission.READ_AUDIT):
        administration.insert(0, _place(request, "Audit log", "pilots:audit", "history"))
    if allows(user, Permission.MANAGE_COLLECTORS):
        administration.append(_place(request, "Collectors", "metrics:collectors", "download"))
    if allows(user, Permission.ALLOW_HOSTS):
        administration.append(_place(request, "Allowed hosts", "metrics:allowed_hosts", "link"))
    if allows(user, Permission.MANAGE_PEOPLE):
        administration.append(_place(request, "People", "pilots:people", "settings"))
    if settings.DEMO:
        administration.append(_place(request, "Mail sent", "mail", "inbox"))
    return frame | {"standing": standing, "nav": [Group("", main), Group("Administration", administration)]}


def _later(standing: "Standing") -> SimpleLazyObject:
    return SimpleLazyObject(lambda: standing.reviews)


class Standing:
    """What the frame counts for a person. Asked when it is drawn, which an answer to htmx is not; one query."""

    def __init__(self, user: User) -> None:
        self.user = user

    @cached_property
    def _counted(self) -> tuple[int, int, dict | None]:
        """The reviews that wait for this person; the long work they have under way, and the newest of that."""
        reviews = reviews_of(self.user, today=timezone.localdate())
        jobs = Job.objects.under_way().filter(started_by=OuterRef("pk"))
        newest = jobs.order_by("-pk").values(shown=JSONObject(**{name: name for name in Chip.FIELDS}))[:1]
        found = User.objects.filter(pk=self.user.pk)
        return found.values_list(_count(reviews), _count(jobs), Subquery(newest)).get()

    @property
    def reviews(self) -> int:
        return self._counted[0]

    @property
    def chip(self) -> Chip | None:
        """The newest long work under way; None where there is none."""
        _, count, newest = self._counted
        return Chip(**newest, others=count - 1) if newest else None


def _count(found: QuerySet) -> Subquery:
    # Count() would group by what the rows are filtered by
    counted = found.order_by().annotate(counted=Func("pk", function="COUNT")).values("counted")
    return Subquery(counted, output_field=IntegerField())


def _place(request, label: str, name: str, icon: str, count: int | SimpleLazyObject = 0) -> Place:
    url = reverse(name)
    return Place(label, url, icon, current=request.path.startswith(url), count=count)
