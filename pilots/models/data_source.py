"""Where the data of a pilot comes from, and whether it will keep coming."""

from datetime import date

from django.db import models
from django.db.models import Q

from pilots.choices import DataAccess, Quality, Refresh, Supply
from pilots.models.entry import Entry
from pilots.rules import LONGEST_TEXT, source_problems


class DataSource(Entry):
    name = models.CharField("source", max_length=200)
    refresh = models.CharField("refreshed", max_length=10, choices=Refresh)
    supply = models.CharField("supplied", max_length=10, choices=Supply)
    quality = models.CharField(max_length=10, choices=Quality, blank=True)
    access = models.CharField(max_length=10, choices=DataAccess, default=DataAccess.NONE)
    governance = models.TextField(max_length=LONGEST_TEXT, blank=True)

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = "data source"
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="data_source_has_a_name"),
            models.CheckConstraint(
                condition=Q(refresh__in=Refresh.values), name="data_source_refresh_is_known"
            ),
            models.CheckConstraint(condition=Q(supply__in=Supply.values), name="data_source_supply_is_known"),
            models.CheckConstraint(
                condition=Q(quality__in=["", *Quality.values]), name="data_source_quality_is_known"
            ),
            models.CheckConstraint(
                condition=Q(access__in=DataAccess.values), name="data_source_access_is_known"
            ),
        ]

    def __str__(self):
        return self.name

    def mark(self, today: date) -> tuple[str, str]:
        if self.supply == Supply.AUTOMATED and self.access == DataAccess.LIVE:
            return "ok", "Ready for production"
        if self.access == DataAccess.NONE:
            return "bad", "No access yet"
        return "warn", "By hand" if self.supply == Supply.BY_HAND else "An extract"

    def problems(self) -> dict[str, str]:
        return source_problems(refresh=self.refresh, access=self.access)
