"""The systems that a pilot has to work with, and how."""

from datetime import date

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from pilots.choices import Direction, IntegrationState, Method
from pilots.models.entry import Entry
from pilots.rules import integration_problems


class Integration(Entry):
    OVER = Q(state=IntegrationState.DROPPED)
    MONEY = ("cost",)

    system = models.CharField(max_length=200)
    direction = models.CharField("data goes", max_length=10, choices=Direction)
    method = models.CharField(max_length=10, choices=Method)
    state = models.CharField(max_length=10, choices=IntegrationState, default=IntegrationState.PLANNED)
    live_on = models.DateField("live date", null=True, blank=True)
    hand_off = models.CharField("hand-off to a person", max_length=300, blank=True)
    cost = models.DecimalField(
        "cost to build",
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )

    class Meta:
        ordering = ["system", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(system=""), name="integration_has_a_system"),
            models.CheckConstraint(
                condition=Q(direction__in=Direction.values), name="integration_direction_is_known"
            ),
            models.CheckConstraint(condition=Q(method__in=Method.values), name="integration_method_is_known"),
            models.CheckConstraint(
                condition=Q(state__in=IntegrationState.values), name="integration_state_is_known"
            ),
            models.CheckConstraint(condition=Q(cost__gte=0), name="integration_cost_is_none_or_more"),
        ]

    def __str__(self):
        return self.system

    @property
    def is_over(self) -> bool:
        return self.state == IntegrationState.DROPPED

    def mark(self, today: date) -> tuple[str, str]:
        word = str(IntegrationState(self.state).label)
        if self.is_over:
            return "none", word
        if self.state != IntegrationState.LIVE and self.live_on is not None and self.live_on < today:
            return "bad", f"{word}, late"
        if self.method == Method.MANUAL:
            return "warn", f"{word}, by hand"
        return ("ok" if self.state == IntegrationState.LIVE else "wait"), word

    def problems(self) -> dict[str, str]:
        contradicts = integration_problems(state=self.state, has_day=self.live_on is not None)
        return contradicts | (self.to_come("live_on") if self.state == IntegrationState.LIVE else {})
