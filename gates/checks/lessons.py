"""Checks over what pilots taught."""

from django.db.models import Count

from gates.checks.registry import Failures, check
from pilots.models import Lesson

NONE = "No lesson is written down yet."


@check(fix="Write down what it taught.", page="pilots:register", args=("lessons",))
def learnings_written(pilots, today) -> Failures:
    """One query."""
    written = Lesson.objects.standing().values("pilot")
    return dict.fromkeys(pilots.exclude(pk__in=written).values_list("pk", flat=True), NONE)


@check(fix="Publish a lesson.", page="pilots:register", args=("lessons",))
def lessons_published(pilots, today) -> Failures:
    """A lesson that is for others by now. Two queries."""
    published = Lesson.objects.standing().filter(published_on__lte=today).values("pilot")
    failing = set(pilots.exclude(pk__in=published).values_list("pk", flat=True))
    drafts = Lesson.objects.standing().filter(pilot__in=pilots).order_by().values("pilot")
    counts = dict(drafts.annotate(count=Count("pk")).values_list("pilot", "count"))
    return {pk: _unpublished(counts[pk]) if pk in counts else NONE for pk in failing}


def _unpublished(count: int) -> str:
    return (
        "A lesson is written, but not published." if count == 1 else f"None of {count} lessons is published."
    )
