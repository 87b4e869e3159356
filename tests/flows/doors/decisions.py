"""Decisions, their corrections and conditions."""

from tests.builders import days_ago
from tests.flows.doors.door import SIGNED_IN, Door, of_gate, of_pilot
from tests.flows.scene import Scene
from tests.roles import DECIDERS, KEEPERS


def decision_body(_: Scene):
    names = ("condition", "due", "owner", "closes")
    rows = {f"{name}_{number}": "" for number in (1, 2) for name in names} | {"rows": "2"}
    hold = {"outcome": "hold", "reason": "Wait for the audit.", "review_on": days_ago(-30).isoformat()}
    hold |= {"code_hold": "dependency", "confirm": "yes"}
    ending = {"recycle_to": "", "lesson": "", "freed_amount": "", "override_reason": "", "scope_cap": ""}
    return hold | ending | rows


def of_decision(s: Scene):
    return {"key": s.conditional.key, "pk": s.condition.decision_id}


def of_condition(s: Scene):
    return {"key": s.conditional.key, "pk": s.condition.pk}


def correction_body(s: Scene):
    rows = {"condition_1": "Buy the licence", "due_1": days_ago(-20).isoformat(), "owner_1": ""}
    rows |= {"rows": "2"}
    return rows | {
        "reason_code": "small_gaps",
        "reason": "Everything is there but the licence.",
        "scope_cap": "At most 200 users",
        "correction_reason": "The supplier needs two weeks.",
    }


def met_body(_: Scene):
    return {"note": "Bought on Monday.", "link": "https://example.com/licence"}


DOORS = (
    Door("gates:decide", "get", DECIDERS, of_gate),
    Door("gates:decide", "post", DECIDERS, of_gate, decision_body, 302, is_form=True),
    Door("gates:all_decisions", allowed=SIGNED_IN),
    Door("gates:decisions", args=of_pilot),
    Door("gates:decision", args=of_decision),
    Door("gates:correct", "get", DECIDERS, of_decision),
    Door("gates:correct", "post", DECIDERS, of_decision, correction_body, 302, is_form=True),
    Door("gates:condition_met", "get", KEEPERS, of_condition),
    Door("gates:condition_met", "post", KEEPERS, of_condition, met_body, 302, is_form=True),
)
