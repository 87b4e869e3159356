"""What every action on a meeting does the same way: lock it first, and say in the log what happened."""

from collections.abc import Iterable
from typing import Any

from gates import events
from gates.models import Gate, GateReview
from pilots.events import Changes, build, record, record_many
from pilots.models import User
from pilots.rules import RuleViolation


def lock(review: GateReview) -> GateReview:
    """The meeting locked and as it is now. It is locked before any gate on its agenda."""
    locked = GateReview.objects.select_for_update(of=("self",))
    return locked.select_related("programme", "called_by", "presenter").get(pk=review.pk)


def refuse(reasons: list[str]) -> None:
    """Raise RuleViolation with these reasons, if there are any."""
    if reasons:
        raise RuleViolation(*reasons)


def announce(type: str, review: GateReview, by: User, *, changes: Changes | None = None, **data: Any) -> None:
    """Record an event about the meeting itself."""
    record(
        type,
        subject=review,
        programme=review.programme,
        actor=by,
        changes=changes,
        meeting=review.title,
        **data,
    )


def tell_pilots(gates: Iterable[Gate], review: GateReview, by: User, *, added: bool) -> None:
    """Each pilot's own activity says which meeting its gate is on."""
    before_after = [None, review.title] if added else [review.title, None]
    record_many(
        build(
            events.AGENDA_CHANGED, subject=gate, pilot=gate.pilot, actor=by, changes={"meeting": before_after}
        )
        for gate in gates
    )
