"""A decision about to be recorded, in one sentence that repeats everything."""

from collections.abc import Sequence
from typing import Any

from django.utils.formats import date_format, number_format

from gates.choices import Outcome, ReasonCode
from gates.decisions.actions import Promise
from gates.models import Gate


def in_one_sentence(gate: Gate, facts: dict[str, Any]) -> str:
    """What `decide` would record with these facts at a gate with its pilot and definition."""
    pilot = gate.pilot
    outcome = Outcome(facts["outcome"])
    code = str(ReasonCode(facts["reason_code"]).label).lower()
    parts = [
        f"{outcome.label} at {gate.definition} of {pilot.title} ({pilot.key})",
        *_what(outcome, facts, gate),
    ]
    parts.append(f"because: {code}, “{facts['reason'].strip()}”")
    if facts["override_reason"].strip() and outcome in (Outcome.GO, Outcome.CONDITIONAL_GO):
        parts.append(f"overriding what stands in its way, because: “{facts['override_reason'].strip()}”")
    return ", ".join(parts) + "."


def _what(outcome: Outcome, facts: dict[str, Any], gate: Gate) -> list[str]:
    if outcome == Outcome.CONDITIONAL_GO:
        return _conditional(facts, gate)
    if outcome == Outcome.HOLD:
        return [f"to be looked at again on {date_format(facts['review_on'], 'j M Y')}"]
    if outcome == Outcome.RECYCLE:
        return [f"back to {facts['recycle_to'].name}"]
    if outcome == Outcome.STOP:
        return _stop(facts)
    return []


def _conditional(facts: dict[str, Any], gate: Gate) -> list[str]:
    promises: Sequence[Promise] = facts["conditions"]
    count = "one condition" if len(promises) == 1 else f"{len(promises)} conditions"
    named = "; ".join(_promise(promise, gate) for promise in promises)
    return [f"no further than “{facts['scope_cap'].strip()}” until then", f"on {count}: {named}"]


def _promise(promise: Promise, gate: Gate) -> str:
    owner = promise.owed_by(gate.pilot)
    closes = f", closes {promise.criterion.key}" if promise.criterion else ""
    return f"“{promise.text}” by {date_format(promise.due_on, 'j M Y')} ({owner}{closes})"


def _stop(facts: dict[str, Any]) -> list[str]:
    freed = facts["freed_amount"]
    said = [] if freed is None else [f"which frees {number_format(freed, force_grouping=True)}"]
    said.append(f"what happened: “{facts['lesson'].strip()}”")
    if facts["advice"].strip():
        said.append(f"what to do differently: “{facts['advice'].strip()}”")
    return [*said, "and archived, off the lists"] if facts["archive"] else said
