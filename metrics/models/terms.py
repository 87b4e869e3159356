"""On what terms the KPIs of a pilot count as at target, where its gate asks for other than the usual ones."""

from django.db import models
from django.db.models import Q

from metrics.choices import KpiKind
from metrics.verdict import Terms
from pilots.models import Pilot


class AskedTerms(models.Model):
    """Of the KPIs of one kind of one pilot. Written by the gates, with the gate that is open."""

    pilot = models.ForeignKey(Pilot, models.CASCADE, related_name="asked_terms")
    kind = models.CharField(max_length=10, choices=KpiKind)
    readings = models.PositiveSmallIntegerField()
    hold = models.PositiveSmallIntegerField()
    confidence = models.DecimalField(max_digits=4, decimal_places=1)  # percent
    asked_by = models.CharField(max_length=200)  # the criteria, such as "G3 V2"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pilot", "kind"], name="one_set_of_terms_per_kind"),
            models.CheckConstraint(
                condition=Q(readings__gte=2, hold__gte=1, confidence__gte=50, confidence__lt=100),
                name="terms_can_be_judged_by",
            ),
        ]

    def __str__(self):
        return f"{self.asked_by}: {self.terms}"

    @property
    def terms(self) -> Terms:
        return Terms(alpha=float(1 - self.confidence / 100), minimum_readings=self.readings, hold=self.hold)
