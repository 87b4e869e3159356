"""A KPI's numbers in the API."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers


class Number(serializers.DecimalField):
    """A KPI's number: 14 digits before the point and 6 behind, shown as text so that none is lost."""

    def __init__(self, **options):
        super().__init__(max_digits=20, decimal_places=6, **options)


@extend_schema_field(
    {"oneOf": [{"type": "number"}, {"type": "string", "format": "decimal"}], "example": "12.50"}
)
class NumberSent(Number):
    """A number or a text that is one."""
