"""A program at the API's door, and a small world with one of everything for it to ask about."""

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.utils import timezone
from rest_framework.test import APIClient

from gates.amendments.actions import ask_amendment
from gates.checks import CHECKS
from gates.choices import AmendedField, EvidenceKind, GateStatus, Outcome
from gates.evidence.actions import add_evidence
from gates.feedback.actions import give_feedback
from gates.journey.actions import request_review
from gates.meetings.actions.calling import call_meeting, start_meeting
from gates.models import (
    AgendaItem,
    Amendment,
    Assessment,
    Condition,
    Decision,
    DecisionPack,
    Delegation,
    Distinction,
    Evidence,
    Feedback,
    Gate,
    Gatekeeper,
    GateReview,
    Handover,
    Overlap,
    PlaybookVersion,
    SignSpell,
    Waiver,
)
from gates.overlap.actions import tell_apart
from gates.packs.actions import freeze_pack
from gates.playbooks.drafting import draft_from_text
from gates.signoffs.actions import give_delegation, name_gatekeeper, sign_off
from gates.signs.actions import refresh_signs
from gates.waivers.actions import approve_waiver, ask_waiver
from metrics.annotations.actions import annotate_kpi
from metrics.collectors.actions.hosts import allow_host
from metrics.models import (
    AllowedHost,
    Annotation,
    Benefit,
    BenefitPeriod,
    BenefitPool,
    BudgetLine,
    Collector,
    Kpi,
    KpiDefinition,
    Measurement,
    Outlook,
)
from metrics.value.actions import create_pool
from pilots.actions.tokens import create_token
from pilots.choices import JobState
from pilots.models import Entry, Event, Job, Pilot, Programme, User
from pilots.registers.table import REGISTERS
from tests.builders import (
    bring,
    days_ago,
    make_benefit,
    make_budget,
    make_collector,
    make_definition,
    make_entry,
    make_gate,
    make_job,
    make_kpi,
    make_outlook,
    make_overlap,
    make_pilot,
    make_playbook,
    measure,
    start,
)
from tests.gates.handover.handing import give, prepare
from tests.gates.playbooks.samples import SMALL
from tests.writes import Writes

BASE = "/api/v1/"


def program_of(user: User | None) -> APIClient:
    """A program that comes with this person's token; with None it has none."""
    client = APIClient()
    if user is not None:
        _, secret = create_token(user=user, name="tests")
        client.credentials(HTTP_AUTHORIZATION=f"Token {secret}")
    return client


@dataclass
class World:
    """One pilot under way with all that hangs on it, one in intake, and a playbook to start that one on."""

    programme: Programme
    playbook: PlaybookVersion
    draft: PlaybookVersion  # of another playbook
    intake: Pilot
    pilot: Pilot
    gate: Gate
    assessment: Assessment
    evidence: Evidence
    file: Evidence
    decision: Decision
    condition: Condition
    planned: GateReview  # with `gate` on its agenda
    running: GateReview  # the same
    item: AgendaItem  # its only one
    waiver: Waiver  # asked for, of T1
    outlook: Outlook
    waived: Waiver  # in force, of O1
    amendment: Amendment  # asked for by the owner
    job: Job  # the owner's, failed
    running_job: Job  # the owner's
    pack: DecisionPack  # of `gate`
    kpi: Kpi
    definition: KpiDefinition
    reading: Measurement
    note: Annotation  # at `kpi`
    collector: Collector  # of another KPI of the pilot
    host: AllowedHost
    benefit: Benefit
    month: BenefitPeriod  # of `benefit`, attributed
    pool: BenefitPool
    line: BudgetLine
    entries: dict[str, Entry]  # one of each register, of `pilot`
    submitted: Gate  # in review, of another pilot
    feedback: Feedback
    reviewed: Gate  # in review; the signer holds its two roles and has signed in one
    risk: Gatekeeper
    prepared: Handover  # the owner's pilots, by the owner; nothing has moved
    handed: Handover  # of the decider, by the decider: a KPI to the signer
    overlap: Overlap  # of `pilot` and the pilot in review
    distinction: Distinction  # `pilot` and `intake` are alike, and told apart
    delegation: Delegation  # from the signer to the helper, not yet begun
    sign: SignSpell  # of `pilot`

    @cached_property
    def event(self) -> Event:
        return Event.objects.filter(pilot=self.pilot).latest("pk")


