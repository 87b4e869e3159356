"""What was weighed before a pilot was built or bought. What was decided stands on the pilot itself."""

from datetime import date

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from pilots.choices import Approach, OptionVerdict
from pilots.models.entry import Entry
from pilots.rules import LONGEST_TEXT, option_problems

ONCE = "Another option is chosen already. Reject that one first."


class Option(Entry):
    OVER = ~Q(verdict=OptionVerdict.CONSIDERED)
    MONEY = ("yearly_cost",)
    ALONE = ("verdict", ONCE)

    name = models.CharField("option", max_length=200)
    approach = models.CharField(max_length=20, choices=Approach)
    vendor = models.CharField(max_length=200, blank=True)
    model_name = models.CharField("AI model", max_length=200, blank=True)
    fit = models.TextField("fit to the workflow", max_length=LONGEST_TEXT, blank=True)
    yearly_cost = models.DecimalField(
        "cost a year",
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    verdict = models.CharField(max_length=10, choices=OptionVerdict, default=OptionVerdict.CONSIDERED)
    reason = models.TextField(max_length=LONGEST_TEXT, blank=True)
    decided_on = models.DateField("decided on", null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="option_has_a_name"),
            models.CheckConstraint(
                condition=Q(approach__in=Approach.values), name="option_approach_is_known"
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=OptionVerdict.values), name="option_verdict_is_known"
            ),
            models.CheckConstraint(condition=Q(yearly_cost__gte=0), name="option_cost_is_none_or_more"),
            models.UniqueConstraint(
                fields=["pilot"],
                condition=Q(verdict=OptionVerdict.CHOSEN, removed_at__isnull=True),
                name="one_chosen_option_per_pilot",
                violation_error_message=ONCE,
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def is_over(self) -> bool:
        return self.verdict != OptionVerdict.CONSIDERED

    @property
    def alone(self) -> str:
        return self.verdict if self.verdict == OptionVerdict.CHOSEN else ""

    def mark(self, today: date) -> tuple[str, str]:
        if self.verdict == OptionVerdict.CONSIDERED:
            return "wait", "Considered"
        if self.verdict == OptionVerdict.REJECTED:
            return "none", "Rejected"
        if self.pilot.approach and self.pilot.approach != self.approach:
            return "warn", f"Chosen, but the pilot says {Approach(self.pilot.approach).label}"
        return "ok", "Chosen"

    def problems(self) -> dict[str, str]:
        contradicts = option_problems(verdict=self.verdict, fit=self.fit, reason=self.reason)
        return contradicts | self.to_come("decided_on")
