"""What was sent to whom for which obligation and step: unique, so nothing is sent twice."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from pilots.models import Pilot


class Delivery(models.Model):
    pilot = models.ForeignKey(Pilot, models.CASCADE, related_name="deliveries")
    obligation = models.CharField(max_length=60)  # such as gate:12:2026-11-20
    step = models.CharField(max_length=30)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=10, default="email")
    message_id = models.CharField(max_length=120, unique=True)
    claimed_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)  # whoever claimed it has until then to send it
    attempts = models.PositiveSmallIntegerField(default=1)
    sent_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["obligation", "step", "recipient", "channel"], name="each_step_is_sent_once"
            )
        ]
        indexes = [
            models.Index(fields=["lease_until"], condition=Q(sent_at__isnull=True), name="delivery_unsent"),
        ]

    def __str__(self):
        return f"{self.obligation} {self.step} to {self.recipient}"
