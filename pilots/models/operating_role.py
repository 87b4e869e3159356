"""Who holds which role once a pilot is in production."""

from datetime import date

from django.db import models
from django.db.models import Q

from pilots.choices import OperatingDuty
from pilots.models.entry import Entry

ONCE = "This role is in the register already. Change who holds it there."


class OperatingRole(Entry):
    ALONE = ("role", ONCE)

    role = models.CharField(max_length=20, choices=OperatingDuty)
    link = models.URLField("runbook", max_length=500, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = "operating role"
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=OperatingDuty.values), name="operating_role_is_known"
            ),
            models.UniqueConstraint(
                fields=["pilot", "role"],
                condition=Q(removed_at__isnull=True),
                name="one_holder_per_operating_role",
                violation_error_message=ONCE,
            ),
        ]

    def __str__(self):
        return str(OperatingDuty(self.role).label)

    @property
    def alone(self) -> str:
        return self.role

    def mark(self, today: date) -> tuple[str, str]:
        if self.owner is not None:
            return ("ok", "Filled") if self.owner.is_active else ("bad", "Has left")
        return ("ok", "Filled") if self.team else ("bad", "Nobody yet")
