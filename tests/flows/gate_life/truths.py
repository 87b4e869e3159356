"""What is true of a pilot and its gates whatever anybody did, and in whatever order.

Each of these looks at plain rows and at the pure rules, never at the actions that wrote them.
"""

import json
from dataclasses import dataclass, field, replace
from datetime import date

from django.utils import timezone

from gates.choices import (
    CALLED,
    AskStatus,
    AssessmentState,
    GateStatus,
    Outcome,
    ReviewStep,
    WaitingOn,
)
from gates.journey.facts import facts_of
from gates.journey.readiness import item_of
from gates.models import (
    Amendment,
    AskedSeat,
    Assessment,
    Condition,
    Decision,
    EvidenceRevision,
    Feedback,
    Gate,
    ReviewTurn,
    SignOff,
    Vote,
    Waiver,
)
from gates.readiness import Readiness, assess
from gates.rules import WaitingFacts, waiting_party, waiting_person
from gates.signoffs.queries import quorum_of
from metrics.models import Measurement
from pilots.choices import PilotState
from pilots.models import Pilot
from pilots.verifying import verify

WRITTEN_ONCE = (Decision, SignOff, EvidenceRevision, ReviewTurn, Feedback, Measurement)
DECIDED = "definition__phase__version__playbook"


@dataclass
class Memory:
    """What was there after the step before."""

    owner: int | None
    rows: dict[tuple[str, int], str] = field(default_factory=dict)  # of append-only tables, as text
    decided: dict[int, str] = field(default_factory=dict)  # gate id → everything it said when it was decided
    settled: set[tuple[str, int, str]] = field(default_factory=set)  # answers known: table, id, what
    ended: dict[int, str] = field(default_factory=dict)  # waiver id → all it says since it ended by itself


def check(pilot: Pilot, memory: Memory) -> None:
    """Everything, after one step. `memory` moves on."""
    gates = list(pilot.gates.select_related(DECIDED, "pilot__owner", "pilot__sponsor").order_by("pk"))
    today = timezone.localdate()
    current = [gate for gate in gates if gate.is_current]
    assert len(current) <= 1
    for gate in current:
        rows = _rows(gate)
        _readiness_is_what_it_says(gate, rows, today)
        _a_waiver_is_not_met(gate, rows, today)
        _a_waiver_stands_where_it_can(gate, rows, today)
        _waits_on_one_party(gate, rows, today)
        _asks_whoever_has_to_sign(gate, today)
    _what_ended_never_comes_back(pilot, memory)
    _nothing_written_once_moved(memory)
    _nobody_judged_their_own(pilot, memory)
    _decided_gates_stay(gates, memory)
    _state_fits(pilot, bool(gates), today)
    _audit_holds()
    memory.owner = pilot.owner_id


def _rows(gate: Gate) -> list[Assessment]:
    return list(gate.assessments.select_related("criterion", "responsible").order_by("pk"))


def _score(gate: Gate, items) -> Readiness:
    return assess(items, score_threshold=gate.score_threshold, floor_threshold=gate.floor_threshold)


def _readiness_is_what_it_says(gate: Gate, rows: list[Assessment], today: date) -> None:
    is_so = _score(gate, [item_of(row, today=today) for row in rows])
    stored = (gate.score, gate.floor, gate.floor_area, gate.unknown, gate.blocker_count, gate.passes)
    assert stored == (
        int(is_so.score),
        int(is_so.floor),
        is_so.floor_area,
        int(is_so.unknown),
        len(is_so.blockers),
        is_so.passes,
    )


def _a_waiver_is_not_met(gate: Gate, rows: list[Assessment], today: date) -> None:
    """Counted as not met, every waived criterion leaves score and weakest area as they are."""
    items = [item_of(row, today=today) for row in rows]
    unmet = [
        replace(item, state=AssessmentState.NOT_MET) if item.state == AssessmentState.WAIVED else item
        for item in items
    ]
    stands, counted = _score(gate, items), _score(gate, unmet)
    assert (stands.score, stands.floor) == (counted.score, counted.floor)


