"""What was sent to whom for which obligation and step: unique, so nothing is sent twice."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from gates.choices import DeliveryStatus, Standing
from gates.models.gate import Gate
from pilots.models import AppendOnly, Event, Pilot, ScopedQuerySet
from pilots.models.scope import AppendOnlyQuerySet


class Letter(AppendOnly):
    """A mail as it was written once for several people: an invitation, minutes. Whom it goes to, deliveries say."""

    event = models.OneToOneField(Event, models.PROTECT, related_name="letter")
    subject = models.CharField(max_length=300)
    text = models.TextField()  # between the greeting and the link
    html = models.TextField()  # the same
    link = models.CharField(max_length=500)
    link_text = models.CharField(max_length=100)
    calendar = models.TextField(blank=True)  # what a calendar takes from it (RFC 5545)
    method = models.CharField(max_length=10, blank=True)  # what a calendar does with that (RFC 5546)
    written_at = models.DateTimeField()

    objects = AppendOnlyQuerySet.as_manager()

    def __str__(self):
        return self.subject


class DeliveryQuerySet(ScopedQuerySet):
    def waiting(self):
        return self.filter(status=DeliveryStatus.WAITING)

    def free(self, now):
        """Waiting, and neither in another worker's hands nor resting after a failure."""
        return self.waiting().filter(Q(lease_until__isnull=True) | Q(lease_until__lte=now))


class Delivery(models.Model):
    # About a gate of a pilot, or else the letter that goes out.
    pilot = models.ForeignKey(Pilot, models.CASCADE, related_name="deliveries", null=True)
    gate = models.ForeignKey(Gate, models.CASCADE, related_name="deliveries", null=True)
    letter = models.ForeignKey(Letter, models.PROTECT, related_name="deliveries", null=True)
    event = models.ForeignKey(Event, models.PROTECT, related_name="deliveries", null=True)  # null: a reminder
    obligation = models.CharField(max_length=60)  # such as gate:12:2026-11-20 or event:77
    step = models.CharField(max_length=30)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="deliveries")
    standing = models.CharField(max_length=20, choices=Standing)
    channel = models.CharField(max_length=10, default="email")
    message_id = models.CharField(max_length=255, unique=True)  # the same at every attempt

    status = models.CharField(max_length=10, choices=DeliveryStatus, default=DeliveryStatus.WAITING)
    owed_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)  # until then no other worker takes it
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=300, blank=True)  # why the last attempt did not succeed

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["obligation", "step", "recipient", "channel"], name="each_step_is_sent_once"
            ),
            models.CheckConstraint(
                condition=Q(status=DeliveryStatus.SENT) ^ Q(sent_at__isnull=True),
                name="sent_delivery_has_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(letter__isnull=True, gate__isnull=False, pilot__isnull=False)
                | Q(letter__isnull=False, gate__isnull=True, pilot__isnull=True, event__isnull=False),
                name="delivery_is_of_a_gate_or_a_letter",
            ),
        ]
        indexes = [
            models.Index(
                fields=["lease_until"],
                condition=Q(status=DeliveryStatus.WAITING),
                name="delivery_waiting",
            ),
        ]

    def __str__(self):
        return f"{self.obligation} {self.step} to {self.recipient}"
