"""What the list of decisions can be narrowed and sorted by."""

import django_filters

from gates.choices import Outcome, ReasonCode
from pilots.filters import Id, Repeated, Sort, YesNo


class DecisionFilters(django_filters.FilterSet):
    pilot = Repeated(field_name="gate__pilot__key", label="Key of the pilot, such as PIL-014")
    programme = Repeated(field_name="gate__pilot__programme__slug", label="Slug of the programme")
    gate = Id(field_name="gate_id", label="Id of the gate")
    outcome = django_filters.MultipleChoiceFilter(choices=Outcome.choices, label="Outcome", distinct=False)
    reason_code = django_filters.MultipleChoiceFilter(
        choices=ReasonCode.choices, label="Kind of reason", distinct=False
    )
    override = YesNo(method="by_override", label="Passed by an override")
    superseded = YesNo(method="by_superseded", label="Corrected since")
    sort = Sort(fields={"decided_at": "decided_at", "gate__pilot__key": "pilot"}, label="Order")

    def by_override(self, decisions, name, wanted):
        return decisions.exclude(override_reason="") if wanted else decisions.filter(override_reason="")

    def by_superseded(self, decisions, name, wanted):
        return decisions.filter(superseded_by__isnull=not wanted)
