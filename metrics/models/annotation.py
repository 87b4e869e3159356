"""Notes that stand on the course of a KPI."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from metrics.models.kpi import Kpi
from pilots import clock
from pilots.models import ScopedQuerySet

LONGEST_NOTE = 200


class AnnotationQuerySet(ScopedQuerySet):
    programme_path = "kpi__pilot__programme_id"

    def standing(self):
        """Those that nobody has removed, oldest day first."""
        return self.filter(removed_at__isnull=True).order_by("on", "pk")


class Annotation(models.Model):
    """What happened on a day that the readings should be seen with: "test set v4", "price change"."""

    kpi = models.ForeignKey(Kpi, models.CASCADE, related_name="annotations")
    on = models.DateField("day")
    text = models.CharField("what happened", max_length=LONGEST_NOTE)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=clock.now, editable=False)
    removed_at = models.DateTimeField(null=True, editable=False)

    objects = AnnotationQuerySet.as_manager()

    class Meta:
        ordering = ["on", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="annotation_says_something")]

    def __str__(self):
        return f"{self.text} ({self.on})"
