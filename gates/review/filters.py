"""What the list of gates can be narrowed by once there are reviews, and a gate's feedback."""

import django_filters
from django.utils import timezone

from gates.choices import FeedbackLevel
from gates.journey import filters
from gates.review.turns import reviews_of
from pilots.filters import Repeated, YesNo


class GateFilters(filters.GateFilters):
    waiting_for_me = YesNo(method="by_turn", label="In review, and yours to sign or to decide")

    def by_turn(self, gates, name, wanted):
        mine = reviews_of(self.request.user, today=timezone.localdate()).order_by().values("pk")
        return gates.filter(pk__in=mine) if wanted else gates.exclude(pk__in=mine)


class FeedbackFilters(django_filters.FilterSet):
    criterion = Repeated(field_name="assessment__criterion__key", label="Key of the criterion, such as T1")
    level = django_filters.MultipleChoiceFilter(choices=FeedbackLevel.choices, label="Level", distinct=False)
