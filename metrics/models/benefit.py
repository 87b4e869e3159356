"""What a pilot brings: benefits, what is expected and claimed month by month, savings that pilots share."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from metrics.choices import Band, BenefitUnit, Pattern
from metrics.models.kpi import Kpi
from pilots import clock
from pilots.models import Pilot, Programme, ScopedQuerySet
from pilots.rules import LONGEST_TEXT


class BenefitPoolQuerySet(ScopedQuerySet):
    programme_path = "programme_id"


class BenefitPool(models.Model):
    """One saving to which several pilots lay claim; their shares are never more than the whole."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="benefit_pools")
    name = models.CharField(max_length=120)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = BenefitPoolQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint("programme", Lower("name"), name="one_pool_per_name")]

    def __str__(self):
        return self.name


class BenefitQuerySet(ScopedQuerySet):
    def listed(self):
        """Still counted."""
        return self.filter(archived_at__isnull=True)


class Benefit(models.Model):
    """One thing that gets better by a pilot, or with `is_disbenefit` worse."""

    pilot = models.ForeignKey(Pilot, models.CASCADE, related_name="benefits")
    name = models.CharField(max_length=120)
    unit = models.CharField("counted in", max_length=10, choices=BenefitUnit)
    rate = models.DecimalField("money per hour", max_digits=8, decimal_places=2, null=True, blank=True)
    rate_source = models.CharField("where the rate comes from", max_length=300, blank=True)
    pattern = models.CharField("how it comes", max_length=10, choices=Pattern)
    is_disbenefit = models.BooleanField("a dis-benefit: it is subtracted", default=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    reckoning = models.TextField("how it is reckoned", max_length=LONGEST_TEXT)
    kpi = models.ForeignKey(Kpi, models.PROTECT, related_name="benefits", null=True, blank=True)
    pool = models.ForeignKey(BenefitPool, models.PROTECT, related_name="benefits", null=True, blank=True)
    share = models.DecimalField(
        "share in percent", max_digits=5, decimal_places=2, null=True, blank=True
    )  # of the pool's saving
    created_at = models.DateTimeField(default=clock.now, editable=False)
    archived_at = models.DateTimeField(null=True, editable=False)

    objects = BenefitQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["pilot", "name"], condition=Q(archived_at__isnull=True), name="one_benefit_per_name"
            ),
            models.CheckConstraint(
                condition=Q(rate__isnull=True, rate_source="")
                | (Q(rate__gt=0, unit=BenefitUnit.HOURS) & ~Q(rate_source="")),
                name="rate_is_of_hours_and_has_a_source",
            ),
            models.CheckConstraint(
                condition=Q(pool__isnull=True, share__isnull=True)
                | Q(pool__isnull=False, share__gt=0, share__lte=100, is_disbenefit=False),
                name="share_is_of_a_pool",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def in_hours(self) -> bool:
        """Whether what counts are hours: nobody has said what one is worth."""
        return self.unit == BenefitUnit.HOURS and self.rate is None


class BenefitPeriodQuerySet(ScopedQuerySet):
    programme_path = "benefit__pilot__programme_id"

    def current(self):
        """As last said; what was corrected after it had been verified is left out."""
        return self.filter(superseded_at__isnull=True)

    def counted(self):
        """What enters totals."""
        return self.current().filter(benefit__archived_at__isnull=True)


class BenefitPeriod(models.Model):
    """One month of a benefit: what was expected, what came, and how far that can be trusted.

    Amounts are of the whole saving, in the benefit's unit. What counts of them (money where an hour has
    a rate; only the share where the saving is shared) is written beside them by metrics.value.actions.
    """

    benefit = models.ForeignKey(Benefit, models.CASCADE, related_name="periods")
    month = models.DateField()  # its first day
    expected = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    actual = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    expected_counts = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    actual_counts = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    band = models.CharField(max_length=10, choices=Band, blank=True)  # of the actual; blank: none yet
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    recorded_at = models.DateTimeField(null=True)  # the actual
    basis = models.TextField(max_length=LONGEST_TEXT, blank=True)  # what shows the actual
    comparison = models.TextField(max_length=LONGEST_TEXT, blank=True)  # why it is the pilot
    supported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    supported_at = models.DateTimeField(null=True)
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    verified_at = models.DateTimeField(null=True)
    verification = models.TextField(max_length=LONGEST_TEXT, blank=True)  # what the verifier looked at
    supersedes = models.OneToOneField("self", models.PROTECT, related_name="superseded_by", null=True)
    correction_reason = models.TextField(max_length=LONGEST_TEXT, blank=True)
    superseded_at = models.DateTimeField(null=True)

    objects = BenefitPeriodQuerySet.as_manager()

    class Meta:
        ordering = ["month", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["benefit", "month"],
                condition=Q(superseded_at__isnull=True),
                name="one_current_period_per_month",
            ),
            models.CheckConstraint(
                condition=Q(actual__isnull=True, band="") | Q(actual__isnull=False, band__in=Band.values),
                name="an_actual_has_a_band",
            ),
            models.CheckConstraint(
                condition=Q(band__in=["", Band.ASSERTED]) | ~Q(basis=""), name="measured_has_a_basis"
            ),
            models.CheckConstraint(
                condition=Q(band__in=["", Band.ASSERTED, Band.MEASURED]) | ~Q(comparison=""),
                name="attributed_has_a_comparison",
            ),
            models.CheckConstraint(
                condition=(Q(band=Band.VERIFIED, verified_by__isnull=False, verified_at__isnull=False))
                | (~Q(band=Band.VERIFIED) & Q(verified_by__isnull=True, verified_at__isnull=True)),
                name="verified_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(supersedes__isnull=True) | ~Q(correction_reason=""),
                name="a_correction_has_a_reason",
            ),
        ]

    def __str__(self):
        return f"{self.month:%b %Y}"
