"""The rules of deciding: may this be recorded now? Every answer is the list of reasons why not; [] means yes.

A step in three parts: what stands in the way of going on (`obstacles`), whether this person may let it pass
all the same (`override_blockers`), and what each outcome asks for besides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from gates.choices import CURRENT, REASON_CODES, Outcome
from pilots.choices import Role

GOING_ON = (Outcome.GO, Outcome.CONDITIONAL_GO)
REVIEW_AFTER = timedelta(days=14)  # a hold that follows from a lapsed condition is looked at again by then
WARNING_DAYS = (7, 1)  # before a condition is due


@dataclass(frozen=True)
class Footing:
    """What a decision stands on: the gate now, and who decides."""

    gate_status: str
    passes: bool
    blockers: Mapping[str, str]  # open must-meets: key → title
    fired: Sequence[str] = ()  # keys of kill criteria that have come true
    quorum_missing: Sequence[str] = ()  # whole sentences; none: the quorum is reached
    decider_owns_pilot: bool = False
    may_override: bool = False
    override_roles: Sequence[str] = ()  # whom the playbook names
    gate_position: int = 0  # of its phase, from 1


@dataclass(frozen=True)
class Promised:
    """A condition as far as the rules care."""

    text: str
    due_on: date
    criterion: str = ""  # key of what it closes
    has_owner: bool = True  # somebody active, named or the pilot's owner


@dataclass(frozen=True)
class Wanted:
    """What somebody wants to decide."""

    outcome: str
    reason_code: str = ""
    reason: str = ""
    override_reason: str = ""
    scope_cap: str = ""
    review_on: date | None = None
    recycle_position: int | None = None  # in the pilot's own playbook
    lesson: str = ""
    conditions: Sequence[Promised] = ()


def decision_blockers(footing: Footing, wanted: Wanted, *, today: date) -> list[str]:
    """Why this decision cannot be recorded."""
    if footing.gate_status not in CURRENT:
        return ["This gate is not open, so there is nothing to decide."]
    reasons = []
    if footing.decider_owns_pilot:
        reasons.append("Owners do not decide at their own gates.")
    if wanted.reason_code not in REASON_CODES.get(wanted.outcome, ()):
        reasons.append("Choose the kind of reason, from those of this outcome.")
    if not wanted.reason.strip():
        reasons.append("Give the reason for this decision.")
    if wanted.outcome in GOING_ON:
        in_the_way = obstacles(footing, wanted.outcome, wanted.conditions)
        overrides = bool(wanted.override_reason.strip())
        reasons += override_blockers(footing, in_the_way) if overrides else in_the_way
    return reasons + _asked_of(wanted, footing, today)


def obstacles(footing: Footing, outcome: str, conditions: Sequence[Promised] = ()) -> list[str]:
    """What stands in the way of going on: readiness, kill criteria, quorum. An override lets it pass."""
    if outcome == Outcome.GO:
        return [*go_blockers(footing), *footing.quorum_missing]
    if outcome == Outcome.CONDITIONAL_GO:
        return [
            *_kills(footing, "A conditional go"),
            *_uncovered(footing, conditions),
            *footing.quorum_missing,
        ]
    return []


def go_blockers(footing: Footing) -> list[str]:
    """Why readiness allows no plain go. The checklist's list of blockers and this agree by construction."""
    if footing.passes:
        return []
    reasons = []
    count = len(footing.blockers)
    if count:
        criteria = "1 must-meet is" if count == 1 else f"{count} must-meets are"
        reasons.append(f"Go is not possible: {criteria} still open.")
    reasons += _kills(footing, "Go")
    if not reasons:
        reasons.append("Go is not possible: the score or its weakest area is below the gate's threshold.")
    return reasons


def _kills(footing: Footing, what: str) -> list[str]:
    return [f"{what} is not possible: a kill criterion has come true."] if footing.fired else []


def _uncovered(footing: Footing, conditions: Sequence[Promised]) -> list[str]:
    covered = {condition.criterion for condition in conditions}
    without = [f"{key} {title}" for key, title in footing.blockers.items() if key not in covered]
    if not without:
        return []
    named = "; ".join(without)
    return [f"Every open must-meet needs a condition that closes it. There is none for: {named}."]


def override_blockers(footing: Footing, in_the_way: Sequence[str]) -> list[str]:
    """Why this cannot be passed by an override, given what stands in the way."""
    if not in_the_way:
        return ["Nothing stands in the way, so there is nothing to override."]
    if footing.may_override:
        return []
    if not footing.override_roles:
        return [*in_the_way, "The playbook lets nobody override this gate."]
    who = " or ".join(str(Role(role).label).lower() for role in footing.override_roles)
    return [*in_the_way, f"Only who is {who} here may override this gate."]


