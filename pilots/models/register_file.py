"""A file of entries of a register, kept between the look at what it would do and doing it."""

from django.conf import settings
from django.db import models

from pilots import clock


class RegisterFileQuerySet(models.QuerySet):
    def of(self, user):
        """Only one's own; nobody else's exist."""
        return self.filter(by=user) if user.is_authenticated else self.none()


class RegisterFile(models.Model):
    """What somebody sent, as texts by column. It says what is meant, and changes nothing."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    sent_at = models.DateTimeField(default=clock.now)
    register = models.CharField(max_length=20)  # its key
    name = models.CharField(max_length=200)
    rows = models.JSONField(default=list)  # [row, {column: text}]
    versions = models.JSONField(default=dict)  # id → version of the entry when the file was sent
    faults = models.JSONField(default=list)  # [row, column, sentence] of what is left out
    notes = models.JSONField(default=list)  # sentences
    recorded_at = models.DateTimeField(null=True)
    result = models.JSONField(default=dict)  # once recorded: how many were new, changed, the same, refused

    objects = RegisterFileQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self):
        return self.name
