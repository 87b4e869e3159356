"""What the list of waivers can be narrowed and sorted by."""

import django_filters

from gates.choices import AskStatus
from pilots.filters import Id, Repeated, Sort


class WaiverFilters(django_filters.FilterSet):
    pilot = Repeated(field_name="assessment__gate__pilot__key", label="Key of the pilot, such as PIL-014")
    programme = Repeated(field_name="assessment__gate__pilot__programme__slug", label="Slug of the programme")
    gate = Id(field_name="assessment__gate_id", label="Id of the gate")
    assessment = Id(field_name="assessment_id", label="Id of the criterion's assessment")
    status = django_filters.MultipleChoiceFilter(
        choices=AskStatus.choices, label="Where it stands", distinct=False
    )
    expires_before = django_filters.DateFilter(
        field_name="expires_on", lookup_expr="lt", label="Ends before this day"
    )
    sort = Sort(fields={"asked_at": "asked_at", "expires_on": "expires_on"}, label="Order")
