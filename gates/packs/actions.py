"""Freezing packs. A pack that has been frozen is never changed; the next has the next number."""

import logging
from datetime import date

from django.db import transaction

from gates import events
from gates.choices import ReviewStep
from gates.decisions.footing import DEEP
from gates.digest import digest_of
from gates.journey.queries import checklist_of, latest_turn
from gates.journey.readiness import refresh_gates
from gates.models import DecisionPack, Gate, ReviewTurn
from gates.packs.content import Content, content_of
from gates.packs.queries import due_freezes, find_pack, what_changed
from gates.packs.rules import freeze_blockers
from pilots import clock
from pilots.events import record
from pilots.models import User
from pilots.rules import SENT_AGAIN, RuleViolation

logger = logging.getLogger(__name__)
WHOLE = ("pilot__programme", "pilot__owner", "pilot__sponsor", "pilot__outlook", DEEP)


@transaction.atomic
def freeze_pack(*, gate: Gate, by: User) -> DecisionPack:
    """Freeze the gate as it is now. The same again within seconds is the pack there is.

    Raises RuleViolation when the gate is not open.
    """
    locked = _lock(gate.pk)
    blockers = freeze_blockers(gate_status=locked.status)
    if blockers:
        raise RuleViolation(*blockers)
    return _freeze(locked, by=by)


def freeze_due_packs(gate_id: int | None = None) -> int:
    """Freeze what is due by now, each gate by itself, or at this gate only. Returns how many were frozen.

    May run twice, late or half: of a freeze, each request for review has one pack. A gate that somebody
    works on at this moment waits for the next run, and one that cannot be frozen keeps back no other.
    """
    gates = Gate.objects.all() if gate_id is None else Gate.objects.filter(pk=gate_id)
    return sum(_freeze_alone(pk) for pk in due_freezes(clock.now(), gates))


def _freeze_alone(gate_id: int) -> bool:
    try:
        return _freeze_on_its_day(gate_id)
    except Exception:
        logger.exception("The pack of gate %s could not be frozen; the next run tries again.", gate_id)
        return False


@transaction.atomic
def _freeze_on_its_day(gate_id: int) -> bool:
    free = Gate.objects.filter(pk=gate_id).select_for_update(of=("self",), skip_locked=True)
    if not list(free.values_list("pk", flat=True)):
        return False
    day = due_freezes(clock.now(), Gate.objects.filter(pk=gate_id)).get(gate_id)
    if day is None:  # not so any more
        return False
    _freeze(_lock(gate_id), freeze_on=day)
    return True


def _lock(gate_id: int) -> Gate:
    """The gate locked, with what the checks say now and all that a pack tells of it."""
    refresh_gates(Gate.objects.filter(pk=gate_id), today=clock.today())
    found = Gate.objects.select_for_update(of=("self",)).select_related(*WHOLE)
    return found.get(pk=gate_id)


def _freeze(gate: Gate, *, by: User | None = None, freeze_on: date | None = None) -> DecisionPack:
    """The next pack of a locked gate."""
    now, latest = clock.now(), find_pack(gate)
    content = content_of(gate, checklist_of(gate), today=clock.today())
    if (
        by is not None
        and latest is not None
        and latest.frozen_at > now - SENT_AGAIN
        and _same(latest, content)
    ):
        return latest
    number = latest.number + 1 if latest else 1
    content |= {"changed": what_changed(gate, content), "frozen_by": str(by) if by else ""}
    pack = DecisionPack.objects.create(
        gate=gate,
        number=number,
        frozen_at=now,
        frozen_by=by,
        freeze_on=freeze_on,
        request=_request_under_way(gate),
        digest=digest_of(content["facts"]),
        content=content,
    )
    record(
        events.PACK_FROZEN,
        subject=pack,
        pilot=gate.pilot,
        actor=by,
        gate=gate.definition.key,
        number=number,
        freeze_on=freeze_on.isoformat() if freeze_on else None,
        digest=pack.digest,
        content_digest=digest_of(content),
    )
    return pack


def _request_under_way(gate: Gate) -> ReviewTurn | None:
    turn = latest_turn(gate)
    return turn if turn is not None and turn.step == ReviewStep.REQUESTED else None


def _same(pack: DecisionPack, content: Content) -> bool:
    return {name: pack.content.get(name) for name in content} == content
