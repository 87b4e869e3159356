"""The rules of freezing: may this happen now, and is a freeze due? Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from gates.choices import CURRENT
from gates.rules import freeze_day, freeze_moment


@dataclass(frozen=True)
class Frozen:
    """A pack that Pilotage froze by itself: for the freeze of which day, and when it did."""

    freeze_on: date
    frozen_at: datetime


def freeze_blockers(*, gate_status: str) -> list[str]:
    """Why nothing can be frozen at this gate now."""
    return [] if gate_status in CURRENT else ["This gate is not open, so there is nothing to freeze."]


def freeze_due(
    planned_on: date | None,
    days_before: int,
    *,
    frozen: Iterable[Frozen] = (),
    now: datetime,
    zone: tzinfo,
) -> date | None:
    """The day of the evidence freeze that a request for review wants its pack of now; None: no pack is due.

    Due from the moment of the freeze on, unless one of the packs `frozen` for this very request stands for
    that day, or was frozen since that moment (the plan has moved back to a day that is past).
    """
    day = freeze_day(planned_on, days_before)
    if day is None:
        return None
    moment = freeze_moment(day, zone)
    done = any(pack.freeze_on == day or pack.frozen_at >= moment for pack in frozen)
    return None if done or now < moment else day