def _asked_of(wanted: Wanted, footing: Footing, today: date) -> list[str]:
    """What this outcome asks for and is not there."""
    if wanted.outcome == Outcome.CONDITIONAL_GO:
        return conditional_blockers(wanted.conditions, scope_cap=wanted.scope_cap, today=today)
    if wanted.outcome == Outcome.HOLD and (wanted.review_on is None or wanted.review_on <= today):
        return ["A hold needs a review date in the future."]
    if wanted.outcome == Outcome.RECYCLE:
        to = wanted.recycle_position
        is_back = to is not None and to <= footing.gate_position
        return [] if is_back else ["Name the phase to go back to: this one or an earlier one."]
    if wanted.outcome == Outcome.STOP and not wanted.lesson.strip():
        return ["Write down what this pilot taught."]
    return []


def conditional_blockers(conditions: Sequence[Promised], *, scope_cap: str, today: date) -> list[str]:
    """What a conditional go still lacks."""
    reasons = []
    if not conditions:
        reasons.append("A conditional go needs at least one dated condition.")
    if any(condition.due_on <= today for condition in conditions):
        reasons.append("Every condition needs a date in the future.")
    if not all(condition.has_owner for condition in conditions):
        reasons.append("Name who owes each condition: the pilot has no active owner to owe it.")
    if not scope_cap.strip():
        reasons.append("Say how far the pilot may go while conditions are open.")
    return reasons


def meeting_blockers(*, superseded: bool, note: str) -> list[str]:
    """Why nobody can say now that a condition is met."""
    if superseded:
        return ["This decision has been corrected. Say it at the correction's condition."]
    return [] if note.strip() else ["Say what shows that the condition is met."]


@dataclass(frozen=True)
class Correction:
    """What a correction of a decision would say, as far as the rules care."""

    outcome: str
    reason_code: str
    reason: str
    correction_reason: str
    changes: bool  # anything at all
    review_on: date | None = None
    review_on_before: date | None = None
    lesson: str = ""
    scope_cap: str = ""
    conditions: Sequence[Promised] = ()  # all of them
    moved: Sequence[Promised] = ()  # those that are new or have another day


def correction_blockers(
    wanted: Correction, *, corrector_owns_pilot: bool, superseded: bool, by_pilotage: bool, today: date
) -> list[str]:
    """Why this decision cannot be corrected so."""
    if superseded:
        return ["This decision has been corrected already. Correct the correction."]
    if by_pilotage:
        return [
            "Pilotage wrote this because a condition lapsed. Decide at the gate, or correct the condition."
        ]
    reasons = []
    if corrector_owns_pilot:
        reasons.append("Owners do not correct decisions about their own pilots.")
    if wanted.reason_code not in REASON_CODES.get(wanted.outcome, ()):
        reasons.append("Choose the kind of reason, from those of this outcome.")
    if not wanted.reason.strip():
        reasons.append("Give the reason for this decision.")
    if not wanted.correction_reason.strip():
        reasons.append("Say what was wrong and is corrected.")
    if not wanted.changes:
        reasons.append("Nothing is different, so there is nothing to correct.")
    return reasons + _asked_of_correction(wanted, today)


def _asked_of_correction(wanted: Correction, today: date) -> list[str]:
    if wanted.outcome == Outcome.CONDITIONAL_GO:
        cap = wanted.scope_cap
        reasons = conditional_blockers(wanted.moved, scope_cap=cap, today=today) if wanted.moved else []
        if not wanted.moved and not cap.strip():
            reasons.append("Say how far the pilot may go while conditions are open.")
        return reasons if wanted.conditions else ["A conditional go needs at least one dated condition."]
    if wanted.outcome == Outcome.HOLD:
        kept = wanted.review_on is not None and wanted.review_on == wanted.review_on_before
        fine = kept or (wanted.review_on is not None and wanted.review_on > today)
        return [] if fine else ["A hold needs a review date in the future."]
    if wanted.outcome == Outcome.STOP and not wanted.lesson.strip():
        return ["Write down what this pilot taught."]
    return []


def warning_due(due_on: date, today: date) -> int | None:
    """The latest warning by today for a condition due then, in days before; None before the first or late."""
    left = (due_on - today).days
    if left < 0:
        return None
    return min((days for days in WARNING_DAYS if left <= days), default=None)
