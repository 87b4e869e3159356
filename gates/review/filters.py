"""What a gate's feedback can be narrowed by."""

import django_filters

from gates.choices import FeedbackLevel
from pilots.filters import Repeated


class FeedbackFilters(django_filters.FilterSet):
    criterion = Repeated(field_name="assessment__criterion__key", label="Key of the criterion, such as T1")
    level = django_filters.MultipleChoiceFilter(choices=FeedbackLevel.choices, label="Level", distinct=False)
