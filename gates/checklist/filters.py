"""What lists of assessments and evidence can be narrowed by."""

import django_filters

from gates.choices import Area, AssessmentState, CriterionKind, EvidenceKind
from gates.models import Assessment
from pilots.filters import Id, Repeated, Sort


class AssessmentFilters(django_filters.FilterSet):
    gate = Id(field_name="gate_id", label="Id of the gate")
    pilot = Repeated(field_name="gate__pilot__key", label="Key of the pilot, such as PIL-014")
    state = django_filters.MultipleChoiceFilter(
        choices=AssessmentState.choices, label="State", distinct=False
    )
    kind = django_filters.MultipleChoiceFilter(choices=CriterionKind.choices, label="Kind", distinct=False)
    area = django_filters.MultipleChoiceFilter(choices=Area.choices, label="Area", distinct=False)


class EvidenceFilters(django_filters.FilterSet):
    pilot = Repeated(field_name="pilot__key", label="Key of the pilot, such as PIL-014")
    gate = Id(method="by_gate", label="Id of the gate")
    assessment = Id(method="by_assessment", label="Id of the assessment")
    kind = django_filters.MultipleChoiceFilter(choices=EvidenceKind.choices, label="Kind", distinct=False)
    sort = Sort(fields=["added_at", "title"], label="Order")

    def by_gate(self, evidence, name, gate_id):
        links = Assessment.evidence.through.objects.filter(assessment__gate=gate_id)
        return evidence.filter(pk__in=links.values("evidence"))

    def by_assessment(self, evidence, name, assessment_id):
        links = Assessment.evidence.through.objects.filter(assessment=assessment_id)
        return evidence.filter(pk__in=links.values("evidence"))
