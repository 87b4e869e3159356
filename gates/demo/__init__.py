"""A portfolio to look at: the demo, told through the actions, and made-up portfolios of any size."""

from gates.demo.people import accounts

__all__ = ["accounts"]