def warned_of(pilot: Pilot) -> SignSpell:
    """A warning sign of this pilot, found as every night."""
    refresh_signs([pilot.pk], today=timezone.localdate())
    return SignSpell.objects.filter(pilot=pilot).earliest("pk")


def make_world(programme: Programme, owner: User, decider: User, signer: User, helper: User) -> World:
    pilot = make_pilot(programme, owner=owner, title="Invoice reading")
    gate = make_gate(pilot=pilot, planned_on=days_ago(-30))
    gate.pilot = pilot
    kpi = make_kpi(pilot, "Cost per case")
    benefit = make_benefit(pilot, by=owner)
    reviewed, risk = make_reviewed(programme, owner, signer)
    prepared, handed = make_handovers(pilot, owner, decider, signer)
    running = start_meeting(review=make_meeting(gate, decider, "Now"), by=decider)
    intake = make_pilot(programme, owner=owner, title="Clause review")
    make_overlap(pilot, intake, score=0.41)
    lease = make_pilot(programme, owner=owner, title="Lease abstracts")
    return World(
        programme=programme,
        playbook=make_playbook(),
        draft=draft_from_text(source=SMALL, known_checks=frozenset(CHECKS), by=decider),
        intake=intake,
        overlap=make_overlap(pilot, lease),
        distinction=tell_apart(pilot=pilot, other=intake, reason="It reads clauses.", by=owner),
        pilot=pilot,
        gate=gate,
        **_at_gate(gate, owner, decider),
        pack=freeze_pack(gate=gate, by=helper),
        planned=make_meeting(gate, decider),
        running=running,
        item=running.items.get(),
        outlook=make_outlook(pilot, by=owner),
        job=make_job(owner),
        running_job=make_job(owner, JobState.RUNNING),
        kpi=kpi,
        collector=make_collector(make_kpi(pilot, "Minutes per case"), by=owner),
        host=allow_host(entry="10.0.4.7:9090", reason="Prometheus.", by=owner),
        definition=make_definition(),
        reading=measure(kpi, "12.5", on=days_ago(3), by=owner, source="api"),
        note=annotate_kpi(kpi=kpi, on=days_ago(3), text="Test set v4.", by=owner),
        submitted=make_gate(pilot=lease, status=GateStatus.SUBMITTED),
        benefit=benefit,
        month=bring(benefit, days_ago(40), "1200", band="attributed", by=owner),
        pool=create_pool(programme=programme, name="Fewer calls", by=owner),
        line=make_budget(pilot, "integration", 5_000, months=3),
        entries={key: make_entry(pilot, key) for key in REGISTERS},
        reviewed=reviewed,
        prepared=prepared,
        handed=handed,
        risk=risk,
        sign=warned_of(pilot),
        delegation=give_delegation(
            receiver=helper, starts_on=days_ago(-1), ends_on=days_ago(-9), reason="Away", by=signer
        ),
    )


