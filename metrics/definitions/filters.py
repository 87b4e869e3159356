"""What the list of definitions can be narrowed and sorted by."""

import django_filters

from metrics.choices import Direction, KpiKind
from pilots.filters import LONGEST_TEXT, Sort, YesNo


class DefinitionFilters(django_filters.FilterSet):
    """Definitions on offer, unless archived ones are asked for."""

    kind = django_filters.MultipleChoiceFilter(choices=KpiKind.choices, label="Kind", distinct=False)
    direction = django_filters.ChoiceFilter(choices=Direction.choices, label="Direction")
    q = django_filters.CharFilter(
        field_name="name", lookup_expr="icontains", max_length=LONGEST_TEXT, label="Text in the name"
    )
    archived = YesNo(method="by_archived", label="No longer on offer")
    sort = Sort(fields={"name": "name", "kind": "kind"}, label="Order")

    def by_archived(self, definitions, name, wanted):
        return definitions.filter(archived_at__isnull=not wanted)

    def filter_queryset(self, definitions):
        found = super().filter_queryset(definitions)
        return found if self.form.cleaned_data["archived"] != "" else found.listed()
