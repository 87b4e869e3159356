"""The executive facts of one programme, counted in the background so that the page only reads."""

from django.db import models

from pilots.models import Programme, ScopedQuerySet


class SummaryQuerySet(ScopedQuerySet):
    programme_path = "programme_id"


class Summary(models.Model):
    programme = models.OneToOneField(Programme, models.CASCADE, related_name="summary")
    facts = models.JSONField(default=dict)
    computed_at = models.DateTimeField()
    last_event = models.PositiveBigIntegerField(default=0)  # what it has seen; later events make it stale

    objects = SummaryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "summaries"

    def __str__(self):
        return f"{self.programme} at {self.computed_at:%Y-%m-%d %H:%M}"
