"""What going on with a pilot costs and brings."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from pilots.models import Pilot, ScopedQuerySet


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
