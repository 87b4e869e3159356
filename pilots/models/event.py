"""What happened: audit trail, activity and outbox in one table."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import Q

from pilots.choices import Via
from pilots.models.pilot import Pilot
from pilots.models.programme import Programme
from pilots.models.scope import ScopedQuerySet

ONLY_THIS = frozenset({"dispatched_at"})  # says nothing about what happened


class EventQuerySet(ScopedQuerySet):
    """Written once: only that its reactions have been started is noted on an event afterwards."""

    programme_path = "programme_id"

    def update(self, **kwargs: Any) -> int:
        _refuse_rewriting(kwargs)
        return super().update(**kwargs)

    def bulk_update(self, objs: Any, fields: Any, batch_size: Any = None) -> int:
        _refuse_rewriting(fields)
        return super().bulk_update(objs, fields, batch_size)

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> list:
        if kwargs.get("update_conflicts"):
            raise TypeError("Events are never changed.")
        return super().bulk_create(objs, *args, **kwargs)

    def delete(self) -> NoReturn:
        raise TypeError("Events are never deleted.")


def _refuse_rewriting(fields: Any) -> None:
    if not set(fields) <= ONLY_THIS:
        raise TypeError("Events are never changed.")


class Event(models.Model):
    type = models.CharField(max_length=60)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="events", null=True)
    pilot = models.ForeignKey(Pilot, models.PROTECT, related_name="events", null=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    subject = models.CharField(max_length=80)  # such as gates.Gate:12
    changes = models.JSONField(default=dict)  # field → [before, after]
    data = models.JSONField(default=dict)  # what a reader needs besides
    at = models.DateTimeField()
    via = models.CharField(max_length=10, choices=Via, blank=True)  # blank: from before this was kept
    request_id = models.CharField(max_length=40, blank=True)  # of the request or task; a command's name
    token = models.CharField(max_length=80, blank=True)  # the name of the API token that was shown
    digest = models.CharField(max_length=64, blank=True)  # of all the above; its seal relies on it
    dispatched_at = models.DateTimeField(null=True)  # its reactions have been started

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["pilot", "-id"], name="event_by_pilot"),
            models.Index(fields=["at"], name="event_by_moment"),
            models.Index(fields=["type", "-id"], name="event_by_type"),
            models.Index(fields=["actor", "-id"], name="event_by_actor"),
            models.Index(fields=["id"], condition=Q(dispatched_at__isnull=True), name="event_waiting"),
        ]

    def __str__(self):
        return f"{self.type} of {self.subject}"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            _refuse_rewriting(kwargs.get("update_fields") or ["all of it"])
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("Events are never deleted.")

    @property
    def in_words(self) -> str:
        """Its type as people read it: "Gate decided"."""
        return type_in_words(self.type)

    @property
    def about(self) -> str:
        """What it happened to, by name, such as a criterion or an entry; blank where the log keeps no name."""
        return next((str(self.data[name]) for name in NAMING if self.data.get(name)), "")


# The facts of an event that name what it is about, the closest first.
NAMING = (
    "criterion",
    "kpi",
    "benefit",
    "question",
    "title",
    "name",
    "text",
    "what",
    "topic",
    "role",
    "person",
    "gate",
    "meeting",
)


def type_in_words(type_: str) -> str:
    return type_.split(".", 1)[-1].replace("_", " ").capitalize().replace("Kpi", "KPI")
