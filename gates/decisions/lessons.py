"""What a stop taught, as an entry of the pilot's register of lessons. The decision itself stays as it was recorded."""

from typing import Any

from django.utils import timezone

from gates.choices import ReasonCode
from gates.models import Decision
from pilots.choices import Area, LessonKind
from pilots.models import Lesson, User
from pilots.registers.actions import add_entry, edit_entry
from pilots.rules import LONGEST_LESSON

AREAS: dict[str, Area] = {
    ReasonCode.NO_VALUE: Area.VALUE,
    ReasonCode.DATA: Area.DATA,
    ReasonCode.TECHNICAL: Area.TECHNICAL,
    ReasonCode.NO_OWNER: Area.OPERATIONAL,
    ReasonCode.RISK: Area.RISK,
    ReasonCode.COST: Area.FINANCE,
}


def write_lesson(decision: Decision, *, by: User) -> None:
    """Publish what this stop taught."""
    published = {"kind": LessonKind.DID_NOT, "published_on": timezone.localdate(decision.decided_at)}
    add_entry(model=Lesson, pilot=decision.gate.pilot, by=by, **_facts(decision), **published)


def correct_lesson(before: Decision, after: Decision, *, by: User) -> None:
    """Let the entry follow the correction of its stop, unless somebody has rewritten or removed it since.

    Nothing of an archived pilot is changed.
    """
    lessons = Lesson.objects.standing().filter(pilot=before.gate.pilot_id, **_facts(before))
    entry = lessons.order_by("pk").first()
    if entry is not None and before.gate.pilot.archived_at is None:
        edit_entry(entry=entry, by=by, **_facts(after))


def _facts(decision: Decision) -> dict[str, Any]:
    """What happened in one line; where more was written, all of it stands above what to do differently."""
    said, advice = decision.lesson.strip(), decision.advice.strip()
    if len(said) > LONGEST_LESSON:
        said, advice = f"{said[: LONGEST_LESSON - 1]}…", f"{said}\n\n{advice}".strip()
    return {"title": said, "advice": advice, "area": AREAS.get(decision.reason_code, "")}
