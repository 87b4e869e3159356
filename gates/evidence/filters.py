"""What lists of evidence can be narrowed by."""

import django_filters

from gates.choices import EvidenceKind
from gates.models import Assessment
from pilots.filters import Id, Repeated, Sort, YesNo


class EvidenceFilters(django_filters.FilterSet):
    pilot = Repeated(field_name="pilot__key", label="Key of the pilot, such as PIL-014")
    gate = Id(method="by_gate", label="Id of the gate")
    assessment = Id(method="by_assessment", label="Id of the assessment")
    kind = django_filters.MultipleChoiceFilter(
        field_name="current__kind", choices=EvidenceKind.choices, label="Kind", distinct=False
    )
    removed = YesNo(method="by_removal", label="Removed or not")
    valid_until_before = django_filters.DateFilter(
        field_name="current__valid_until", lookup_expr="lt", label="No longer counts before this day"
    )
    sort = Sort(
        fields=[("added_at", "added_at"), ("title", "title"), ("current__valid_until", "valid_until")],
        label="Order",
    )

    def by_gate(self, evidence, name, gate_id):
        links = Assessment.evidence.through.objects.filter(assessment__gate=gate_id)
        return evidence.filter(pk__in=links.values("evidence"))

    def by_assessment(self, evidence, name, assessment_id):
        links = Assessment.evidence.through.objects.filter(assessment=assessment_id)
        return evidence.filter(pk__in=links.values("evidence"))

    def by_removal(self, evidence, name, removed):
        return evidence.filter(removed_at__isnull=not removed)
