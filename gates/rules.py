"""The rules of gates: may this happen now? Every answer is the list of reasons why not; [] means yes."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from gates.choices import (
    ALL,
    ANY,
    CURRENT,
    PROOF_TERMS,
    USUAL_PROOF,
    AssessmentState,
    CriterionKind,
    Direction,
    FeedbackLevel,
    GateStatus,
    WaitingOn,
    WaiverEnd,
)
from pilots.choices import PilotState

PILOTED = 2  # the place of the phase that tries it, from whose entry on readings say whether it works
FREEZE_AT = time(18)  # of the day, where the organisation is


def freeze_day(planned_on: date | None, days_before: int) -> date | None:
    """The day on which the evidence of a gate freezes for its decision; None without a plan."""
    if planned_on is None or planned_on <= date.min + timedelta(days_before):
        return None
    return planned_on - timedelta(days_before)


def freeze_moment(day: date, zone: tzinfo) -> datetime:
    """The moment of a freeze on this day."""
    return datetime.combine(day, FREEZE_AT, tzinfo=zone)


def start_blockers(
    *, state: str, archived: bool, phase: str, published: bool = True, in_future: bool = False
) -> list[str]:
    """Why this pilot cannot be started on a playbook, of which this version is published or not."""
    if archived:
        return ["This pilot is archived. Restore it first."]
    if state in (PilotState.STOPPED, PilotState.RETIRED):
        return ["This pilot has ended."]
    if phase:
        return ["This pilot is already on its way."]
    if not published:
        return ["This version of the playbook is not the published one. Choose that."]
    return ["A pilot starts today or has started before."] if in_future else []


def checklist_blockers(*, gate_status: str) -> list[str]:
    """Why nothing of this gate's checklist can be changed now."""
    is_open = gate_status in CURRENT
    return [] if is_open else ["This gate is not open, so its checklist cannot be changed."]


def assessment_blockers(
    *,
    gate_status: str,
    state: str,
    note: str,
    check_name: str,
    applies: bool,
    waits_for: Sequence[str] = (),
) -> list[str]:
    """Why a person cannot give a criterion this state now.

    `waits_for`: keys of the criteria it depends on that are still open.
    """
    reasons = checklist_blockers(gate_status=gate_status)
    if check_name:
        reasons.append("Pilotage decides this criterion itself from the pilot's data.")
    if not applies:
        reasons.append("This criterion does not apply to this pilot's risk tier.")
    if state in (AssessmentState.WAIVED, AssessmentState.NOT_APPLICABLE):
        reasons.append("A criterion cannot be waived or set aside on the checklist.")
    if state == AssessmentState.NOT_MET and not note.strip():
        reasons.append("Say in a note why it is not met.")
    if state == AssessmentState.MET and waits_for:
        reasons.append(f"It cannot be met yet: it {opens_when(waits_for)}.")
    return reasons


def opens_when(waits_for: Sequence[str]) -> str:
    """What has to happen first, to follow "it" or "this criterion"."""
    *others, last = waits_for
    return f"opens when {', '.join(others)} and {last} are met" if others else f"opens when {last} is met"


def review_blockers(*, gate_status: str) -> list[str]:
    """Why a review of this gate cannot be asked for. Open criteria do not stop it; the page shows them."""
    if gate_status == GateStatus.SUBMITTED:
        return ["A review has already been requested."]
    return [] if gate_status == GateStatus.OPEN else ["This gate is not open."]


def withdrawal_blockers(*, gate_status: str) -> list[str]:
    """Why the request for a review cannot be taken back."""
    return [] if gate_status == GateStatus.SUBMITTED else ["No review of this gate has been asked for."]


def send_back_blockers(*, gate_status: str, owns_pilot: bool, reason: str) -> list[str]:
    """Why this person cannot send the gate back to its owner."""
    if gate_status != GateStatus.SUBMITTED:
        return ["No review of this gate has been asked for."]
    reasons = ["Owners do not send back their own gates; they withdraw the request."] if owns_pilot else []
    return reasons if reason.strip() else [*reasons, "Say what has to change."]


def feedback_blockers(*, gate_status: str, owns_pilot: bool) -> list[str]:
    """Why this person can give no feedback at this gate now."""
    reasons = [] if gate_status in CURRENT else ["This gate is not open, so no feedback can be given."]
    return [*reasons, "Owners do not give feedback on their own pilots."] if owns_pilot else reasons


def comment_blockers(*, level: str, comment: str) -> list[str]:
    """Why feedback of this level, or an answer (no level), cannot stand without more words."""
    if comment.strip() or level == FeedbackLevel.FINE:
        return []
    return ["Say what the issue is."] if level else ["Write an answer."]


def answer_blockers(*, gate_status: str, is_answer: bool, comment: str) -> list[str]:
    """Why this piece of feedback cannot be answered so."""
    if is_answer:
        return ["An answer is not answered again. Answer the feedback."]
    reasons = (
        [] if gate_status in CURRENT else ["This gate is not open, so feedback is not answered any more."]
    )
    return reasons + comment_blockers(level="", comment=comment)


@dataclass(frozen=True)
class WaitingFacts:
    """What decides whom a gate waits on. People are ids; those who have left are None."""

    status: str
    pilot_state: str
    archived: bool = False
    owner: int | None = None
    blockers: tuple[int | None, ...] = ()  # with whom each blocking must-meet is, the oldest first
    lapsed: bool = False  # the pilot is on hold because a condition was not kept
    condition_owner: int | None = None
    on_agenda: bool = False  # of a gate meeting that is planned
    sent_back: bool = False  # by its reviewers, who have not been answered yet


