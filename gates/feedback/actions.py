"""Giving feedback at a gate and answering it. Feedback is advice: it changes no state and no readiness."""

from django.db import transaction

from gates import events
from gates.models import Assessment, Feedback, Gate
from gates.rules import answer_blockers, comment_blockers, feedback_blockers
from pilots import clock
from pilots.events import record
from pilots.models import User
from pilots.rules import SENT_AGAIN, RuleViolation


@transaction.atomic
def give_feedback(
    *, gate: Gate, assessment: Assessment | None = None, level: str, comment: str = "", by: User
) -> Feedback:
    """Say of a criterion, or of the gate as a whole, how good it is. Raises RuleViolation.

    The same said again changes nothing: it is what is there.
    """
    gate = _lock(gate)
    blockers = feedback_blockers(gate_status=gate.status, owns_pilot=gate.pilot.owner_id == by.pk)
    blockers += comment_blockers(level=level, comment=comment)
    if blockers:
        raise RuleViolation(*blockers)
    comment = comment.strip()
    said = gate.feedback.filter(assessment=assessment, answers=None, by=by).last()
    if said is not None and (said.level, said.comment) == (level, comment):
        return said
    feedback = Feedback.objects.create(
        gate=gate, assessment=assessment, level=level, comment=comment, by=by, at=clock.now()
    )
    changes = {"level": [said.level if said else None, level]}
    _record(events.FEEDBACK_GIVEN, feedback, by, changes=changes, level=level)
    return feedback


@transaction.atomic
def answer_feedback(*, feedback: Feedback, comment: str, by: User) -> Feedback:
    """Answer a piece of feedback. The same answer sent again within seconds is the one that is there.

    Raises RuleViolation.
    """
    gate = _lock(feedback.gate)
    blockers = answer_blockers(
        gate_status=gate.status, is_answer=feedback.answers_id is not None, comment=comment
    )
    if blockers:
        raise RuleViolation(*blockers)
    comment = comment.strip()
    known = feedback.replies.filter(comment=comment, by=by, at__gt=clock.now() - SENT_AGAIN).first()
    if known is not None:
        return known
    answer = Feedback.objects.create(
        gate=gate,
        assessment=feedback.assessment,
        answers=feedback,
        comment=comment,
        by=by,
        at=clock.now(),
    )
    _record(events.FEEDBACK_ANSWERED, answer, by)
    return answer


def _lock(gate: Gate) -> Gate:
    locked = Gate.objects.select_for_update(of=("self",))
    return locked.select_related("pilot", "definition").get(pk=gate.pk)


def _record(type: str, feedback: Feedback, by: User, **said) -> None:
    if feedback.assessment is not None:
        said["criterion"] = str(feedback.assessment.criterion)
    if feedback.comment:
        said["comment"] = feedback.comment[:500]
    record(
        type,
        subject=feedback,
        pilot=feedback.gate.pilot,
        actor=by,
        gate=feedback.gate.definition.key,
        **said,
    )
