"""Which lessons of others concern a pilot, each with the reason. Only what the reader may see."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from gates.choices import Area, Sign
from gates.models import Overlap, SignSpell
from pilots.models import Lesson, Pilot, User

OFFERED = 4  # so many at most on a page
SHOWN = (
    *("title", "advice", "kind", "area", "published_on"),
    *("pilot__key", "pilot__title", "pilot__vendor"),
)
LOOKED_AT = 200  # the newest, besides all of pilots with a like text: of these the closest are offered
BY_TEXT, BY_VENDOR, BY_SIGN, BY_AREA = 4.0, 1.5, 1.0, 0.5  # how much each way of being like it counts


@dataclass(frozen=True)
class Offered:
    """A lesson of another pilot, and why it is offered."""

    lesson: Lesson
    why: list[str]
    weight: float


def offered_to(pilot: Pilot, user: User, *, weak_area: str, today: date) -> list[Offered]:
    """Published lessons of pilots with a like text, the same vendor or a warning sign of this pilot's, or about
    the area in which its gate is weakest; the closest first. One query.
    """
    published = _published(user, today).exclude(pilot=pilot)
    newest = published.order_by("-published_on", "-pk").values("pk")[:LOOKED_AT]
    looked_at = published.filter(Q(pk__in=newest) | _of_alike(pilot)).order_by("-published_on", "-pk")
    found = looked_at.annotate(alike=_alike(pilot), sign=_shared_sign(pilot)).only(*SHOWN)
    offered = (_offered(lesson, pilot, weak_area) for lesson in found)
    return sorted((one for one in offered if one.why), key=lambda one: -one.weight)[:OFFERED]


def lessons_of(pilots: Iterable[Pilot], user: User, *, today: date) -> list[Lesson]:
    """What these pilots have published, the newest first. One query."""
    found = _published(user, today).filter(pilot__in=list(pilots))
    return list(found.order_by("-published_on", "-pk")[:OFFERED])


def _published(user: User, today: date) -> QuerySet[Lesson]:
    lessons = Lesson.objects.visible_to(user).standing().filter(published_on__lte=today)
    return lessons.select_related("pilot")


def _of_alike(pilot: Pilot) -> Q:
    """The lessons of pilots that write alike, where nobody has told them apart."""
    overlaps = Overlap.objects.standing()
    one, other = overlaps.filter(other=pilot), overlaps.filter(pilot=pilot)
    return Q(pilot__in=one.order_by().values("pilot")) | Q(pilot__in=other.order_by().values("other"))


def _alike(pilot: Pilot) -> Subquery:
    """How alike the two pilots are, where nobody has told them apart."""
    either = Q(pilot=pilot, other=OuterRef("pilot")) | Q(other=pilot, pilot=OuterRef("pilot"))
    return Subquery(Overlap.objects.standing().filter(either).values("score")[:1])


def _shared_sign(pilot: Pilot) -> Subquery:
    """A warning sign that this pilot shows, and the other one shows or has shown."""
    shown = SignSpell.objects.standing().filter(pilot=pilot).values("sign")
    spells = SignSpell.objects.filter(pilot=OuterRef("pilot"), sign__in=shown)
    return Subquery(spells.order_by("sign").values("sign")[:1])


def _offered(lesson: Any, pilot: Pilot, weak_area: str) -> Offered:
    why, weight = [], 0.0
    if lesson.alike is not None:
        why.append(f"a pilot {round(100 * lesson.alike)}% alike")
        weight += BY_TEXT * lesson.alike
    if pilot.vendor and lesson.pilot.vendor.casefold() == pilot.vendor.casefold():
        why.append(f"same vendor, {lesson.pilot.vendor}")
        weight += BY_VENDOR
    if lesson.sign is not None:
        why.append(f"same warning sign, “{Sign(lesson.sign).label}”")
        weight += BY_SIGN
    if weak_area and lesson.area == weak_area:
        why.append(f"about this gate's weakest area, {str(Area(weak_area).label).lower()}")
        weight += BY_AREA
    return Offered(lesson, why, weight)
