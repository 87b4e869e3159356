"""Saying that two pilots are not the same, and taking that back."""

from django.db import transaction

from gates import events
from gates.models import Distinction
from gates.overlap.rules import telling_blockers
from pilots import clock
from pilots.events import build, record_many
from pilots.models import Event, Pilot, User
from pilots.rules import SENT_AGAIN, RuleViolation


@transaction.atomic
def tell_apart(*, pilot: Pilot, other: Pilot, reason: str, by: User) -> Distinction:
    """Somebody's word that two pilots are not the same; it holds for both. Raises RuleViolation.

    The same word sent again within seconds is the one that is there.
    """
    two = _lock(pilot, other)
    standing = Distinction.objects.standing().filter(pilot=two[0], other=two[1])
    same = {"reason": reason.strip(), "said_by": by, "said_at__gt": clock.now() - SENT_AGAIN}
    known = standing.filter(**same).first()
    if known is not None:
        return known
    blockers = telling_blockers(is_told=standing.exists(), reason=reason)
    if blockers:
        raise RuleViolation(*blockers)
    said = Distinction.objects.create(
        pilot=two[0], other=two[1], reason=reason.strip(), said_by=by, said_at=clock.now()
    )
    record_many(_told(events.PILOTS_TOLD_APART, said, by))
    return said


@transaction.atomic
def undo_distinction(*, distinction: Distinction, by: User) -> Distinction:
    """Take back that two pilots are not the same. Raises RuleViolation where it was."""
    _lock(distinction.pilot, distinction.other)
    said = Distinction.objects.select_related("pilot", "other").get(pk=distinction.pk)
    if said.undone_at is not None:
        raise RuleViolation("This has been taken back already.")
    said.undone_by, said.undone_at = by, clock.now()
    said.save(update_fields=["undone_by", "undone_at"])
    record_many(_told(events.DISTINCTION_UNDONE, said, by))
    return said


def _lock(pilot: Pilot, other: Pilot) -> list[Pilot]:
    """Both pilots, the smaller id first: who says the same at once waits."""
    two = Pilot.objects.select_for_update(no_key=True).filter(pk__in=(pilot.pk, other.pk))
    return list(two.order_by("pk"))


def _told(type_: str, said: Distinction, by: User) -> list[Event]:
    """For each of the two. The name of a pilot stays in its programme, and so does what is said of it."""
    found = []
    for pilot, other in ((said.pilot, said.other), (said.other, said.pilot)):
        same = pilot.programme_id == other.programme_id
        facts = {"other": f"{other.key} {other.title}", "reason": said.reason} if same else {}
        found.append(build(type_, subject=said, pilot=pilot, actor=by, **facts))
    return found
