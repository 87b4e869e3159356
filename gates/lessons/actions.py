"""Publishing what a pilot taught, from two fields."""

from pilots import clock
from pilots.choices import Area, LessonKind
from pilots.models import Entry, Lesson, Pilot, User
from pilots.registers.actions import add_entry


def publish_lesson(*, pilot: Pilot, happened: str, advice: str, by: User) -> Entry:
    """A lesson about value, for others from today on. What nobody would do differently has worked.

    Raises RuleViolation.
    """
    kind = LessonKind.DID_NOT if advice.strip() else LessonKind.WORKED
    said = {"title": happened.strip(), "advice": advice.strip(), "kind": kind, "area": Area.VALUE}
    return add_entry(model=Lesson, pilot=pilot, by=by, published_on=clock.today(), **said)
