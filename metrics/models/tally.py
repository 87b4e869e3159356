"""What judging remembers of readings long past."""

from django.db import models

from metrics.models.kpi import Kpi


class Tally(models.Model):
    """What all counting readings of a KPI up to a day say, so that judging reads only the later ones.

    Nothing is lost with it: where it is missing or does not fit the KPI any more, all readings are read.
    """

    kpi = models.OneToOneField(Kpi, models.CASCADE, primary_key=True, related_name="tally")
    since = models.DateField()  # from when on readings count
    until = models.DateField()  # the last day in it
    target = models.JSONField()  # what they were held against
    memory = models.JSONField()  # as metrics.verdict gives and takes it
    latest = models.JSONField()  # the last points in it, for the trend: day and value

    def __str__(self):
        return f"{self.kpi_id} until {self.until}"
