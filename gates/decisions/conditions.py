"""What becomes of conditions: met with what shows it, or lapsed, so that their decision steps down to a hold.

Everything here may run twice, late or half: it acts on what is true now, under the gate's and the pilot's
lock, and a step-down is written once for each day that passed.
"""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.formats import date_format

from gates import events
from gates.choices import Outcome, ReasonCode
from gates.decisions.effects import hold
from gates.decisions.footing import DEEP, kept, lock_pilot, shown_now
from gates.decisions.rules import REVIEW_AFTER, meeting_blockers
from gates.journey.readiness import refresh_one
from gates.models import Condition, Decision, Gate
from pilots import clock
from pilots.choices import PilotState
from pilots.events import changed_fields, record
from pilots.models import Pilot, User
from pilots.rules import RuleViolation


@transaction.atomic
def meet_condition(*, condition: Condition, note: str, by: User, link: str = "") -> Condition:
    """Say that a condition has been met, and what shows it. Doing it twice changes nothing.

    If it was the last one whose lapse holds the pilot, that hold is over, unless a person has decided
    something since. Raises RuleViolation.
    """
    pilot, gate = lock_pilot(condition.decision.gate.pilot_id)
    condition = (
        Condition.objects.select_for_update(of=("self",)).select_related("decision").get(pk=condition.pk)
    )
    if condition.met_at is not None:
        return condition
    superseded = Decision.objects.filter(supersedes=condition.decision_id).exists()
    blockers = meeting_blockers(superseded=superseded, note=note)
    if blockers:
        raise RuleViolation(*blockers)
    condition.met_at, condition.met_by = clock.now(), by
    condition.met_note, condition.met_link = note, link
    condition.save(update_fields=["met_at", "met_by", "met_note", "met_link"])
    record(
        events.CONDITION_MET,
        subject=condition,
        pilot=pilot,
        actor=by,
        changes={"met": [False, True]},
        text=condition.text,
        note=note,
        link=link,
    )
    if not end_hold(pilot, gate, today=clock.today(), by=by):
        _settle(gate, clock.today())
    return condition


def step_down_lapsed(*, today: date) -> int:
    """Step down every decision one of whose conditions was not met by the end of its day.

    Returns how many were stepped down. A pilot that somebody is deciding about at this moment waits for
    the next run.
    """
    lapsed = Condition.objects.lapsed(today).not_stepped_down()
    decisions = lapsed.order_by("decision_id").values_list("decision_id", flat=True).distinct()
    return sum(_step_down(pk, today) for pk in list(decisions))


@transaction.atomic
def _step_down(decision_id: int, today: date) -> bool:
    lapsed_from = Decision.objects.select_related("gate").get(pk=decision_id)
    if not _lock_unless_busy(lapsed_from.gate.pilot_id):
        return False
    pilot, current = lock_pilot(lapsed_from.gate.pilot_id)
    lapsed = list(
        Condition.objects.lapsed(today)
        .not_stepped_down()
        .filter(decision=decision_id)
        .order_by("due_on", "pk")
    )
    if not lapsed:  # met, corrected or stepped down meanwhile
        return False
    gate = current or _gate_of(lapsed_from, pilot)
    _write_step_down(lapsed_from, lapsed, gate, pilot, today)
    return True


def _lock_unless_busy(pilot_id: int) -> bool:
    """Lock what the pilot works towards; False when somebody is at it."""
    current = Gate.objects.current().filter(pilot=pilot_id)
    free = current.select_for_update(of=("self",), skip_locked=True).values_list("pk", flat=True)
    return bool(list(free)) or not current.exists()


def _gate_of(decision: Decision, pilot: Pilot) -> Gate:
    """After its last gate a pilot works towards none: then it is the gate that was decided."""
    gate = Gate.objects.select_related(DEEP).get(pk=decision.gate_id)
    gate.pilot = pilot
    return gate