def _at_gate(gate: Gate, owner: User, decider: User) -> dict[str, Any]:
    assessment = gate.assessments.select_related("criterion").first()
    note = {"kind": EvidenceKind.NOTE, "note": "Seen on site."}
    file = {"kind": EvidenceKind.FILE, "file": SimpleUploadedFile("load-test.pdf", b"%PDF-1.7")}
    change = {"field": AmendedField.WEIGHT, "after": 1, "reason": "One of many."}
    return {
        "assessment": assessment,
        "evidence": add_evidence(assessment=assessment, by=owner, **note),
        "file": add_evidence(assessment=assessment, by=owner, **file),
        "decision": make_decision(gate, decider),
        "condition": make_condition(gate, decider, owner),
        "waiver": make_waiver(gate, "T1", owner),
        "waived": approve_waiver(waiver=make_waiver(gate, "O1", owner), by=decider),
        "amendment": ask_amendment(gate=gate, assessment=assessment, by=owner, **change),
        "feedback": give_feedback(gate=gate, assessment=assessment, level="fine", by=decider),
    }


def make_reviewed(programme: Programme, owner: User, signer: User) -> tuple[Gate, Gatekeeper]:
    """A gate in review whose two roles the signer holds; Security has signed, Risk has not."""
    roles = [{"role": "Risk", "quorum": "any", "areas": ["risk"]}, {"role": "Security", "quorum": "any"}]
    pilot = make_pilot(programme, owner=owner, title="Claims triage")
    gate = start(pilot, make_playbook(gatekeeper_roles=roles))
    request_review(gate=gate, by=owner)
    risk, _ = (
        name_gatekeeper(programme=programme, role=role["role"], person=signer, by=owner) for role in roles
    )
    sign_off(gate=gate, role="Security", by=signer)
    return gate, risk


def make_handovers(pilot: Pilot, owner: User, decider: User, signer: User) -> tuple[Handover, Handover]:
    """What the owner is about to pass on, and what the decider has."""
    make_kpi(pilot, "Letters per day", owner=decider)
    return (
        prepare(owner, signer, by=owner, kinds=["owner"]),
        give(decider, signer, by=decider, kinds=["kpi"]),
    )


def make_waiver(gate: Gate, key: str, by: User) -> Waiver:
    """Asked for, until in a month."""
    assessment = gate.assessments.get(criterion__key=key)
    return ask_waiver(assessment=assessment, reason="It comes in May.", expires_on=days_ago(-30), by=by)


SEEN = {
    "score": 0,
    "floor": 0,
    "floor_area": "value",
    "unknown": 100,
    "passes": False,
    "blockers": [],
    "score_threshold": 60,
    "floor_threshold": 0,
    "criteria": [],
}


def make_decision(gate: Gate, by: User, **facts: Any) -> Decision:
    """A hold in the past, which left the gate as it is now."""
    facts = {
        "outcome": Outcome.HOLD,
        "reason_code": "dependency",
        "reason": "Wait for the audit.",
        "review_on": days_ago(1),
    } | facts
    return Decision.objects.create(gate=gate, decided_by=by, decided_at=timezone.now(), seen=SEEN, **facts)


def make_meeting(gate: Gate, by: User, title: str = "Soon") -> GateReview:
    soon = timezone.now() + timedelta(days=7)
    programme = gate.pilot.programme
    return call_meeting(programme=programme, title=title, starts_at=soon, gates=[gate], by=by)


def make_condition(gate: Gate, by: User, owner: User) -> Condition:
    """Of a conditional go in the past."""
    facts = {"outcome": Outcome.CONDITIONAL_GO, "reason_code": "small_gaps", "scope_cap": "200 users"}
    decision = make_decision(gate, by, review_on=None, **facts)
    return Condition.objects.create(
        decision=decision, text="Buy the licence", due_on=days_ago(-10), owner=owner
    )


def rows_there() -> dict[str, int]:
    """How many rows each of the product's tables has."""
    models = [
        model for app in ("pilots", "metrics", "gates") for model in apps.get_app_config(app).get_models()
    ]
    return {model.__name__: model.objects.count() for model in models}


@contextmanager
def nothing_written():
    """Whatever happens inside leaves every row as it was."""
    writes = Writes()
    with connection.execute_wrapper(writes):
        yield
    assert writes.kept == []


@contextmanager
def undone():
    """Whatever is written inside is gone afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