def _a_waiver_stands_where_it_can(gate: Gate, rows: list[Assessment], today: date) -> None:
    """Asked for or in force only where the criterion applies and is not met; waived only while in force."""
    standing = Waiver.objects.standing().filter(assessment__gate=gate)
    going_on = {
        row.assessment_id: row.status
        for row in standing
        if row.status == AskStatus.ASKED or row.expires_on > today
    }
    for row in rows:
        stale = item_of(row, today=today).stale
        settled = row.state == AssessmentState.NOT_APPLICABLE or (
            row.state == AssessmentState.MET and not stale
        )
        assert not settled or row.pk not in going_on, f"a waiver of {row} is left behind"
        in_force = going_on.get(row.pk) == AskStatus.APPROVED
        assert in_force == (row.state == AssessmentState.WAIVED and not stale)


def _what_ended_never_comes_back(pilot: Pilot, memory: Memory) -> None:
    ended = Waiver.objects.filter(assessment__gate__pilot=pilot, status=AskStatus.ENDED)
    now = {row["id"]: _as_text(row) for row in ended.values()}
    assert {pk: now.get(pk) for pk in memory.ended} == memory.ended
    memory.ended = now


def _waits_on_one_party(gate: Gate, rows: list[Assessment], today: date) -> None:
    facts = _waiting_facts(gate, rows, today)
    assert WaitingOn(gate.waiting_on) == waiting_party(facts)
    assert gate.waiting_for_id == waiting_person(facts)
    assert (gate.waiting_since is None) == (gate.waiting_on == WaitingOn.NOBODY)


def _asks_whoever_has_to_sign(gate: Gate, today: date) -> None:
    """Of each role that is still short in review: the seats that count, and those that can yet be signed."""
    if gate.status != GateStatus.SUBMITTED:
        return
    quorum = quorum_of(gate, today=today)
    kept = AskedSeat.objects.filter(gate=gate).values_list("role", "holder", "signed_by")
    for role in quorum.roles:
        seats = {(holder, signer) for label, holder, signer in kept if label == role.label}
        asked = {holder for holder, signer in seats if signer is None}
        if quorum.reached or role.reached:
            assert not seats
        else:
            assert {signer for _, signer in seats} - {None} == role.signers
            assert asked == set(role.can_sign) or (asked == {None} and role.can_sign)


def _waiting_facts(gate: Gate, rows: list[Assessment], today: date) -> WaitingFacts:
    blocking = sorted(
        (row for row in rows if item_of(row, today=today).blocks),
        key=lambda row: (row.state_since is not None, row.state_since or timezone.now(), row.pk),
    )
    held = gate.pilot.state == PilotState.ON_HOLD
    lapsed = Condition.objects.lapsed(today).filter(decision__gate__pilot=gate.pilot) if held else None
    first = lapsed.order_by("due_on", "pk").first() if lapsed is not None else None
    return WaitingFacts(
        status=gate.status,
        pilot_state=gate.pilot.state,
        archived=gate.pilot.archived_at is not None,
        owner=_present(gate.pilot.owner),
        blockers=tuple(_present(row.responsible) for row in blocking),
        lapsed=first is not None,
        condition_owner=_present(first.owner) if first else None,
        on_agenda=gate.agenda_items.filter(
            review__state__in=CALLED, parked_at__isnull=True, decision__isnull=True
        ).exists(),
        sent_back=_is_sent_back(gate),
    )


def _is_sent_back(gate: Gate) -> bool:
    """The last turn sent it back, and no person has decided at it since."""
    last = gate.turns.order_by("pk").last()
    if last is None or last.step != ReviewStep.SENT_BACK:
        return False
    return not gate.decisions.filter(decided_at__gt=last.at, decided_by__isnull=False).exists()


def _present(person) -> int | None:
    return person.pk if person is not None and person.is_active else None


def _as_text(row: dict) -> str:
    return json.dumps(row, default=str, sort_keys=True)


def _nothing_written_once_moved(memory: Memory) -> None:
    now = {
        (model.__name__, row["id"]): _as_text(row) for model in WRITTEN_ONCE for row in model.objects.values()
    }
    for key, text in memory.rows.items():
        assert now.get(key) == text, f"{key} was changed or deleted"
    memory.rows = now


