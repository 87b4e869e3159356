"""May this thing go to this person, may a handover be undone? Every answer lists the reasons why not; [] is yes."""

from datetime import datetime, timedelta

UNDO_WITHIN = timedelta(days=30)
LONGEST_NOTE = 2_000


def thing_blockers(
    *,
    receiver: str,
    has_left: bool,
    is_member: bool,
    programme: str,
    lacks: str = "",
    signs_as: str = "",
    gate: str = "",
    still_owns: int = 0,
    holder: str = "",
) -> list[str]:
    """Why a thing cannot go to this receiver.

    `lacks` is what the receiver would have to be allowed there. `signs_as` names the role in which one person
    would then sign at the gate of a pilot they own; `still_owns` is how many running pilots the holder would own
    where no role is left.
    """
    if has_left:
        return [f"{receiver} has left."]
    if not is_member:
        return [f"{receiver} has no role in {programme}. Add them to its people first."]
    if lacks:
        return [f"{receiver} may not {lacks} in {programme}."]
    if signs_as:
        return [f"{receiver} signs as {signs_as} at {gate}: nobody owns a pilot and signs at its gate."]
    if still_owns:
        pilots = "a running pilot" if still_owns == 1 else f"{still_owns:,} running pilots"
        return [f"{holder} would still own {pilots} there without a role. Hand those over too."]
    return []


def handover_blockers(*, things: int, to_self: bool, note: str) -> list[str]:
    """Why what was picked cannot be handed over like this."""
    reasons = []
    if not things:
        reasons.append("Choose at least one thing to hand over.")
    if to_self:
        reasons.append("Choose somebody else as the receiver.")
    if not note.strip():
        reasons.append("Write a note: who takes the work over wants to know why, and how far it is.")
    return reasons


def undo_blockers(
    *, done_at: datetime | None, undone: bool, holder_has_left: bool, holder: str, now: datetime
) -> list[str]:
    """Why a handover cannot be undone now."""
    if done_at is None:
        return ["This has not been handed over yet."]
    if undone:
        return ["This has been undone already."]
    if now - done_at > UNDO_WITHIN:
        return [f"This was handed over more than {UNDO_WITHIN.days} days ago. Hand it over anew."]
    return [f"{holder} has left, so nothing can go back."] if holder_has_left else []
