"""What lists of KPIs can be narrowed and sorted by."""

from functools import reduce
from operator import or_

import django_filters
from django.db.models import Q
from django.utils import timezone

from metrics.choices import Direction, KpiKind, KpiState
from metrics.models import Kpi
from pilots.filters import LONGEST_TEXT, Id, Repeated, Sort, YesNo


class KpiFilters(django_filters.FilterSet):
    """KPIs still followed, unless archived ones are asked for."""

    pilot = Repeated(field_name="pilot__key", label="Key of the pilot, such as PIL-014")
    programme = Repeated(field_name="pilot__programme__slug", label="Slug of the programme")
    kind = django_filters.MultipleChoiceFilter(choices=KpiKind.choices, label="Kind", distinct=False)
    definition = Id(field_name="follows_id", label="Id of the definition it follows")
    direction = django_filters.ChoiceFilter(choices=Direction.choices, label="Direction")
    q = django_filters.CharFilter(
        field_name="name", lookup_expr="icontains", max_length=LONGEST_TEXT, label="Text in the name"
    )
    state = django_filters.MultipleChoiceFilter(
        choices=KpiState.choices, method="by_state", label="Where it stands today"
    )
    at_target = YesNo(method="by_target", label="At target today, as gates ask it, getting worse or not")
    archived = YesNo(method="by_archived", label="No longer followed")
    sort = Sort(fields={"name": "name", "pilot__key": "pilot", "latest_at": "latest_at"}, label="Order")

    def by_state(self, kpis, name, wanted):
        if not wanted:
            return kpis
        today = timezone.localdate()
        found = (Kpi.objects.in_state(state, today).values("pk") for state in wanted)
        return kpis.filter(reduce(or_, (Q(pk__in=pks) for pks in found)))

    def by_target(self, kpis, name, wanted):
        at_target = Q(pk__in=Kpi.objects.at_target(timezone.localdate()).values("pk"))
        return kpis.filter(at_target if wanted else ~at_target)

    def by_archived(self, kpis, name, wanted):
        return kpis.filter(archived_at__isnull=not wanted)

    def filter_queryset(self, kpis):
        found = super().filter_queryset(kpis)
        return found if self.form.cleaned_data["archived"] != "" else found.listed()
