"""What can be asked about value."""

from metrics.value.queries.outlook import Money, money_of

__all__ = ["Money", "money_of"]