def _nobody_judged_their_own(pilot: Pilot, memory: Memory) -> None:
    """Who decided, signed, voted, approved or corrected since the last step owned no such pilot then."""
    for what, people in _judged(pilot):
        if what in memory.settled:
            continue
        memory.settled.add(what)
        assert memory.owner is None or memory.owner not in people, f"{what} by the owner of the pilot"
    for asked in (
        Waiver.objects.filter(assessment__gate__pilot=pilot),
        Amendment.objects.filter(gate__pilot=pilot),
    ):
        for row in asked.filter(status__in=(AskStatus.APPROVED, AskStatus.REFUSED, AskStatus.REVOKED)):
            assert row.decided_by_id not in (None, row.asked_by_id)


def _judged(pilot: Pilot):
    for row in Decision.objects.filter(gate__pilot=pilot):
        yield ("decision", row.pk, ""), {row.corrected_by_id if row.supersedes_id else row.decided_by_id}
    for row in SignOff.objects.filter(gate__pilot=pilot, kind="signed"):
        yield ("sign-off", row.pk, ""), {row.person_id, row.on_behalf_of_id}
    for row in Vote.objects.filter(item__gate__pilot=pilot):
        yield ("vote", row.pk, str(row.at)), {row.person_id}
    for row in Feedback.objects.filter(gate__pilot=pilot, answers=None):
        yield ("feedback", row.pk, ""), {row.by_id}
    for row in ReviewTurn.objects.filter(gate__pilot=pilot, step="sent_back"):
        yield ("sent back", row.pk, ""), {row.by_id}
    for row in Waiver.objects.filter(assessment__gate__pilot=pilot, decided_by__isnull=False):
        yield ("waiver", row.pk, ""), {row.decided_by_id}
    for row in Amendment.objects.filter(gate__pilot=pilot).exclude(
        status__in=(AskStatus.ASKED, AskStatus.WITHDRAWN)
    ):
        yield ("amendment", row.pk, ""), {row.decided_by_id}


def _decided_gates_stay(gates: list[Gate], memory: Memory) -> None:
    for gate in gates:
        if gate.decided_at is None:
            assert gate.pk not in memory.decided, f"{gate} was decided and is open again"
            continue
        rows = _rows(gate)
        facts = facts_of(gate, rows, today=timezone.localdate(gate.decided_at))
        facts.pop("kpis")  # measured on, whatever was decided on
        closing = gate.decisions.filter(supersedes=None).exclude(outcome=Outcome.HOLD).get()
        seen = dict(closing.seen["facts"])
        seen.pop("kpis")
        assert facts == seen, f"{gate} says something else than what was decided on"
        whole = _as_text({"gate": Gate.objects.filter(pk=gate.pk).values().get(), "rows": _values(gate)})
        assert memory.decided.setdefault(gate.pk, whole) == whole


def _values(gate: Gate) -> list[dict]:
    return list(Assessment.objects.filter(gate=gate).order_by("pk").values())


def _state_fits(pilot: Pilot, started: bool, today: date) -> None:
    """The pilot is as the last decision that holds left it."""
    if not started:
        assert pilot.state == PilotState.INTAKE
        return
    told = list(Decision.objects.standing().filter(gate__pilot=pilot).order_by("decided_at", "pk"))
    last = told[-1] if told else None
    by_people = [decision.outcome for decision in told if decision.steps_down_id is None]
    if last is not None and last.steps_down_id is not None:
        assert pilot.state in _after_a_lapse(pilot, by_people[-1], today)
    elif last is not None and last.outcome == Outcome.STOP:
        assert pilot.state in (PilotState.STOPPED, PilotState.RETIRED)
    else:
        held = last is not None and last.outcome == Outcome.HOLD
        assert pilot.state == (PilotState.ON_HOLD if held else PilotState.ACTIVE)


def _after_a_lapse(pilot: Pilot, decided: str, today: date) -> set[str]:
    """Held while a person holds it or something lapsed is open; else the hold that Pilotage began is over."""
    lapsed = Condition.objects.lapsed(today).filter(decision__gate__pilot=pilot)
    if decided == Outcome.HOLD or (lapsed.exists() and not lapsed.not_stepped_down().exists()):
        return {PilotState.ON_HOLD}
    # What has lapsed since last night, the task has yet to find.
    return {PilotState.ACTIVE, PilotState.ON_HOLD} if lapsed.exists() else {PilotState.ACTIVE}


def _audit_holds() -> None:
    found = verify()
    assert (found.problems, found.waiting) == ([], 0)
