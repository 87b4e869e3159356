"""The shapes of value in the API. Nothing here saves."""

from metrics.value.serializers.outlook import AmountSent, OutlookSent, OutlookShown

__all__ = ["AmountSent", "OutlookSent", "OutlookShown"]
