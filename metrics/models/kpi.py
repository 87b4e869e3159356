"""KPIs: what is followed, from where to where."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from metrics.choices import Direction, KpiKind, KpiState
from metrics.models.definition import KpiDefinition
from metrics.rules import Aim, fresh_until
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
        """Fresh, in the acceptable range, and at the target as `metrics.rules.reaches_target` says."""
        return self.fresh(today).filter(IN_RANGE & REACHED, target__isnull=False)

    def in_state(self, state: str, today):
        """Those followed of which `metrics.rules.kpi_state` says this today."""
        if state == KpiState.NO_DATA:
            return self.listed().filter(latest_at__isnull=True)
        if state == KpiState.STALE:
            return self.listed().filter(fresh_until__lt=today)
        fresh = self.fresh(today)
        if state == KpiState.OUT_OF_RANGE:
            return fresh.filter(OUT_OF_RANGE)
        if state == KpiState.NO_TARGET:
            return fresh.filter(IN_RANGE, target__isnull=True)
        return fresh.filter(IN_RANGE, STANDS[KpiState(state)], target__isnull=False)

    def better_than_baseline(self, today):
        """Fresh, and better than before the pilot: measured value."""
        return self.fresh(today).filter(
            Q(direction=Direction.HIGHER, latest_value__gt=F("baseline"))
            | Q(direction=Direction.LOWER, latest_value__lt=F("baseline"))
            | Q(direction=Direction.WITHIN) & _nearer_to_the_band()
        )


IN_RANGE = (Q(lowest__isnull=True) | Q(latest_value__gte=F("lowest"))) & (
    Q(highest__isnull=True) | Q(latest_value__lte=F("highest"))
)
OUT_OF_RANGE = Q(latest_value__lt=F("lowest")) | Q(latest_value__gt=F("highest"))
MEETS = (
    Q(direction=Direction.HIGHER, latest_value__gte=F("target"))
    | Q(direction=Direction.LOWER, latest_value__lte=F("target"))
    | Q(
        direction=Direction.WITHIN,
        latest_value__gte=F("target"),
        latest_value__lte=Coalesce("target_high", "target"),
    )
)
IS_GUARDRAIL = Q(kind=KpiKind.GUARDRAIL)
REACHED = (IS_GUARDRAIL & MEETS) | (~IS_GUARDRAIL & Q(at_target_since__isnull=False))
STEADY = Q(degrading_since__isnull=True)
STANDS = {  # of those that are fresh, in range and have a target
    KpiState.OFF_TARGET: ~REACHED & ~MEETS,
    KpiState.DEGRADING: (REACHED | MEETS) & ~STEADY,
    KpiState.ON_TARGET: REACHED & STEADY,
    KpiState.UNPROVEN: ~REACHED & MEETS & STEADY,
}


def _nearer_to_the_band() -> Q:
    """The newest reading lies less far outside the band than the baseline; as `metrics.rules.outside`."""
    high = Coalesce("target_high", "target")
    below, above = F("target") - F("baseline"), F("baseline") - high  # at most one of them is positive
    return (Q(baseline__lt=F("target")) & _within(F("target") - below, high + below)) | (
        Q(baseline__gt=high) & _within(F("target") - above, high + above)
    )


def _within(low, high) -> Q:
    return Q(latest_value__gt=low, latest_value__lt=high)


class Kpi(models.Model):
    pilot = models.ForeignKey(Pilot, models.CASCADE, related_name="kpis")
    name = models.CharField(max_length=120)
    definition = models.TextField("how it is measured", max_length=LONGEST_TEXT, blank=True)
    follows = models.ForeignKey(  # which says unit, direction and definition of this one
        KpiDefinition, models.PROTECT, related_name="kpis", null=True, blank=True
    )
    kind = models.CharField(max_length=10, choices=KpiKind)
    unit = models.CharField(max_length=30)
    direction = models.CharField(max_length=10, choices=Direction)
    baseline = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    baseline_on = models.DateField("baseline measured on", null=True, blank=True)
    baseline_source = models.CharField("where the baseline comes from", max_length=300, blank=True)
    target = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    target_high = models.DecimalField(  # of a band, whose lower edge is the target
        "upper edge of the band", max_digits=20, decimal_places=6, null=True, blank=True
    )
    target_on = models.DateField("target to be reached by", null=True, blank=True)
    lowest = models.DecimalField(
        "lowest acceptable value", max_digits=20, decimal_places=6, null=True, blank=True
    )
    highest = models.DecimalField(
        "highest acceptable value", max_digits=20, decimal_places=6, null=True, blank=True
    )
    cadence_days = models.PositiveSmallIntegerField("measured every (days)", default=30)
    owner = models.ForeignKey(  # who sees to its readings; None: the pilot's owner
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    counts_from = models.DateField(  # None: from the first reading on
        "readings count from", null=True, blank=True
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)
    archived_at = models.DateTimeField(null=True, editable=False)

    # The newest measurement, copied here by metrics.actions so that no page reads the series for it.
    latest_value = models.DecimalField(max_digits=20, decimal_places=6, null=True, editable=False)
    latest_at = models.DateTimeField(null=True, editable=False)
    fresh_until = models.DateField(null=True, editable=False)  # stale from the day after

    # What the readings say, written by metrics.readings.judging at each change of them or of the target.
    # How old they are is not part of it: stale is stale whatever stands here.
    at_target_since = models.DateField(null=True, editable=False)
    judgement = models.TextField(blank=True, editable=False)  # sentences for people
    degrading_since = models.DateField(null=True, editable=False)
    trend_note = models.TextField(blank=True, editable=False)

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
            models.CheckConstraint(
                condition=Q(target_high__isnull=True)
                | Q(direction=Direction.WITHIN, target__isnull=False, target_high__gte=F("target")),
                name="only_a_band_has_an_upper_edge",
            ),
            models.CheckConstraint(
                condition=Q(direction__in=[Direction.HIGHER, Direction.LOWER])
                | Q(target__isnull=True)
                | Q(target_high__isnull=False),
                name="a_band_has_both_edges",
            ),
            models.CheckConstraint(
                condition=Q(lowest__isnull=True) | Q(highest__isnull=True) | Q(highest__gte=F("lowest")),
                name="range_is_not_upside_down",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def aim(self) -> Aim:
        return Aim(self.direction, self.target, self.target_high, self.lowest, self.highest)

    def renew_freshness(self) -> None:
        """Work out anew how long the newest reading counts. Not saved."""
        self.fresh_until = self.latest_at and fresh_until(
            latest_on=timezone.localdate(self.latest_at), cadence_days=self.cadence_days
        )
