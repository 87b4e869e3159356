"""May this be signed, may this person stand in? Every answer is the list of reasons why not; [] means yes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from gates.choices import GateStatus


def sign_blockers(
    *,
    gate_status: str,
    is_owner: bool,
    no_seat: Sequence[str] = (),
    signed_by: str = "",
    counted_already: bool = False,
    role: str = "",
) -> list[str]:
    """Why this person cannot sign in this seat now.

    `no_seat`: why the seat is not theirs to sign. `signed_by` names another who has signed in this very
    seat, on what is still so; `counted_already` says that this person has signed in this role in another
    seat.
    """
    if gate_status != GateStatus.SUBMITTED:
        return [only_in_review(gate_status)]
    if is_owner:
        return ["Owners do not sign at their own gates."]
    if no_seat:
        return list(no_seat)
    if signed_by:
        return [f"{signed_by} has signed here as {role} already."]
    if counted_already:
        return [f"You have signed as {role} already; one person counts once in a role. Take that back first."]
    return []


@dataclass(frozen=True)
class Lent:
    """One person lets another sign for them from one day to another, unless one of them has ended it."""

    starts_on: date
    ends_on: date
    ended: bool = False


def stand_in_blockers(
    *,
    holder: str,
    role: str = "",
    has_left: bool,
    owns_pilot: bool,
    holds_role: bool,
    lent: Sequence[Lent],
    today: date,
) -> list[str]:
    """Why somebody cannot sign for `holder`, in `role` or, where none is named, in any.

    `lent` is what the holder has lent to who wants to sign, for the programme of this gate.
    """
    if has_left:
        return [f"{holder} has left."]
    if owns_pilot:
        return [f"{holder} owns this pilot, so nobody signs for them here."]
    if not holds_role:
        return [f"{holder} does not sign {f'as {role}' if role else 'in any role'} at this gate."]
    kept = [one for one in lent if not one.ended]
    if any(one.starts_on <= today <= one.ends_on for one in kept):
        return []
    ahead = [one.starts_on for one in kept if one.starts_on > today]
    if ahead:
        return [f"{holder} lets you sign for them only from {min(ahead):%-d %b %Y} on."]
    if kept and len(kept) == len(lent):
        return [f"{holder} let you sign for them only until {max(one.ends_on for one in kept):%-d %b %Y}."]
    return [
        f"{holder} no longer lets you sign for them."
        if lent
        else f"{holder} does not let you sign for them here."
    ]


def withdraw_blockers(*, gate_status: str, is_yours: bool, is_signed: bool) -> list[str]:
    """Why this sign-off cannot be taken back now."""
    if gate_status != GateStatus.SUBMITTED:
        return [only_in_review(gate_status)]
    if not is_yours:
        return ["Only who signed, or the person signed for, takes a sign-off back."]
    return [] if is_signed else ["There is no sign-off here to take back."]


def only_in_review(gate_status: str) -> str:
    """Why nothing is signed at a gate of this status."""
    if gate_status == GateStatus.DECIDED:
        return "This gate has been decided, so nothing is signed any more."
    return "A gate is signed while it is in review. Its owner has to ask for the review first."


def naming_blockers(*, role: str, is_active: bool, is_member: bool, name: str) -> list[str]:
    """Why this person cannot be named for a gatekeeper role in a programme."""
    if role.casefold() == "sponsor":
        return ["The sponsor is named on each pilot, not here."]
    if not is_active:
        return [f"{name} has left."]
    return [] if is_member else [f"{name} has no role in this programme. Add them to its people first."]


def delegation_blockers(
    *,
    to_self: bool,
    receiver_active: bool,
    receiver_sees: bool,
    receiver: str,
    starts_on: date,
    ends_on: date,
    reason: str,
    today: date,
) -> list[str]:
    """Why signing cannot be handed to this person for this time."""
    reasons = []
    if to_self:
        reasons.append("Choose somebody else: you sign for yourself anyway.")
    elif not receiver_active:
        reasons.append(f"{receiver} has left.")
    elif not receiver_sees:
        reasons.append(f"{receiver} has no role there, so could not open the gates.")
    if ends_on < starts_on:
        reasons.append("The last day is before the first.")
    elif ends_on < today:
        reasons.append("The last day has passed already.")
    if not reason.strip():
        reasons.append("Say why, so that others understand it.")
    return reasons
