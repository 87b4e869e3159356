"""What can be asked about money."""

from dataclasses import dataclass
from datetime import date

from metrics.models import Outlook
from metrics.value.rules import money, outlook_is_stale
from pilots.models import Pilot


@dataclass(frozen=True)
class Money:
    """What going on with a pilot costs and brings, as pages show it. What was spent is not in `net`."""

    outlook: Outlook
    cost: str
    value: str
    net: str
    is_gain: bool
    spent: str  # "" where nobody has said
    is_stale: bool


def money_of(pilot: Pilot, *, today: date) -> Money | None:
    """What was last said about a pilot's money; None while nobody has. A query unless `outlook` is loaded."""
    outlook = getattr(pilot, "outlook", None)
    if outlook is None:
        return None
    net = outlook.value_to_go - outlook.cost_to_go
    return Money(
        outlook=outlook,
        cost=money(outlook.cost_to_go, outlook.currency),
        value=money(outlook.value_to_go, outlook.currency),
        net=money(net, outlook.currency),
        is_gain=net >= 0,
        spent="" if outlook.spent is None else money(outlook.spent, outlook.currency),
        is_stale=outlook_is_stale(as_of=outlook.as_of, today=today),
    )
