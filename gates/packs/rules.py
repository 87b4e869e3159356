"""The rules of freezing: may this happen now, and is a freeze due? Pure."""

from datetime import date, datetime, tzinfo

from gates.choices import CURRENT
from gates.rules import freeze_day, freeze_moment


def freeze_blockers(*, gate_status: str) -> list[str]:
    """Why nothing can be frozen at this gate now."""
    return [] if gate_status in CURRENT else ["This gate is not open, so there is nothing to freeze."]


def freeze_due(planned_on: date | None, days_before: int, *, now: datetime, zone: tzinfo) -> date | None:
    """The day of the evidence freeze, once its moment has come; None before, and without a plan."""
    day = freeze_day(planned_on, days_before)
    return day if day is not None and freeze_moment(day, zone) <= now else None
