"""A file of readings, kept between the look at what it would do and doing it."""

from django.conf import settings
from django.db import models

from metrics.models.kpi import Kpi
from pilots import clock
from pilots.models import Pilot


class ReadingFileQuerySet(models.QuerySet):
    def of(self, user):
        """Only one's own; nobody else's exist."""
        return self.filter(by=user) if user.is_authenticated else self.none()


class ReadingFile(models.Model):
    """What somebody sent: its readings, and what could not be read. It says what is meant, and changes nothing."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    sent_at = models.DateTimeField(default=clock.now)
    name = models.CharField(max_length=200)
    kpi = models.ForeignKey(Kpi, models.CASCADE, related_name="+", null=True)  # sent for this one KPI
    pilot = models.ForeignKey(
        Pilot, models.CASCADE, related_name="+", null=True
    )  # or for those of this pilot
    rows = models.JSONField(default=list)  # [row, KPI id, value, moment, sample size, note]
    faults = models.JSONField(default=list)  # [row, column, sentence]
    notes = models.JSONField(default=list)  # sentences
    recorded_at = models.DateTimeField(null=True)
    result = models.JSONField(default=dict)  # once recorded: how many were recorded, the same, conflicting

    objects = ReadingFileQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self):
        return self.name
