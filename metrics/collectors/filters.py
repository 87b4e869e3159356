"""What lists of collectors can be narrowed by."""

import django_filters

from metrics.sources.choices import SourceKind
from pilots.filters import Id, Repeated, YesNo


class CollectorFilters(django_filters.FilterSet):
    pilot = Repeated(field_name="kpi__pilot__key", label="Key of the pilot, such as PIL-014")
    programme = Repeated(field_name="kpi__pilot__programme__slug", label="Slug of the programme")
    kpi = Id(field_name="kpi_id", label="Id of the KPI")
    kind = django_filters.MultipleChoiceFilter(choices=SourceKind.choices, label="Kind", distinct=False)
    failing = YesNo(method="by_failing", label="Got nothing when it last asked")
    paused = YesNo(method="by_paused", label="Asks no more until it is resumed")

    def by_failing(self, collectors, name, wanted):
        return collectors.failing() if wanted else collectors.filter(failures=0)

    def by_paused(self, collectors, name, wanted):
        return collectors.filter(paused_at__isnull=not wanted)
