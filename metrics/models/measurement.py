"""The readings of KPIs."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from metrics.choices import Source
from metrics.models.kpi import Kpi
from pilots import clock
from pilots.models import ScopedQuerySet

LONGEST_REASON = 500


class MeasurementQuerySet(ScopedQuerySet):
    programme_path = "kpi__pilot__programme_id"

    def counting(self):
        """Those that nobody has corrected or taken back."""
        return self.filter(corrected_at__isnull=True)


class Measurement(models.Model):
    kpi = models.ForeignKey(Kpi, models.CASCADE, related_name="measurements")
    value = models.DecimalField(max_digits=20, decimal_places=6)
    measured_at = models.DateTimeField()
    sample_size = models.PositiveIntegerField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=10, choices=Source, default=Source.FORM)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    recorded_at = models.DateTimeField(default=clock.now, editable=False)

    # Written once, when a reading turns out to be wrong; from then on it does not count.
    corrected_at = models.DateTimeField(null=True, editable=False)
    corrected_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    correction_reason = models.CharField(max_length=LONGEST_REASON, blank=True)
    superseded_by = models.OneToOneField(  # None: taken back, with nothing in its place
        "self", models.RESTRICT, related_name="supersedes", null=True, editable=False
    )

    objects = MeasurementQuerySet.as_manager()

    class Meta:
        ordering = ["-measured_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kpi", "measured_at", "source"],
                condition=Q(corrected_at__isnull=True),
                name="one_reading_per_time_and_source",
            ),
            models.CheckConstraint(
                condition=Q(corrected_at__isnull=True, correction_reason="", superseded_by__isnull=True)
                | (Q(corrected_at__isnull=False) & ~Q(correction_reason="")),
                name="a_corrected_reading_says_why",
            ),
        ]
        indexes = [models.Index(fields=["kpi", "-measured_at"], name="measurement_by_time")]

    def __str__(self):
        return f"{self.value} on {self.measured_at:%Y-%m-%d}"
