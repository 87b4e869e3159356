"""What the list of versions can be narrowed by."""

import django_filters

from gates.choices import VersionStatus
from pilots.filters import Repeated


class VersionFilters(django_filters.FilterSet):
    playbook = Repeated(field_name="playbook__key", label="Key of the playbook, such as standard")
    status = django_filters.MultipleChoiceFilter(
        choices=VersionStatus.choices, label="Status", distinct=False
    )
