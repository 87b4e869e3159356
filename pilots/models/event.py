"""What happened: audit trail, activity and outbox in one table."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from pilots.models.pilot import Pilot
from pilots.models.programme import Programme
from pilots.models.scope import ScopedQuerySet


class EventQuerySet(ScopedQuerySet):
    programme_path = "programme_id"


class Event(models.Model):
    type = models.CharField(max_length=60)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="events", null=True)
    pilot = models.ForeignKey(Pilot, models.PROTECT, related_name="events", null=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    subject = models.CharField(max_length=80)  # such as gates.Gate:12
    changes = models.JSONField(default=dict)  # field → [before, after]
    data = models.JSONField(default=dict)  # what a reader needs besides
    at = models.DateTimeField()
    dispatched_at = models.DateTimeField(null=True)  # its reactions have been started

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["pilot", "-id"], name="event_by_pilot"),
            models.Index(fields=["id"], condition=Q(dispatched_at__isnull=True), name="event_waiting"),
        ]

    def __str__(self):
        return f"{self.type} of {self.subject}"

    @property
    def in_words(self) -> str:
        """Its type as people read it: "Gate decided"."""
        return type_in_words(self.type)


def type_in_words(type_: str) -> str:
    return type_.split(".", 1)[-1].replace("_", " ").capitalize().replace("Kpi", "KPI")
