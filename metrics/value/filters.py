"""What lists of value can be narrowed and sorted by."""

import django_filters

from metrics.choices import BenefitUnit, BudgetKind, Pattern
from pilots.filters import LONGEST_TEXT, Id, Repeated, Sort, YesNo


class BenefitFilters(django_filters.FilterSet):
    """Benefits still counted, unless others are asked for."""

    pilot = Repeated(field_name="pilot__key", label="Key of the pilot, such as PIL-014")
    programme = Repeated(field_name="pilot__programme__slug", label="Slug of the programme")
    unit = django_filters.ChoiceFilter(choices=BenefitUnit.choices, label="Counted in")
    pattern = django_filters.ChoiceFilter(choices=Pattern.choices, label="How it comes")
    disbenefit = YesNo(field_name="is_disbenefit", label="Is it subtracted?")
    pool = Id(field_name="pool_id", label="Id of the shared saving")
    q = django_filters.CharFilter(
        field_name="name", lookup_expr="icontains", max_length=LONGEST_TEXT, label="Text in the name"
    )
    archived = YesNo(method="by_archived", label="No longer counted")
    sort = Sort(fields={"name": "name", "pilot__key": "pilot"}, label="Order")

    def by_archived(self, benefits, name, wanted):
        return benefits.filter(archived_at__isnull=not wanted)

    def filter_queryset(self, benefits):
        found = super().filter_queryset(benefits)
        return found if self.form.cleaned_data["archived"] != "" else found.listed()


class PoolFilters(django_filters.FilterSet):
    programme = Repeated(field_name="programme__slug", label="Slug of the programme")


class BudgetLineFilters(django_filters.FilterSet):
    """Budget lines still counted, unless others are asked for."""

    pilot = Repeated(field_name="pilot__key", label="Key of the pilot, such as PIL-014")
    programme = Repeated(field_name="pilot__programme__slug", label="Slug of the programme")
    kind = django_filters.MultipleChoiceFilter(choices=BudgetKind.choices, label="Kind", distinct=False)
    archived = YesNo(method="by_archived", label="No longer counted")

    def by_archived(self, lines, name, wanted):
        return lines.filter(archived_at__isnull=not wanted)

    def filter_queryset(self, lines):
        found = super().filter_queryset(lines)
        return found if self.form.cleaned_data["archived"] != "" else found.listed()
