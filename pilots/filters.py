"""Filters of lists that say no: a value nobody knows is refused by name, never passed over."""

import django_filters
from django import forms
from django.conf import settings
from django.core.validators import EMPTY_VALUES
from django.utils.module_loading import import_string
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from pilots.choices import Via

LARGEST_ID = 2**63 - 1
LONGEST_TEXT = 200
NOBODY = "none"
MINE = "me"


@extend_schema_field(OpenApiTypes.BOOL)
class YesNo(django_filters.TypedChoiceFilter):
    """`true` or `false`; a BooleanFilter would take any other word for "not asked"."""

    def __init__(self, **kwargs):
        super().__init__(
            choices=[("true", "Yes"), ("false", "No")], coerce=lambda text: text == "true", **kwargs
        )


@extend_schema_field({"type": "integer", "format": "int64", "minimum": 1, "maximum": LARGEST_ID})
class Id(django_filters.Filter):
    """A whole number that can be an id."""

    field_class = forms.IntegerField

    def __init__(self, **kwargs):
        super().__init__(min_value=1, max_value=LARGEST_ID, **kwargs)


class Texts(forms.MultipleChoiceField):
    """Any texts: what they name is looked up, not listed."""

    default_error_messages = {"invalid_choice": "This is not a text that can be looked up."}

    def valid_value(self, value):
        return "\0" not in value and len(value) <= LONGEST_TEXT


@extend_schema_field({"type": "string", "maxLength": LONGEST_TEXT})
class Repeated(django_filters.MultipleChoiceFilter):
    """A parameter given once or more, such as `?phase=pilot&phase=unknown`: any of them matches."""

    field_class = Texts

    def __init__(self, **kwargs):
        super().__init__(distinct=False, **kwargs)


class OwnerTexts(Texts):
    default_error_messages = {"invalid_choice": "Give the id of a person, “me” or “none”."}

    def valid_value(self, value):
        return value in (NOBODY, MINE) or (value.isdecimal() and len(value) < 19)


@extend_schema_field({"type": "string", "pattern": r"^(me|none|\d{1,18})$"})
class Owners(Repeated):
    field_class = OwnerTexts


class Sort(django_filters.OrderingFilter):
    """`?sort=-planned_on,score`, a minus turns the order round. The id comes last: pages never overlap."""

    def filter(self, qs, value):
        if value in EMPTY_VALUES:
            return qs
        return qs.order_by(*(self.get_ordering_value(word) for word in value), "pk")


@extend_schema_field(OpenApiTypes.STR)
class EventTypes(django_filters.MultipleChoiceFilter):
    """Kinds of event, of those any app can announce."""

    def __init__(self, **kwargs):
        super().__init__(choices=_event_types, distinct=False, **kwargs)


def _event_types() -> list[tuple[str, str]]:
    return [(name, name) for name in import_string(settings.EVENT_REACTIONS)]


class EventFilters(django_filters.FilterSet):
    pilot = Repeated(field_name="pilot__key", label="Key of the pilot, such as PIL-014")
    programme = Repeated(field_name="programme__slug", label="Slug of the programme")
    person = Id(field_name="actor_id", label="Id of the person who did it")
    type = EventTypes(field_name="type", label="Kind of event, such as gates.gate_decided")
    via = django_filters.MultipleChoiceFilter(choices=Via.choices, distinct=False, label="Through which door")
    since = django_filters.IsoDateTimeFilter(field_name="at", lookup_expr="gte", label="From this moment on")
    until = django_filters.IsoDateTimeFilter(field_name="at", lookup_expr="lt", label="Before this moment")
