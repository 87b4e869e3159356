"""What the list of pilots that try the same can be narrowed and sorted by."""

import django_filters
from django.db.models import Q

from pilots.filters import Repeated, Sort, YesNo


class OverlapFilters(django_filters.FilterSet):
    pilot = Repeated(method="by_pilot", label="Key of either pilot, such as PIL-014")
    programme = Repeated(method="by_programme", label="Slug of the programme of either")
    at_least = django_filters.NumberFilter(
        field_name="score", lookup_expr="gte", min_value=0, max_value=1, label="From this score on, 0 to 1"
    )
    told_apart = YesNo(method="by_told_apart", label="Somebody has said that they are not the same")
    sort = Sort(fields={"score": "score", "found_at": "found_at"}, label="Order")

    def by_pilot(self, found, name, keys):
        return found.filter(Q(pilot__key__in=keys) | Q(other__key__in=keys)) if keys else found

    def by_programme(self, found, name, slugs):
        either = Q(pilot__programme__slug__in=slugs) | Q(other__programme__slug__in=slugs)
        return found.filter(either) if slugs else found

    def by_told_apart(self, found, name, told):
        return found.told_apart() if told else found.standing()
