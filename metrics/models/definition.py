"""What is measured and how, said once for all pilots that measure it: the KPI library."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from metrics.choices import Direction, KpiKind
from pilots import clock
from pilots.rules import LONGEST_TEXT


class KpiDefinitionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """They belong to the organisation: everybody who is signed in reads them."""
        return self.all() if user.is_authenticated else self.none()

    def listed(self):
        """Those that a KPI can begin to follow."""
        return self.filter(archived_at__isnull=True)


class KpiDefinition(models.Model):
    """A KPI without a pilot. Those that follow it have unit, direction and method from it, as copies kept equal."""

    shipped_as = models.SlugField(max_length=40, blank=True, editable=False)  # its key there; "": made here
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=KpiKind)
    unit = models.CharField(max_length=30)
    direction = models.CharField(max_length=10, choices=Direction)
    measures = models.TextField("what it measures", max_length=LONGEST_TEXT, blank=True)
    method = models.TextField("how it is measured", max_length=LONGEST_TEXT)
    cadence_days = models.PositiveSmallIntegerField("measured every (days)", default=30)
    range_hint = models.TextField("what is usual or acceptable", max_length=LONGEST_TEXT, blank=True)
    pitfalls = models.TextField("what goes wrong with it", max_length=LONGEST_TEXT, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    archived_at = models.DateTimeField(null=True, editable=False)

    objects = KpiDefinitionQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["shipped_as"], condition=~Q(shipped_as=""), name="shipped_definition_is_loaded_once"
            ),
            models.UniqueConstraint(
                Lower("name"), condition=Q(archived_at__isnull=True), name="one_definition_per_name"
            ),
            models.CheckConstraint(
                condition=Q(cadence_days__gte=1), name="cadence_of_definition_is_at_least_a_day"
            ),
            models.CheckConstraint(
                condition=Q(direction__in=Direction.values), name="direction_of_definition_is_known"
            ),
        ]

    def __str__(self):
        return self.name
