"""What lists of readings can be narrowed by."""

import django_filters

from metrics.choices import Source
from pilots.filters import YesNo


class MeasurementFilters(django_filters.FilterSet):
    """Readings that count, unless corrected ones are asked for."""

    since = django_filters.IsoDateTimeFilter(
        field_name="measured_at", lookup_expr="gte", label="Measured at or after this moment"
    )
    until = django_filters.IsoDateTimeFilter(
        field_name="measured_at", lookup_expr="lte", label="Measured at or before this moment"
    )
    source = django_filters.MultipleChoiceFilter(
        choices=Source.choices, label="Where it came from", distinct=False
    )
    corrected = YesNo(method="by_corrected", label="Superseded or taken back")

    def by_corrected(self, readings, name, wanted):
        return readings.filter(corrected_at__isnull=not wanted)

    def filter_queryset(self, readings):
        found = super().filter_queryset(readings)
        return found if self.form.cleaned_data["corrected"] != "" else found.counting()
