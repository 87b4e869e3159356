"""KPIs and their measurements."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from metrics.choices import Direction, KpiKind, Source
from pilots import clock
from pilots.models import Pilot, ScopedQuerySet
from pilots.rules import LONGEST_TEXT


class KpiQuerySet(ScopedQuerySet):
    def listed(self):
        return self.filter(archived_at__isnull=True)

    def fresh(self, today):
        """Measured within cadence and grace."""
        return self.listed().filter(fresh_until__gte=today)

    def at_target(self, today):
        """Fresh, and at the target or on its better side."""
        return self.fresh(today).filter(
            Q(direction=Direction.HIGHER, latest_value__gte=F("target"))
            | Q(direction=Direction.LOWER, latest_value__lte=F("target"))
        )

    def better_than_baseline(self, today):
        """Fresh, and better than before the pilot: measured value."""
        return self.fresh(today).filter(
            Q(direction=Direction.HIGHER, latest_value__gt=F("baseline"))
            | Q(direction=Direction.LOWER, latest_value__lt=F("baseline"))
        )


class Kpi(models.Model):
    pilot = models.ForeignKey(Pilot, models.CASCADE, related_name="kpis")
    name = models.CharField(max_length=120)
    definition = models.TextField("how it is measured", max_length=LONGEST_TEXT, blank=True)
    kind = models.CharField(max_length=10, choices=KpiKind)
    unit = models.CharField(max_length=30)
    direction = models.CharField(max_length=10, choices=Direction)
    baseline = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    baseline_on = models.DateField("baseline measured on", null=True, blank=True)
    target = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    target_on = models.DateField("target to be reached by", null=True, blank=True)
    cadence_days = models.PositiveSmallIntegerField("measured every (days)", default=30)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    archived_at = models.DateTimeField(null=True, editable=False)

    # The newest measurement, copied here by metrics.actions so that no page reads the series for it.
    latest_value = models.DecimalField(max_digits=20, decimal_places=6, null=True, editable=False)
    latest_at = models.DateTimeField(null=True, editable=False)
    fresh_until = models.DateField(null=True, editable=False)  # stale from the day after

    objects = KpiQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["pilot", "name"], condition=Q(archived_at__isnull=True), name="one_kpi_per_name"
            ),
            models.CheckConstraint(
                condition=Q(baseline__isnull=True) | Q(baseline_on__isnull=False), name="baseline_has_a_date"
            ),
            models.CheckConstraint(
                condition=Q(target__isnull=True) | Q(target_on__isnull=False), name="target_has_a_date"
            ),
            models.CheckConstraint(condition=Q(cadence_days__gte=1), name="cadence_is_at_least_a_day"),
            models.CheckConstraint(
                condition=Q(latest_value__isnull=True, latest_at__isnull=True, fresh_until__isnull=True)
                | Q(latest_value__isnull=False, latest_at__isnull=False, fresh_until__isnull=False),
                name="latest_value_has_its_time",
            ),
            models.CheckConstraint(condition=Q(direction__in=Direction.values), name="direction_is_known"),
        ]

    def __str__(self):
        return self.name


class MeasurementQuerySet(ScopedQuerySet):
    programme_path = "kpi__pilot__programme_id"


class Measurement(models.Model):
    kpi = models.ForeignKey(Kpi, models.CASCADE, related_name="measurements")
    value = models.DecimalField(max_digits=20, decimal_places=6)
    measured_at = models.DateTimeField()
    sample_size = models.PositiveIntegerField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=10, choices=Source, default=Source.FORM)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    recorded_at = models.DateTimeField(default=clock.now, editable=False)

    objects = MeasurementQuerySet.as_manager()

    class Meta:
        ordering = ["-measured_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kpi", "measured_at", "source"], name="one_reading_per_time_and_source"
            )
        ]
        indexes = [models.Index(fields=["kpi", "-measured_at"], name="measurement_by_time")]

    def __str__(self):
        return f"{self.value} on {self.measured_at:%Y-%m-%d}"


class Outlook(models.Model):
    """What going on with a pilot costs and brings, as its owner last said. Money already gone is apart."""

    pilot = models.OneToOneField(Pilot, models.CASCADE, related_name="outlook")
    currency = models.CharField(max_length=3)  # ISO 4217, such as EUR
    cost_to_go = models.DecimalField(max_digits=14, decimal_places=2)  # still to spend until it runs
    value_to_go = models.DecimalField(max_digits=14, decimal_places=2)  # what it brings over the horizon
    horizon_months = models.PositiveSmallIntegerField()
    spent = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)  # None: not known
    as_of = models.DateField()
    basis = models.TextField()  # where the numbers come from
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    updated_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(cost_to_go__gte=0, value_to_go__gte=0)
                & (Q(spent__isnull=True) | Q(spent__gte=0)),
                name="outlook_has_no_negative_money",
            ),
            models.CheckConstraint(condition=Q(horizon_months__gte=1), name="outlook_looks_ahead"),
        ]

    def __str__(self):
        return f"Outlook of {self.pilot}"
