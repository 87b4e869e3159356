"""Handing a gate back to its owner: the owner takes the request back, or a gatekeeper sends it back."""

from django.db import transaction

from gates import events
from gates.choices import GateStatus, ReviewStep
from gates.journey.readiness import refresh_one
from gates.models import Gate, ReviewTurn
from gates.rules import send_back_blockers, withdrawal_blockers
from pilots import clock
from pilots.events import record
from pilots.models import User
from pilots.rules import RuleViolation


@transaction.atomic
def withdraw_review(*, gate: Gate, by: User) -> Gate:
    """Take the request for a review back: the gate is open again. Raises RuleViolation."""
    gate = _lock(gate)
    blockers = withdrawal_blockers(gate_status=gate.status)
    if blockers:
        raise RuleViolation(*blockers)
    _hand_back(gate, ReviewStep.WITHDRAWN, "", by)
    return gate


@transaction.atomic
def send_back(*, gate: Gate, reason: str, by: User) -> Gate:
    """Send a gate in review back to its owner, who reads the reason. Raises RuleViolation."""
    gate = _lock(gate)
    blockers = send_back_blockers(
        gate_status=gate.status, owns_pilot=gate.pilot.owner_id == by.pk, reason=reason
    )
    if blockers:
        raise RuleViolation(*blockers)
    _hand_back(gate, ReviewStep.SENT_BACK, reason.strip(), by)
    return gate


def _lock(gate: Gate) -> Gate:
    locked = Gate.objects.select_for_update(of=("self",))
    return locked.select_related("pilot__owner", "definition").get(pk=gate.pk)


def _hand_back(gate: Gate, step: ReviewStep, reason: str, by: User) -> None:
    gate.status = GateStatus.OPEN
    gate.save(update_fields=["status"])
    ReviewTurn.objects.create(gate=gate, step=step, said=reason, by=by, at=clock.now())
    record(
        events.GATE_SENT_BACK if step == ReviewStep.SENT_BACK else events.REVIEW_WITHDRAWN,
        subject=gate,
        pilot=gate.pilot,
        actor=by,
        changes={"status": [GateStatus.SUBMITTED, GateStatus.OPEN]},
        gate=f"{gate.definition.key} {gate.definition.name}",
        reason=reason,
    )
    refresh_one(gate, today=clock.today())
