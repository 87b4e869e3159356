"""What a pilot costs on its whole journey: planned and spent, month by month."""

from django.db import models
from django.db.models import Q

from metrics.choices import BudgetKind
from pilots import clock
from pilots.models import Pilot, ScopedQuerySet


class BudgetLineQuerySet(ScopedQuerySet):
    def listed(self):
        """Still counted."""
        return self.filter(archived_at__isnull=True)


class BudgetLine(models.Model):
    """One thing that is paid for."""

    pilot = models.ForeignKey(Pilot, models.CASCADE, related_name="budget_lines")
    kind = models.CharField(max_length=20, choices=BudgetKind)
    name = models.CharField("what it pays for", max_length=200)
    origin = models.CharField(max_length=60, blank=True, editable=False)  # such as pilots.Debt:7
    created_at = models.DateTimeField(default=clock.now, editable=False)
    archived_at = models.DateTimeField(null=True, editable=False)

    objects = BudgetLineQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["pilot", "kind", "name"],
                condition=Q(archived_at__isnull=True),
                name="one_budget_line_per_name",
            ),
            models.UniqueConstraint(
                fields=["pilot", "origin"],
                condition=Q(archived_at__isnull=True) & ~Q(origin=""),
                name="one_budget_line_per_origin",
            ),
            models.CheckConstraint(condition=Q(kind__in=BudgetKind.values), name="budget_kind_is_known"),
        ]

    def __str__(self):
        return self.name


class BudgetPeriodQuerySet(ScopedQuerySet):
    programme_path = "line__pilot__programme_id"

    def counted(self):
        """What enters totals."""
        return self.filter(line__archived_at__isnull=True)


class BudgetPeriod(models.Model):
    """One month of a budget line, in the currency of the programme."""

    line = models.ForeignKey(BudgetLine, models.CASCADE, related_name="periods")
    month = models.DateField()  # its first day
    plan = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    actual = models.DecimalField(max_digits=14, decimal_places=2, null=True)

    objects = BudgetPeriodQuerySet.as_manager()

    class Meta:
        ordering = ["month"]
        constraints = [
            models.UniqueConstraint(fields=["line", "month"], name="one_budget_period_per_month"),
            models.CheckConstraint(
                condition=(Q(plan__isnull=True) | Q(plan__gte=0))
                & (Q(actual__isnull=True) | Q(actual__gte=0)),
                name="budget_has_no_negative_money",
            ),
        ]

    def __str__(self):
        return f"{self.month:%b %Y}"
