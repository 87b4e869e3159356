"""Correcting a decision: another one takes its place, and both stay to be read. Nothing is edited."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from gates import events
from gates.choices import Outcome
from gates.decisions.actions import Promise
from gates.decisions.conditions import end_hold
from gates.decisions.footing import DEEP, lock_pilot
from gates.decisions.lessons import correct_lesson
from gates.decisions.rules import Correction, Promised, correction_blockers
from gates.models import Condition, Decision, Gate
from pilots import clock
from pilots.events import Changes, changed_fields, record
from pilots.models import Pilot, User
from pilots.rules import RuleViolation

CORRECTABLE = ("reason_code", "reason", "scope_cap", "review_on", "lesson", "advice", "freed_amount")
KEPT = (
    "gate", "outcome", "recycle_to", "decided_by", "decided_at", "seen", "digest", "passed",
    "quorum_reached", "override_reason", *CORRECTABLE,
)  # fmt: skip
CONDITION_KEPT = ("text", "owner", "criterion", "due_on", "met_at", "met_by", "met_note", "met_link")


@dataclass(frozen=True)
class Changed:
    """An open condition of the decision as it should have been."""

    condition: int  # id
    text: str
    due_on: date
    owner: User | None = None


@transaction.atomic
def correct_decision(
    *,
    decision: Decision,
    correction_reason: str,
    by: User,
    conditions: Sequence[Changed] = (),
    added: Sequence[Promise] = (),
    **facts: Any,
) -> Decision:
    """Put another decision in the place of this one, the same but for `facts` (see CORRECTABLE).

    Who decided, when and on what stays. `conditions` change open ones; those met stay as they are, and
    none is taken back. What rests on it follows: the day of a hold, and whether something has lapsed.
    Raises RuleViolation.
    """
    today = clock.today()
    pilot, current = lock_pilot(decision.gate.pilot_id)
    decision = Decision.objects.select_related("gate__" + DEEP, "gate__pilot").get(pk=decision.pk)
    changes = changed_fields(decision, {name: facts[name] for name in CORRECTABLE if name in facts})
    rows = [*_rewritten(decision, conditions, pilot, changes), *_new(added, pilot, changes)]
    blockers = correction_blockers(
        _wanted(decision, facts, correction_reason, rows, bool(changes)),
        corrector_owns_pilot=pilot.owner_id == by.pk,
        superseded=Decision.objects.filter(supersedes=decision).exists(),
        by_pilotage=decision.steps_down_id is not None,
        today=today,
    )
    if blockers:
        raise RuleViolation(*blockers)
    correction = _written(decision, facts, rows, correction_reason, by)
    _move_review(correction, current, changes)
    if correction.outcome == Outcome.STOP:
        correct_lesson(decision, correction, by=by)
    _record(correction, pilot, by, changes)
    end_hold(pilot, current, today=today, by=by)
    return correction


@dataclass(frozen=True)
class Row:
    """A condition of the correction, not yet written. `moved`: it is new, or due on another day."""

    condition: Condition
    moved: bool


def _rewritten(
    decision: Decision, conditions: Sequence[Changed], pilot: Pilot, changes: Changes
) -> list[Row]:
    wanted = {changed.condition: changed for changed in conditions}
    rows = []
    still_open = set(decision.conditions.filter(met_at__isnull=True).values_list("pk", flat=True))
    if not wanted.keys() <= still_open:
        raise RuleViolation("Only conditions of this decision that are still open can be corrected.")
    for old in decision.conditions.select_related("owner", "criterion"):
        row = Condition(**{name: getattr(old, name) for name in CONDITION_KEPT})
        said = wanted.get(old.pk)
        moved = False
        if said is not None and old.met_at is None:
            row.text, row.due_on = said.text, said.due_on
            row.owner = said.owner or pilot.owner
            moved = row.due_on != old.due_on
            _note(changes, f"condition {old.pk}", old, row)
        rows.append(Row(row, moved))
    return rows


def _new(added: Sequence[Promise], pilot: Pilot, changes: Changes) -> list[Row]:
    rows = []
    for number, promise in enumerate(added, start=1):
        owner = promise.owed_by(pilot)
        row = Condition(text=promise.text, due_on=promise.due_on, owner=owner, criterion=promise.criterion)
        _note(changes, f"new condition {number}", None, row)
        rows.append(Row(row, moved=True))
    return rows


def _note(changes: Changes, name: str, old: Condition | None, new: Condition) -> None:
    before, after = (row and f"{row.text}, due {row.due_on}, {row.owner}" for row in (old, new))
    if before != after:
        changes[name] = [before, after]


def _wanted(
    decision: Decision, facts: dict[str, Any], correction_reason: str, rows: Sequence[Row], changes: bool
) -> Correction:
    after = {name: facts.get(name, getattr(decision, name)) for name in CORRECTABLE}
    return Correction(
        outcome=decision.outcome,
        reason_code=after["reason_code"],
        reason=after["reason"],
        correction_reason=correction_reason,
        changes=changes,
        review_on=after["review_on"],
        review_on_before=decision.review_on,
        lesson=after["lesson"],
        scope_cap=after["scope_cap"],
        conditions=[_promised(row.condition) for row in rows],
        moved=[_promised(row.condition) for row in rows if row.moved],
    )


def _promised(condition: Condition) -> Promised:
    owner = condition.owner
    return Promised(condition.text, condition.due_on, has_owner=owner is not None and owner.is_active)


def _written(
    decision: Decision, facts: dict[str, Any], rows: Sequence[Row], correction_reason: str, by: User
) -> Decision:
    said = {name: getattr(decision, name) for name in KEPT}
    said |= {name: facts[name] for name in CORRECTABLE if name in facts}
    correction = Decision(
        **said,
        supersedes=decision,
        correction_reason=correction_reason.strip(),
        corrected_by=by,
        corrected_at=clock.now(),
    )
    correction.save()
    for row in rows:
        row.condition.decision = correction
    Condition.objects.bulk_create(row.condition for row in rows)
    return correction


def _move_review(correction: Decision, current: Gate | None, changes: Changes) -> None:
    """A hold that still lasts is due again on its corrected day."""
    if correction.outcome != Outcome.HOLD or current is None or current.pk != correction.gate_id:
        return
    latest = current.decisions.standing().order_by("-decided_at", "-pk").first()
    if latest == correction and "review_on" in changes:
        changes |= changed_fields(current, {"planned_on": correction.review_on})
        current.planned_on = correction.review_on
        current.save(update_fields=["planned_on"])


def _record(correction: Decision, pilot: Pilot, by: User, changes: Changes) -> None:
    definition = correction.gate.definition
    record(
        events.DECISION_CORRECTED,
        subject=correction,
        pilot=pilot,
        actor=by,
        changes=changes,
        gate=f"{definition.key} {definition.name}",
        outcome=correction.outcome,
        reason=correction.correction_reason,
        supersedes=correction.supersedes_id,
    )
