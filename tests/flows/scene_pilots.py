"""The other pilots of the scene: in intake, waiting for a review, gone on under a condition, stopped, archived."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from gates.checklist.actions import assess_criterion
from gates.choices import AssessmentState, Outcome
from gates.decisions.actions import Promise, decide
from gates.journey.actions import plan_gate, request_review
from gates.models import Condition, Gate, PlaybookVersion
from pilots.actions.pilots import archive_pilot
from pilots.choices import RiskTier
from pilots.models import Pilot, Programme, User
from tests.builders import budget_journey, days_ago, make_entry, make_kpi, make_pilot, sign_all, start


def other_pilots(programme, people: dict[str, User], playbook) -> dict[str, Any]:
    owner, keeper = people["owner"], people["gatekeeper"]
    conditional, condition = _went_on(programme, owner, keeper, playbook)
    return {
        "conditional": conditional,
        "condition": condition,
        "intake": make_pilot(programme, owner=owner, title="Meeting notes"),
        "archived": _archived(programme, owner),
        "stopped": _stopped(programme, owner, keeper, playbook),
        "waiting": _waiting(programme, owner, keeper, playbook),
    }


def meet_all(gate: Gate, by: User) -> None:
    """Every criterion that people decide is met."""
    for assessment in gate.assessments.filter(check_name="").select_related("criterion"):
        assess_criterion(assessment=assessment, state=AssessmentState.MET, by=by)


def ready_pilot(programme: Programme, owner: User, sponsor: User, playbook: PlaybookVersion, title: str):
    """A pilot at its first gate with nothing in the way, and that gate."""
    facts = {"risk_tier": RiskTier.MINIMAL, "risk_rationale": "Nobody is affected."}
    pilot = make_pilot(programme, owner=owner, sponsor=sponsor, title=title, **facts)
    make_kpi(pilot, "Hours saved", unit="h")
    budget_journey(pilot)
    make_entry(pilot, "integrations", by=owner)
    make_entry(pilot, "roles", by=owner, team="Back office IT")
    gate = start(pilot, playbook, on=days_ago(20))
    meet_all(gate, owner)
    return pilot, gate


def _waiting(programme, owner, keeper, playbook) -> Pilot:
    pilot, gate = ready_pilot(programme, owner, keeper, playbook, "Contract clause review")
    plan_gate(gate=gate, planned_on=days_ago(-3), forecast_on=None, reason="As agreed.", by=owner)
    request_review(gate=gate, by=owner)
    return pilot


def _went_on(programme, owner, keeper, playbook) -> tuple[Pilot, Condition]:
    pilot, gate = ready_pilot(programme, owner, keeper, playbook, "Call summaries")
    promise = Promise(text="Buy the licence", due_on=timezone.localdate() + timedelta(days=10), owner=owner)
    sign_all(gate)
    decision = decide(
        gate=gate,
        outcome=Outcome.CONDITIONAL_GO,
        reason_code="small_gaps",
        reason="Everything is there but the licence.",
        scope_cap="At most 200 users",
        conditions=(promise,),
        by=keeper,
    )
    return pilot, decision.conditions.get()


def _stopped(programme, owner, keeper, playbook) -> Pilot:
    pilot = make_pilot(programme, owner=owner, title="Lease abstracts")
    decide(
        gate=start(pilot, playbook, on=days_ago(90)),
        outcome=Outcome.STOP,
        reason="Nobody would use it.",
        reason_code="no_value",
        lesson="Ask the users first.",
        freed_amount=120_000,
        by=keeper,
    )
    return pilot


def _archived(programme, owner) -> Pilot:
    return archive_pilot(pilot=make_pilot(programme, owner=owner, title="Old idea"), by=owner)
