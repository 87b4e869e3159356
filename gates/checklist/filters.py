"""What lists of assessments can be narrowed by."""

import django_filters

from gates.choices import Area, AssessmentState, CriterionKind
from pilots.filters import Id, Repeated


class AssessmentFilters(django_filters.FilterSet):
    gate = Id(field_name="gate_id", label="Id of the gate")
    pilot = Repeated(field_name="gate__pilot__key", label="Key of the pilot, such as PIL-014")
    state = django_filters.MultipleChoiceFilter(
        choices=AssessmentState.choices, label="State", distinct=False
    )
    kind = django_filters.MultipleChoiceFilter(choices=CriterionKind.choices, label="Kind", distinct=False)
    area = django_filters.MultipleChoiceFilter(choices=Area.choices, label="Area", distinct=False)
