"""What the list of decisions can be narrowed and sorted by."""

import django_filters

from gates.choices import Outcome
from pilots.filters import Id, Repeated, Sort


class DecisionFilters(django_filters.FilterSet):
    pilot = Repeated(field_name="gate__pilot__key", label="Key of the pilot, such as PIL-014")
    programme = Repeated(field_name="gate__pilot__programme__slug", label="Slug of the programme")
    gate = Id(field_name="gate_id", label="Id of the gate")
    outcome = django_filters.MultipleChoiceFilter(choices=Outcome.choices, label="Outcome", distinct=False)
    sort = Sort(fields={"decided_at": "decided_at", "gate__pilot__key": "pilot"}, label="Order")
