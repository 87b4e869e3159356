"""What the list of gates can be narrowed and sorted by."""

import django_filters
from django.utils import timezone

from gates.choices import GateStatus, WaitingOn
from gates.models import Gate
from pilots.filters import Repeated, Sort, YesNo


class GateFilters(django_filters.FilterSet):
    pilot = Repeated(field_name="pilot__key", label="Key of the pilot, such as PIL-014")
    programme = Repeated(field_name="pilot__programme__slug", label="Slug of the programme")
    status = django_filters.MultipleChoiceFilter(choices=GateStatus.choices, label="Status", distinct=False)
    waiting = django_filters.MultipleChoiceFilter(
        field_name="waiting_on", choices=WaitingOn.choices, label="Waiting on", distinct=False
    )
    overdue = YesNo(method="by_overdue", label="Planned day passed without a decision")
    passes = YesNo(field_name="passes", label="Ready: nothing is in the way")
    sort = Sort(
        fields={
            "pilot__key": "pilot",
            "planned_on": "planned_on",
            "score": "score",
            "blocker_count": "blockers",
        },
        label="Order",
    )

    def by_overdue(self, gates, name, wanted):
        overdue = Gate.objects.overdue(timezone.localdate())
        return gates.filter(pk__in=overdue) if wanted else gates.exclude(pk__in=overdue)
