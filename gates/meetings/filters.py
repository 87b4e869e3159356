"""What the list of gate meetings can be narrowed by."""

import django_filters

from gates.choices import MeetingState
from pilots.filters import Repeated, Sort


class MeetingFilters(django_filters.FilterSet):
    programme = Repeated(field_name="programme__slug", label="Programme")
    state = django_filters.MultipleChoiceFilter(choices=MeetingState.choices, label="State", distinct=False)
    sort = Sort(fields=["starts_at", "title"], label="Order")
