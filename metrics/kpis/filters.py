"""What lists of KPIs can be narrowed and sorted by."""

import django_filters

from metrics.choices import Direction, KpiKind
from pilots.filters import LONGEST_TEXT, Repeated, Sort, YesNo


class KpiFilters(django_filters.FilterSet):
    """KPIs still followed, unless archived ones are asked for."""

    pilot = Repeated(field_name="pilot__key", label="Key of the pilot, such as PIL-014")
    programme = Repeated(field_name="pilot__programme__slug", label="Slug of the programme")
    kind = django_filters.MultipleChoiceFilter(choices=KpiKind.choices, label="Kind", distinct=False)
    direction = django_filters.ChoiceFilter(choices=Direction.choices, label="Direction")
    q = django_filters.CharFilter(
        field_name="name", lookup_expr="icontains", max_length=LONGEST_TEXT, label="Text in the name"
    )
    archived = YesNo(method="by_archived", label="No longer followed")
    sort = Sort(fields={"name": "name", "pilot__key": "pilot", "latest_at": "latest_at"}, label="Order")

    def by_archived(self, kpis, name, wanted):
        return kpis.filter(archived_at__isnull=not wanted)

    def filter_queryset(self, kpis):
        found = super().filter_queryset(kpis)
        return found if self.form.cleaned_data["archived"] != "" else found.listed()
