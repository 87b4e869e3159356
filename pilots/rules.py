"""The rules of pilots and people: pure, no database, no clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from pilots.choices import (
    OVER,
    ChangeKind,
    DataAccess,
    IntegrationState,
    JobState,
    OptionVerdict,
    PilotState,
    ProcedureState,
    Refresh,
    RiskState,
)

SENT_AGAIN = timedelta(seconds=10)  # the same form within this time is one form sent twice
LONGEST_TEXT = 20_000  # characters of a text that a person types into a large field
FIRST_DAY, LAST_DAY = date(1950, 1, 1), date(2199, 12, 31)  # beyond them lie slips of the keyboard
SILENCE = timedelta(minutes=2)  # so long without a sign of life, and the worker of a job is taken for dead


class RuleViolation(Exception):
    """What was asked for is against the rules; `reasons` are whole sentences for people."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = list(reasons)


def day_problem(day: date) -> str:
    """Why this is no day that a person could mean; "" when it is one."""
    return "" if FIRST_DAY <= day <= LAST_DAY else f"Give a day from {FIRST_DAY.year} to {LAST_DAY.year}."


class WorkHeld(RuleViolation):
    """Somebody who is to leave holds work that would be without anybody."""


@dataclass(frozen=True)
class Access:
    """The roles one person holds: everywhere, and programme by programme (programme id → roles)."""

    everywhere: frozenset[str] = frozenset()
    by_programme: Mapping[int, frozenset[str]] = field(default_factory=dict)

    def roles_in(self, programme_id: int | None) -> frozenset[str]:
        if programme_id is None:
            return self.everywhere
        return self.everywhere | self.by_programme.get(programme_id, frozenset())

    @property
    def sees_all_programmes(self) -> bool:
        return bool(self.everywhere)

    @property
    def roles(self) -> frozenset[str]:
        """Every role held anywhere."""
        return self.everywhere.union(*self.by_programme.values())


def edit_blockers(*, archived: bool) -> list[str]:
    """Every reason why the facts of this pilot cannot be changed now."""
    return ["This pilot is archived. Restore it before changing it."] if archived else []


def currency_problem(currency: str) -> str:
    """Why this cannot be a currency; "" means it can."""
    is_one = len(currency) == 3 and currency.isascii() and currency.isalpha() and currency.isupper()
    return "" if is_one else "Give the currency as three capital letters, such as EUR."


def currency_blockers(*, before: str, after: str, is_fixed: bool) -> list[str]:
    """Every reason why a programme cannot count its money in another currency."""
    if currency_problem(after):
        return [currency_problem(after)]
    if is_fixed and before != after:
        return [f"Amounts are recorded in {before} already, so the currency stays."]
    return []


def confirmation_blockers(currency: str, *, counted_in: str) -> list[str]:
    """Every reason why an amount said to be in this currency is none of the programme's; "" says none."""
    return [f"This programme counts its money in {counted_in}."] if currency not in ("", counted_in) else []


def archive_blockers(*, archived: bool, state: str) -> list[str]:
    """Every reason why this pilot cannot be archived now."""
    if archived:
        return ["This pilot is already archived."]
    if state in (PilotState.ACTIVE, PilotState.ON_HOLD):
        return ["A running pilot cannot be archived. Decide to stop it at its gate first."]
    return []


def date_blockers(*, intake_on: date | None, ends_on: date | None, ended_on: date | None) -> list[str]:
    """Every reason why these dates of a pilot contradict each other."""
    reasons = []
    if intake_on and ends_on and ends_on < intake_on:
        reasons.append("The planned end is before the pilot was proposed.")
    if intake_on and ended_on and ended_on < intake_on:
        reasons.append("The end is before the pilot was proposed.")
    return reasons


def leaving_blockers(*, name: str, work: int, reason: str) -> list[str]:
    """Why this person cannot leave now: what they hold is handed over first, or left on purpose."""
    if not work or reason.strip():
        return []
    things = "one thing" if work == 1 else f"{work:,} things"
    return [f"{name} still holds {things}. Hand them over first, or say why they stay without anybody."]