def _write_step_down(
    lapsed_from: Decision, lapsed: Sequence[Condition], gate: Gate, pilot: Pilot, today: date
) -> None:
    now = shown_now(gate, today=today)
    review_on = today + REVIEW_AFTER
    changes = {}
    facts = kept(now, today=today)
    if pilot.state == PilotState.ACTIVE:  # who is held already stays held as it was decided
        changes = changed_fields(pilot, {"state": PilotState.ON_HOLD})
        if gate.is_current:
            changes |= changed_fields(gate, {"planned_on": review_on, "forecast_on": None})
        facts["seen"] |= {"held": _plan_of(gate)}
    decision = Decision(
        gate=gate,
        outcome=Outcome.HOLD,
        reason_code=ReasonCode.CONDITION_LAPSED,
        reason=lapse_reason(lapsed),
        review_on=review_on,
        decided_by=None,
        decided_at=clock.now(),
        steps_down=lapsed_from,
        lapsed_on=max(condition.due_on for condition in lapsed),
        **facts,
    )
    decision.save()
    record(
        events.DECISION_STEPPED_DOWN,
        subject=decision,
        pilot=pilot,
        actor=None,
        changes=changes,
        gate=f"{gate.definition.key} {gate.definition.name}",
        outcome=Outcome.HOLD,
        reason=decision.reason,
    )
    if changes:
        _pause(pilot, gate, review_on)
    _settle(gate, today)


def _settle(gate: Gate | None, today: date) -> None:
    """The gate says again whom it waits on."""
    if gate is not None and gate.is_current:
        refresh_one(gate, today=today)


def lapse_reason(lapsed: Sequence[Condition]) -> str:
    """In whole sentences, which conditions were not met."""
    one = "This condition of the conditional go was not met in time"
    many = "These conditions of the conditional go were not met in time"
    named = "; ".join(f"{row.text} (due {date_format(row.due_on, 'j M Y')})" for row in lapsed)
    return f"{one if len(lapsed) == 1 else many}: {named}."


def _plan_of(gate: Gate) -> dict[str, str | None]:
    """The dates that a hold moves, to be put back when it ends by itself."""
    return {
        "planned_on": gate.planned_on.isoformat() if gate.planned_on else None,
        "forecast_on": gate.forecast_on.isoformat() if gate.forecast_on else None,
    }


def _pause(pilot: Pilot, gate: Gate, review_on: date) -> None:
    pilot.state = PilotState.ON_HOLD
    if gate.is_current:
        hold(gate, review_on)
    else:
        pilot.save(update_fields=["state"])


def end_hold(pilot: Pilot, gate: Gate | None, *, today: date, by: User) -> bool:
    """End a hold that Pilotage began, on a locked pilot and gate, once nothing that lapsed is open any more.

    A hold that a person decided, before or since, stays. Returns whether it ended.
    """
    if pilot.state != PilotState.ON_HOLD or _lapsed_of(pilot, today):
        return False
    began = _hold_by_lapse(pilot)
    if began is None or _decided_by_people(pilot, since=began):
        return False
    changes = changed_fields(pilot, {"state": PilotState.ACTIVE}) | _put_back(gate, began)
    pilot.state = PilotState.ACTIVE
    pilot.save(update_fields=["state"])
    record(events.HOLD_ENDED, subject=began, pilot=pilot, actor=by, changes=changes)
    _settle(gate, today)
    return True


def _lapsed_of(pilot: Pilot, today: date) -> bool:
    return Condition.objects.lapsed(today).filter(decision__gate__pilot=pilot).exists()


def _hold_by_lapse(pilot: Pilot) -> Decision | None:
    """The step-down that put this pilot on hold: later ones, while it was held, moved nothing."""
    down = Decision.objects.filter(gate__pilot=pilot, steps_down__isnull=False).order_by("-decided_at", "-pk")
    return next((decision for decision in down if "held" in decision.seen), None)


def _decided_by_people(pilot: Pilot, *, since: Decision) -> bool:
    decided = Decision.objects.filter(gate__pilot=pilot, decided_by__isnull=False, supersedes__isnull=True)
    return decided.filter(decided_at__gt=since.decided_at).exists()


def _put_back(gate: Gate | None, began: Decision) -> dict:
    """The gate's dates as they were, unless somebody has planned it anew since."""
    if gate is None or gate.pk != began.gate_id or gate.planned_on != began.review_on:
        return {}
    before = {name: day and date.fromisoformat(day) for name, day in began.seen["held"].items()}
    changes = changed_fields(gate, before)
    gate.planned_on, gate.forecast_on = before["planned_on"], before["forecast_on"]
    gate.save(update_fields=["planned_on", "forecast_on"])
    return changes
