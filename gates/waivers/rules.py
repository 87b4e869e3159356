"""When a waiver may be asked for, decided and revoked, and how one stands. Every list of reasons: [] is yes."""

from datetime import date, timedelta

from gates.choices import ANSWERS, CURRENT, AskStatus, AssessmentState, CriterionKind

# A year: what cannot be met for longer is not waived but changed in the playbook or by an amendment.
LONGEST = timedelta(days=365)
LONGEST_REASON = 2_000  # characters
SHORTEST = timedelta(days=1)
SOON = timedelta(days=30)  # a waiver that ends within these days is shown as expiring


def subject_blockers(*, gate_status: str, kind: str, state: str, stale: bool) -> list[str]:
    """Why this criterion cannot be waived now. `stale`: it is met or waived, but its day has passed."""
    if gate_status not in CURRENT:
        return ["This gate is not open, so nothing of it can be waived."]
    if kind == CriterionKind.KILL:
        return ["A kill criterion cannot be waived: when it comes true, the gate does not pass."]
    if state == AssessmentState.NOT_APPLICABLE:
        return ["This criterion does not apply to this pilot, so there is nothing to waive."]
    if state == AssessmentState.MET and not stale:
        return ["This criterion is met, so there is nothing to waive."]
    return []


def standing_blockers(*, asked: bool, in_force_until: date | None) -> list[str]:
    """Why no further waiver can be asked for: one already waits, or one is in force until this day."""
    if asked:
        return ["A waiver of this criterion has already been asked for."]
    if in_force_until is not None:
        return [f"This criterion is already waived until {written(in_force_until)}."]
    return []


def ask_blockers(*, reason: str, expires_on: date, today: date) -> list[str]:
    """Why a waiver cannot be asked for in these words, to this day."""
    reasons = [] if reason.strip() else ["Say why this criterion should be waived."]
    return reasons + expiry_blockers(expires_on=expires_on, today=today)


def expiry_blockers(*, expires_on: date, today: date) -> list[str]:
    """Why a waiver cannot end on this day."""
    if expires_on < today + SHORTEST:
        return ["A waiver must expire tomorrow or later."]
    if expires_on > today + LONGEST:
        return [f"A waiver lasts at most {LONGEST.days} days, so until {written(today + LONGEST)}."]
    return []


def decision_blockers(
    *, status: str, decided: str, is_asker: bool, owns_pilot: bool, is_responsible: bool
) -> list[str]:
    """Why this person cannot approve or refuse. `decided`: by whom and when it was, for the sentence."""
    if status != AskStatus.ASKED:
        return [already(status, decided)]
    reasons = []
    if is_asker:
        reasons.append("Whoever asked for a waiver does not decide on it.")
    if owns_pilot:
        reasons.append("Owners do not decide on waivers for their own pilots.")
    elif is_responsible:
        reasons.append("Whoever has to show a criterion does not decide on its waiver.")
    return reasons


def already(status: str, decided: str) -> str:
    """`This waiver has already been approved by Ana Anders on 3 Mar 2026.`"""
    if status == AskStatus.ENDED:
        return "This waiver has ended by itself."
    return (
        f"This waiver has already been {AskStatus(status).label.lower()}{f' {decided}' if decided else ''}."
    )


def refusal_blockers(*, note: str) -> list[str]:
    return [] if note.strip() else ["Say why the waiver is refused."]


def withdrawal_blockers(*, status: str, decided: str, is_asker: bool) -> list[str]:
    """Why this person cannot withdraw the question."""
    if status != AskStatus.ASKED:
        return [already(status, decided)]
    return [] if is_asker else ["Only the person who asked for a waiver can withdraw it."]


def revocation_blockers(*, gate_status: str, standing: str, reason: str) -> list[str]:
    """Why a waiver cannot be revoked now. `standing` is as `standing_of` says."""
    if standing != VALID:
        return ["Only a waiver that is in force can be revoked."]
    if gate_status not in CURRENT:
        return ["This gate has been decided; its waivers are history."]
    return [] if reason.strip() else ["Say why the waiver is revoked."]


def judgement_blockers(*, waived_until: date | None, state: str, today: date) -> list[str]:
    """Why a person cannot give a waived criterion this state. Met always may be said; it ends the waiver."""
    in_force = waived_until is not None and waived_until > today
    if not in_force or waived_until is None or state in (AssessmentState.MET, AssessmentState.WAIVED):
        return []
    return [
        f"This criterion is waived until {written(waived_until)}. Say that it is met, "
        "or have the waiver revoked."
    ]


def states_offered(*, state: str, waived_until: date | None, today: date) -> tuple[AssessmentState, ...]:
    """What a person can say of a criterion on the checklist, where it stands like this."""
    if state != AssessmentState.WAIVED:
        return ANSWERS
    in_force = waived_until is not None and waived_until > today
    return (AssessmentState.WAIVED, AssessmentState.MET) if in_force else (AssessmentState.WAIVED, *ANSWERS)


VALID = "valid"  # approved and in force
LAPSED = "lapsed"  # approved, and its day has come


def standing_of(*, status: str, expires_on: date, is_put_away: bool, today: date) -> str:
    """One of AskStatus, with approved told apart: VALID or LAPSED. `is_put_away`: after its day, for good."""
    if status != AskStatus.APPROVED:
        return status
    return VALID if today < expires_on and not is_put_away else LAPSED


def ends_soon(*, standing: str, expires_on: date, today: date) -> bool:
    """Whether a waiver in force ends within the next 30 days."""
    return standing == VALID and expires_on <= today + SOON


def written(day: date) -> str:
    """3 Mar 2027."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