# --- Long work -----------------------------------------------------------------------------------
def cancel_blockers(*, state: str, done: int, total: int, is_safe: bool) -> list[str]:
    """Why long work cannot be cancelled now."""
    if state in OVER:
        return ["This is over already, so there is nothing left to cancel."]
    if not is_safe:
        return ["This cannot be left half done, so it cannot be cancelled."]
    return ["All of it is done already, so there is nothing left to cancel."] if done >= total else []


def retry_blockers(*, state: str, is_silent: bool) -> list[str]:
    """Why the rest of long work cannot be taken up again now."""
    again = state in (JobState.FAILED, JobState.CANCELLED) or is_silent
    return [] if again else ["Only what has failed or was cancelled can be taken up again."]


def is_silent(*, state: str, beat_at: datetime, now: datetime) -> bool:
    """Whether the worker that has a job in hand gives no sign of life any more."""
    return state == JobState.RUNNING and beat_at < now - SILENCE


def seconds_left(*, done: int, begun_with: int, total: int, seconds: float, since: float = 0) -> int | None:
    """About how long the rest takes; None before 5% and three seconds tell anything.

    `seconds` is how long it took from `begun_with` to `done`, `since` how long ago that was.
    """
    did = done - begun_with
    if seconds + since < 3 or did <= 0 or 20 * did < total or done >= total:
        return None
    return max(1, round(seconds * (total - done) / did - since))


def quarter(done: int, total: int) -> int:
    """The last of 0, 25, 50, 75 and 100 percent that has been passed."""
    return 25 * min(4, 4 * done // total) if total else 0


# --- Registers -----------------------------------------------------------------------------------
LONGEST_LESSON = 300  # characters of what happened
HIGH_RISK = 15  # likelihood times impact, from which on a risk must not stay without mitigation


def risk_problems(*, state: str, mitigation: str) -> dict[str, str]:
    """What contradicts itself in a risk: field → sentence."""
    if state == RiskState.MITIGATED and not mitigation:
        return {"mitigation": "Say what was done, if it is mitigated."}
    if state == RiskState.ACCEPTED and not mitigation:
        return {"mitigation": "Say why it is accepted."}
    return {}


def integration_problems(*, state: str, has_day: bool) -> dict[str, str]:
    """What contradicts itself in an integration: field → sentence."""
    is_live = state == IntegrationState.LIVE
    return {"live_on": "Say since when it is live."} if is_live and not has_day else {}


def source_problems(*, refresh: str, access: str) -> dict[str, str]:
    """What contradicts itself in a data source: field → sentence."""
    contradicts = refresh == Refresh.STATIC and access == DataAccess.LIVE
    return {"refresh": "A fixed set is no live access. Say how often it changes."} if contradicts else {}


def wave_problems(*, cap: int, users: int | None, has_begun: bool) -> dict[str, str]:
    """What contradicts itself in a wave: field → sentence."""
    if users is None:
        return {}
    if not has_begun:
        return {"users": "Nobody can use it before the wave has begun."}
    return {"users": "More people than the wave may have."} if users > cap else {}


def procedure_problems(*, state: str, link: str) -> dict[str, str]:
    """What contradicts itself in a procedure: field → sentence."""
    unwritten = state != ProcedureState.PLANNED and not link
    return {"link": "Say where it is written, if it is in place."} if unwritten else {}


def change_problems(*, kind: str, is_done: bool, outcome: str) -> dict[str, str]:
    """What contradicts itself in a step of change: field → sentence."""
    unsaid = kind == ChangeKind.FEEDBACK and is_done and not outcome
    return {"outcome": "Say what they said."} if unsaid else {}


def option_problems(*, verdict: str, fit: str, reason: str) -> dict[str, str]:
    """What contradicts itself in an option to build or buy: field → sentence."""
    if verdict == OptionVerdict.REJECTED and not reason:
        return {"reason": "Say why it was rejected."}
    if verdict == OptionVerdict.CHOSEN and not fit:
        return {"fit": "Say how it fits the workflow, if it is chosen."}
    return {}
