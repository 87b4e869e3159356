"""Recording decisions and what follows from them. A decision is never edited."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from gates import events
from gates.choices import Outcome
from gates.decisions.effects import changes_of, take_effect
from gates.decisions.footing import Now, as_it_is_now, kept
from gates.decisions.lessons import write_lesson
from gates.decisions.rules import GOING_ON, Promised, Wanted, decision_blockers
from gates.models import Condition, Criterion, Decision, Gate, Phase
from pilots import clock
from pilots.actions.pilots import archive_pilot
from pilots.events import Changes, record
from pilots.models import Pilot, User
from pilots.rules import SENT_AGAIN, RuleViolation


@dataclass(frozen=True)
class Promise:
    """A condition asked for with a conditional go. Nobody named: the pilot's owner owes it."""

    text: str
    due_on: date
    owner: User | None = None
    criterion: Criterion | None = None  # of this gate, which it closes

    def owed_by(self, pilot: Pilot) -> User | None:
        """Who owes it; None when that is nobody who is active."""
        person = self.owner or pilot.owner
        return person if person is not None and person.is_active else None

    def as_seen_by_rules(self, pilot: Pilot) -> Promised:
        closes = self.criterion.key if self.criterion else ""
        return Promised(self.text, self.due_on, closes, self.owed_by(pilot) is not None)


@transaction.atomic
def decide(
    *,
    gate: Gate,
    outcome: str,
    reason: str,
    by: User,
    reason_code: str = "",
    override_reason: str = "",
    scope_cap: str = "",
    review_on: date | None = None,
    recycle_to: Phase | None = None,
    lesson: str = "",
    advice: str = "",
    freed_amount: Decimal | None = None,
    archive: bool = False,
    conditions: Sequence[Promise] = (),
) -> Decision:
    """Record a decision at a current gate on what is there now, and let it take effect.

    What another outcome asks for is not kept. Of two people deciding at once one wins; the other is told
    that the gate is not open. The same decision sent again within seconds is the one that is there.
    Raises RuleViolation with every reason why not.
    """
    today = clock.today()
    now = as_it_is_now(gate, today=today)
    gate = now.gate
    if known := _sent_again(gate, by, outcome, reason):
        return known
    decision = _drafted(
        gate,
        by,
        outcome=outcome,
        reason_code=reason_code,
        reason=reason,
        override_reason=override_reason,
        scope_cap=scope_cap,
        review_on=review_on,
        recycle_to=recycle_to,
        lesson=lesson,
        advice=advice,
        freed_amount=freed_amount,
    )
    if blockers := decision_blockers(now.footing(by), _wanted(decision, conditions), today=today):
        raise RuleViolation(*blockers)
    _write(decision, kept(now, today=today), conditions)
    _record(decision, gate, by, changes_of(decision, gate, today))
    take_effect(decision, gate, today)
    if outcome == Outcome.STOP:
        _leave_behind(decision, archive=archive, by=by)
    return decision


def _leave_behind(decision: Decision, *, archive: bool, by: User) -> None:
    """What a pilot that is stopped leaves to others, and whether it stays in sight."""
    write_lesson(decision, by=by)
    if archive:
        archive_pilot(pilot=decision.gate.pilot, by=by)


def _sent_again(gate: Gate, by: User, outcome: str, reason: str) -> Decision | None:
    since = clock.now() - SENT_AGAIN
    same = gate.decisions.filter(decided_by=by, outcome=outcome, reason=reason, decided_at__gt=since)
    return same.filter(supersedes__isnull=True).first()


def refusals(*, now: Now, by: User, conditions: Sequence[Promise], archive: bool, **facts: Any) -> list[str]:
    """Why `decide` would refuse these facts, from a gate read for showing. Nothing is written."""
    wanted = _wanted(_drafted(now.gate, by, **facts), conditions)
    return decision_blockers(now.footing(by), wanted, today=clock.today())


def _drafted(gate: Gate, by: User, *, outcome: str, **facts: Any) -> Decision:
    """The decision, not yet written, with what its outcome asks for and nothing else."""
    asked_by = {
        "scope_cap": (Outcome.CONDITIONAL_GO,),
        "override_reason": GOING_ON,
        "review_on": (Outcome.HOLD,),
        "recycle_to": (Outcome.RECYCLE,),
        "lesson": (Outcome.STOP,),
        "advice": (Outcome.STOP,),
        "freed_amount": (Outcome.STOP,),
    }
    said = {name: value for name, value in facts.items() if outcome in asked_by.get(name, Outcome)}
    return Decision(gate=gate, outcome=outcome, decided_by=by, decided_at=clock.now(), **said)


def _write(decision: Decision, made_on: dict[str, Any], conditions: Sequence[Promise]) -> None:
    for name, value in made_on.items():
        setattr(decision, name, value)
    decision.save()
    if decision.outcome == Outcome.CONDITIONAL_GO:
        _promise(decision, conditions)


def _wanted(decision: Decision, conditions: Sequence[Promise]) -> Wanted:
    gate = decision.gate
    return Wanted(
        outcome=decision.outcome,
        reason_code=decision.reason_code,
        reason=decision.reason,
        override_reason=decision.override_reason,
        scope_cap=decision.scope_cap,
        review_on=decision.review_on,
        recycle_position=_position(decision.recycle_to, gate),
        lesson=decision.lesson,
        conditions=[promise.as_seen_by_rules(gate.pilot) for promise in conditions],
    )


def _position(recycle_to: Phase | None, gate: Gate) -> int | None:
    """The phase's place in this pilot's own playbook; a phase of another playbook has none."""
    if recycle_to is None or recycle_to.version_id != gate.definition.phase.version_id:
        return None
    return recycle_to.position


def _promise(decision: Decision, conditions: Sequence[Promise]) -> None:
    Condition.objects.bulk_create(
        Condition(
            decision=decision,
            text=promise.text,
            owner=promise.owed_by(decision.gate.pilot),
            criterion=promise.criterion,
            due_on=promise.due_on,
        )
        for promise in conditions
    )


def _record(decision: Decision, gate: Gate, by: User, changes: Changes) -> None:
    record(
        events.GATE_DECIDED,
        subject=decision,
        pilot=gate.pilot,
        actor=by,
        changes=changes,
        gate=f"{gate.definition.key} {gate.definition.name}",
        outcome=decision.outcome,
        reason_code=decision.reason_code,
        reason=decision.reason,
        score=decision.seen["score"],
        blockers=len(decision.seen["blockers"]),
        override_reason=decision.override_reason,
    )
