"""What the list of amendments can be narrowed and sorted by."""

import django_filters

from gates.choices import AmendedField, AskStatus, Direction
from pilots.filters import Id, Repeated, Sort


class AmendmentFilters(django_filters.FilterSet):
    pilot = Repeated(field_name="gate__pilot__key", label="Key of the pilot, such as PIL-014")
    programme = Repeated(field_name="gate__pilot__programme__slug", label="Slug of the programme")
    gate = Id(field_name="gate_id", label="Id of the gate")
    kpi = Id(field_name="kpi_id", label="Id of the KPI")
    field = django_filters.MultipleChoiceFilter(choices=AmendedField.choices, label="Term", distinct=False)
    direction = django_filters.MultipleChoiceFilter(
        choices=Direction.choices, label="Whether it makes the gate looser or tighter", distinct=False
    )
    status = django_filters.MultipleChoiceFilter(
        choices=AskStatus.choices, label="Where it stands", distinct=False
    )
    sort = Sort(fields={"asked_at": "asked_at", "gate__pilot__key": "pilot"}, label="Order")
