"""The groups of people whom a pilot reaches one after the other."""

from datetime import date

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from pilots.models.entry import Entry
from pilots.rules import wave_problems


class Wave(Entry):
    cohort = models.CharField("who", max_length=200)
    cap = models.PositiveIntegerField("people at most", validators=[MinValueValidator(1)])
    planned_on = models.DateField("planned for")
    actual_on = models.DateField("began on", null=True, blank=True)
    users = models.PositiveIntegerField("people who use it", null=True, blank=True)
    trigger = models.CharField("what would roll it back", max_length=300, blank=True)
    tried_on = models.DateField("rolling back was tried on", null=True, blank=True)

    class Meta:
        ordering = ["planned_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(cohort=""), name="wave_names_its_people"),
            models.CheckConstraint(condition=Q(cap__gte=1), name="wave_has_room_for_somebody"),
        ]

    def __str__(self):
        return self.cohort

    @property
    def adoption(self) -> int | None:
        """Percent of the people it may have who use it; None where nobody has counted."""
        return None if self.users is None else round(100 * self.users / self.cap)

    def mark(self, today: date) -> tuple[str, str]:
        if self.actual_on is None:
            return ("bad", "Late") if self.planned_on < today else ("wait", "Planned")
        if self.adoption is None:
            return "ok", "Begun"
        return "ok", f"Begun, {self.adoption}% use it"

    def problems(self) -> dict[str, str]:
        contradicts = wave_problems(cap=self.cap, users=self.users, has_begun=self.actual_on is not None)
        return contradicts | self.to_come("actual_on", "tried_on")
