"""What lists of warning signs can be narrowed and sorted by."""

import django_filters

from gates.choices import FailureMode, Sign
from gates.signs.table import signs_of
from pilots.filters import Repeated, Sort, YesNo


class SignFilters(django_filters.FilterSet):
    pilot = Repeated(field_name="pilot__key", label="Key of the pilot, such as PIL-014")
    programme = Repeated(field_name="pilot__programme__slug", label="Slug of the programme")
    sign = django_filters.MultipleChoiceFilter(choices=Sign.choices, label="Sign", distinct=False)
    mode = django_filters.MultipleChoiceFilter(
        choices=FailureMode.choices, method="by_mode", label="Way to fail", distinct=False
    )
    standing = YesNo(method="by_standing", label="Whether it still warns")
    sort = Sort(fields={"since": "since", "until": "until"}, label="Order")

    def by_mode(self, spells, name, modes):
        return spells.filter(sign__in=[key for mode in modes for key in signs_of(mode)]) if modes else spells

    def by_standing(self, spells, name, wanted):
        return spells.filter(until__isnull=wanted)
