"""The shortcuts that a pilot took, and what putting them right takes."""

from datetime import date

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from pilots.models.entry import Entry
from pilots.rules import LONGEST_TEXT


class Debt(Entry):
    OVER = Q(paid_on__isnull=False)
    MONEY = ("cost",)

    shortcut = models.CharField("shortcut taken", max_length=200)
    change_needed = models.TextField("what must change", max_length=LONGEST_TEXT, blank=True)
    effort_days = models.DecimalField(
        "effort in days",
        max_digits=6,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    cost = models.DecimalField(
        "cost to pay back",
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    pay_back_on = models.DateField("pay back by", null=True, blank=True)
    paid_on = models.DateField("paid back on", null=True, blank=True)

    class Meta:
        ordering = [F("paid_on").desc(nulls_first=True), F("pay_back_on").asc(nulls_last=True), "pk"]
        verbose_name = "shortcut"
        constraints = [
            models.CheckConstraint(condition=~Q(shortcut=""), name="debt_names_a_shortcut"),
            models.CheckConstraint(condition=Q(effort_days__gte=0), name="debt_effort_is_none_or_more"),
            models.CheckConstraint(condition=Q(cost__gte=0), name="debt_cost_is_none_or_more"),
        ]

    def __str__(self):
        return self.shortcut

    @property
    def is_over(self) -> bool:
        return self.paid_on is not None

    def mark(self, today: date) -> tuple[str, str]:
        if self.is_over:
            return "ok", "Paid back"
        late = self.pay_back_on is not None and self.pay_back_on < today
        return ("bad", "Past its day") if late else ("wait", "Open")

    def problems(self) -> dict[str, str]:
        return self.to_come("paid_on")