def waiting_party(facts: WaitingFacts) -> WaitingOn:
    """Exactly one party must act next at a gate.

    One that its reviewers sent back is its owner's, with whomever its blockers are: they wait for an answer.
    """
    ended = facts.archived or facts.pilot_state in (PilotState.STOPPED, PilotState.RETIRED)
    if ended or facts.status not in CURRENT:
        return WaitingOn.NOBODY
    if facts.lapsed:
        return WaitingOn.CONDITION
    if facts.status == GateStatus.SUBMITTED:
        return WaitingOn.MEETING if facts.on_agenda else WaitingOn.GATEKEEPERS
    if facts.sent_back:
        return WaitingOn.OWNER
    elsewhere = [who is not None and who != facts.owner for who in facts.blockers]
    return WaitingOn.CONTRIBUTOR if elsewhere and all(elsewhere) else WaitingOn.OWNER


def waiting_person(facts: WaitingFacts) -> int | None:
    """The one person behind the party, where it is one."""
    people = {
        WaitingOn.OWNER: facts.owner,
        WaitingOn.CONTRIBUTOR: facts.blockers[0] if facts.blockers else None,
        WaitingOn.CONDITION: facts.condition_owner,
    }
    return people.get(waiting_party(facts))


def waiver_end(*, state: str, stale: bool) -> WaiverEnd | None:
    """Why a waiver ends by itself at a criterion that stands like this; None where it goes on.

    What is met needs no waiver, and of what no longer applies there is nothing to waive. `stale`: it was
    met, but that counts no more.
    """
    if state == AssessmentState.NOT_APPLICABLE:
        return WaiverEnd.NOT_APPLICABLE
    return WaiverEnd.MET if state == AssessmentState.MET and not stale else None


def plan_blockers(
    *, gate_status: str, planned_before: date | None, planned_on: date | None, reason: str
) -> list[str]:
    """Why these gate dates cannot be set. A plan once made moves only with a reason."""
    if gate_status == GateStatus.DECIDED:
        return ["This gate has been decided; its dates are history."]
    moved = planned_before is not None and planned_on != planned_before
    return ["Say why the planned date moves."] if moved and not reason.strip() else []


# How much each kind can stand in the way of a gate.
FORCE = {CriterionKind.SHOULD_MEET: 0, CriterionKind.MUST_MEET: 1, CriterionKind.KILL: 2}


def direction_of_change(field: str, before: Any, after: Any) -> Direction:
    """Whether a gate is looser or tighter once this term of it or of a criterion is `after`, not `before`.

    Thresholds and weights are numbers, `kind` a CriterionKind, `applies` a truth, `validity_days` a number
    or None for ever, `quorum` as the playbook says it, roles, tiers and what comes first collections. A
    kill criterion is the tightest kind. A term that makes no gate harder or easier gives NEITHER.
    """
    if field in ("gatekeeper_roles", "risk_tiers", "depends_on", "override_roles"):
        return _direction_of_sets(field, before, after)
    strictness_before, strictness_after = _strictness(field, before), _strictness(field, after)
    if strictness_before == strictness_after:
        return Direction.NEITHER
    return Direction.TIGHTER if strictness_after > strictness_before else Direction.LOOSER


def strictest_proof(asked: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """When a KPI counts as at target: the most that any of these asks, term by term of `PROOF_TERMS`. What one
    leaves at None it asks as usual. `asked` is not empty.
    """
    rows = [{term: _proof(term, row[term]) for term in PROOF_TERMS} for row in asked]
    return {term: max(row[term] for row in rows) for term in PROOF_TERMS}


def proof_words(asked: Mapping[str, Any]) -> str:
    """What a criterion asks of KPIs that are to be at target, in words; "" where it asks the usual."""
    if all(asked[term] is None for term in PROOF_TERMS):
        return ""
    most = strictest_proof([asked])
    latest = "the latest" if most["hold"] == 1 else f"the latest {most['hold']}"
    sure = f"{most['confidence']:.1f}".removesuffix(".0")
    return f"At least {most['readings']:,} readings, {latest} at target, {sure}% confidence."


def _proof(term: str, value: Any) -> Any:
    return USUAL_PROOF[term] if value is None else value


def _strictness(field: str, value: Any) -> float:
    match field:
        case "kind":
            return FORCE[CriterionKind(value)]
        case "validity_days":
            return float("-inf") if value is None else -int(value)
        case "quorum":
            return {ANY: 1, ALL: float("inf")}.get(value) or int(value)
        case "readings" | "hold" | "confidence":
            return float(_proof(field, value))
        case "score_threshold" | "floor_threshold" | "weight" | "applies":
            return int(value or 0)
    return 0


def _direction_of_sets(field: str, before: Collection[str], after: Collection[str]) -> Direction:
    """More of it makes the gate tighter; more who may override, looser. One for another is neither."""
    few, many = set(before), set(after)
    if few == many:
        return Direction.NEITHER
    if field == "risk_tiers" and not (few and many):  # none named: asked in every tier
        few, many = (few, few | {"every"}) if few else (many | {"every"}, many)
    if field == "override_roles":
        few, many = many, few
    if few < many:
        return Direction.TIGHTER
    return Direction.LOOSER if many < few else Direction.NEITHER
