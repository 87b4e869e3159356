"""What is done so that the people who are to work with a pilot can and want to."""

from datetime import date

from django.db import models
from django.db.models import F, Q

from pilots.choices import ChangeKind
from pilots.models.entry import Entry
from pilots.rules import LONGEST_TEXT, change_problems


class ChangeStep(Entry):
    OVER = Q(done_on__isnull=False)

    kind = models.CharField(max_length=15, choices=ChangeKind)
    what = models.CharField("what is done", max_length=200)
    audience = models.CharField("for whom", max_length=200, blank=True)
    planned_on = models.DateField("planned for", null=True, blank=True)
    done_on = models.DateField("done on", null=True, blank=True)
    outcome = models.TextField("what came of it", max_length=LONGEST_TEXT, blank=True)

    class Meta:
        ordering = [F("planned_on").asc(nulls_last=True), "pk"]
        verbose_name = "step of change"
        verbose_name_plural = "steps of change"
        constraints = [
            models.CheckConstraint(condition=~Q(what=""), name="change_says_what_is_done"),
            models.CheckConstraint(condition=Q(kind__in=ChangeKind.values), name="change_kind_is_known"),
        ]

    def __str__(self):
        return self.what

    @property
    def is_over(self) -> bool:
        return self.done_on is not None

    def mark(self, today: date) -> tuple[str, str]:
        if self.is_over:
            return "ok", "Done"
        if self.planned_on is None:
            return "none", "No day yet"
        return ("bad", "Late") if self.planned_on < today else ("wait", "Planned")

    def problems(self) -> dict[str, str]:
        contradicts = change_problems(kind=self.kind, is_done=self.is_over, outcome=self.outcome)
        return contradicts | self.to_come("done_on")
