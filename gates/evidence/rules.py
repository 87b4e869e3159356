"""The rules of evidence: may this happen now, and until when does it count? Pure, no database, no clock."""

import hashlib
from collections.abc import Iterable
from datetime import date

from gates.choices import CURRENT

MB = 1024 * 1024


def stale_from(
    *, lapses_on: date | None, valid_until: Iterable[date | None] = (), at_latest: date | None = None
) -> date | None:
    """From which day on a met criterion no longer counts; None means that no such day is known.

    `lapses_on` is the end of the validity that the playbook gives the criterion, `valid_until` one day
    (or None) for each piece in force behind it. Of dated pieces one that is valid is enough, so the last
    day decides; undated ones neither prolong nor shorten it. Whichever ends first counts.

    `at_latest` is the day known before when evidence is only taken away: that never makes a criterion
    count for longer.
    """
    dated = [day for day in valid_until if day is not None]
    ends = [lapses_on, max(dated, default=None), at_latest]
    return min((day for day in ends if day is not None), default=None)


def fingerprint(*, kind: str, link: str, note: str) -> str:
    """SHA-256 in hex over the canonical text of a note or a link."""
    return hashlib.sha256(f"{kind}\n{link}\n{note}".encode()).hexdigest()


def expired_sentence(stale_on: date | None) -> str:
    """What a criterion says that is met and no longer counts since that day."""
    return f"What showed this expired on {stale_on.day} {stale_on:%b %Y}." if stale_on else ""


def expired_blockers(*, stale_on: date | None) -> list[str]:
    """Why saying once more that a criterion is met does not make it count."""
    return [f"{expired_sentence(stale_on)} Replace it, or add evidence that is valid."]


def evidence_blockers(*, gate_status: str) -> list[str]:
    """Why no evidence can be added to this gate, or taken from it, now."""
    return [] if gate_status in CURRENT else ["This gate is not open, so no evidence can be added."]


def link_blockers(*, gate_status: str, same_pilot: bool, removed: bool) -> list[str]:
    """Why a piece that is there cannot serve this criterion too."""
    reasons = evidence_blockers(gate_status=gate_status)
    if not same_pilot:
        reasons.append("Evidence serves the criteria of its own pilot only.")
    if removed:
        reasons.append("This evidence has been removed.")
    return reasons


def reading_blockers(
    *, counts: bool, followed: bool, same_pilot: bool = True, removed: bool = False
) -> list[str]:
    """Why a piece of evidence cannot show this reading of a KPI."""
    reasons = []
    if not followed:
        reasons.append("This KPI is no longer followed.")
    if not counts:
        reasons.append("This reading no longer counts, so its evidence stays as it is.")
    if not same_pilot:
        reasons.append("Evidence shows readings of its own pilot only.")
    if removed:
        reasons.append("This evidence has been removed.")
    return reasons


def unlink_blockers(*, gate_status: str, reason: str) -> list[str]:
    """Why a piece cannot be taken away from this criterion."""
    reasons = []
    if gate_status not in CURRENT:
        reasons.append("This gate is not open, so its evidence stays as it is.")
    if not reason.strip():
        reasons.append("Say why it no longer serves this criterion.")
    return reasons


def change_blockers(*, removed: bool, under_way: bool) -> list[str]:
    """Why a piece of evidence cannot be replaced or removed. `under_way`: its pilot has an open gate."""
    if removed:
        return ["This evidence has been removed."]
    return [] if under_way else ["This pilot has no open gate, so its evidence stays as it is."]


def removal_blockers(*, removed: bool, under_way: bool, reason: str) -> list[str]:
    """Why a piece of evidence cannot be removed for this reason."""
    reasons = change_blockers(removed=removed, under_way=under_way)
    return reasons if reasons or reason.strip() else ["Say why it is removed."]


def validity_problem(*, valid_until: date | None, today: date) -> str:
    """Why evidence given today cannot count until this day; "" when it can."""
    passed = valid_until is not None and valid_until <= today
    return "Give a day in the future, or leave it empty when it does not expire." if passed else ""


def room_problem(*, held: int, size: int, limit: int) -> str:
    """Why a pilot that holds files of so many bytes cannot take one more; "" when it can."""
    if held + size <= limit:
        return ""
    return (
        f"The files of this pilot take up {held / MB:,.0f} MB; with this one they would be more than"
        f" the {limit / MB:,.0f} MB that a pilot may have."
    )
