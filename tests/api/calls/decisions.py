"""Decisions, their corrections and conditions."""

from typing import Any

from tests.api.calls.call import Call
from tests.api.world import World
from tests.builders import days_ago
from tests.roles import DECIDERS, KEEPERS


def stop_of(world: World) -> dict[str, Any]:
    return {"outcome": "stop", "reason": "No effect.", "reason_code": "no_value", "lesson": "Measure first."}


READS = (Call("show a decision", "get", lambda w: f"decisions/{w.decision.pk}/"),)
WRITES = (
    Call("decide", "post", lambda w: f"gates/{w.gate.pk}/decisions/", DECIDERS, stop_of, status=201),
    Call(
        "correct a decision",
        "post",
        lambda w: f"decisions/{w.decision.pk}/corrections/",
        DECIDERS,
        lambda w: {"correction_reason": "Wrong week.", "review_on": days_ago(-9).isoformat()},
        status=201,
    ),
    Call(
        "meet a condition",
        "post",
        lambda w: f"conditions/{w.condition.pk}/met/",
        KEEPERS,
        lambda w: {"note": "Bought on Monday."},
    ),
)
