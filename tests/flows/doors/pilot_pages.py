"""The summary, the portfolio, a pilot's own pages and its checklist."""

from tests.builders import days_ago
from tests.flows.doors.door import SIGNED_IN, Door, of_criterion, of_gate, of_pilot
from tests.flows.scene import Scene
from tests.roles import KEEPERS


def assessment_body(s: Scene):
    return {"state": "in_progress", "note": "Asked again.", "responsible": str(s.people["owner"].pk)}


def plan_body(_: Scene):
    return {"planned_on": days_ago(-20).isoformat(), "forecast_on": "", "reason": "The audit takes longer."}


def start_body(s: Scene):
    return {"playbook": str(s.playbook.pk), "on": days_ago(1).isoformat()}


def of_measured_criterion(s: Scene):
    """At the second gate of `conditional`, whose KPI was never measured."""
    return {"key": s.conditional.key, "gate_key": "G2", "criterion_key": "V1"}


def reading_body(s: Scene):
    kpi = s.conditional.kpis.get()
    return {
        "kpi": str(kpi.pk),
        "value": "18.5",
        "measured_at": days_ago(1).isoformat(),
        "sample_size": "400",
        "note": "From the log.",
    }


DOORS = (
    Door("gates:summary", allowed=SIGNED_IN),
    Door("gates:portfolio", allowed=SIGNED_IN),
    Door("gates:overview", args=of_pilot),
    Door("gates:start", "post", KEEPERS, lambda s: {"key": s.intake.key}, start_body, 302, is_form=True),
    Door("gates:current_gate", args=of_pilot, status=302, is_page=False),
    Door("gates:gate", args=of_gate),
    Door("gates:plan", "get", KEEPERS, of_gate),
    Door("gates:plan", "post", KEEPERS, of_gate, plan_body, 302, is_form=True),
    Door("gates:criterion", args=of_criterion),
    Door("gates:record", "get", KEEPERS, of_measured_criterion),
    Door("gates:record", "post", KEEPERS, of_measured_criterion, reading_body, 302, is_form=True),
    Door("gates:criterion", "post", KEEPERS, of_criterion, assessment_body, 302, is_form=True),
)
