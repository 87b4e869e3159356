"""What a pilot taught: what happened, and what its people would do differently."""

from datetime import date

from django.db import models
from django.db.models import F, Q

from pilots.choices import Area, LessonKind
from pilots.models.entry import STANDING, Entry
from pilots.rules import LONGEST_LESSON, LONGEST_TEXT


class Lesson(Entry):
    """For others once it is published; until then it is a note of the pilot's own people."""

    OVER = Q(published_on__isnull=False)

    title = models.CharField("what happened", max_length=LONGEST_LESSON)
    advice = models.TextField("what you would do differently", max_length=LONGEST_TEXT, blank=True)
    kind = models.CharField("did it work", max_length=10, choices=LessonKind)
    area = models.CharField(max_length=20, choices=Area, blank=True)
    published_on = models.DateField("published on", null=True, blank=True)

    class Meta:
        ordering = [F("published_on").desc(nulls_last=True), "-pk"]
        indexes = [
            # What is offered to others is looked for from the newest on
            models.Index(fields=["-published_on", "-id"], condition=STANDING, name="lesson_by_day"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="lesson_says_what_happened"),
            models.CheckConstraint(condition=Q(kind__in=LessonKind.values), name="lesson_kind_is_known"),
            models.CheckConstraint(condition=Q(area__in=["", *Area.values]), name="lesson_area_is_known"),
        ]

    def __str__(self):
        return self.title

    @property
    def is_over(self) -> bool:
        return self.published_on is not None

    def mark(self, today: date) -> tuple[str, str]:
        if self.published_on is None:
            return "wait", "Draft"
        return ("ok", "Published") if self.published_on <= today else ("wait", "Not published yet")
