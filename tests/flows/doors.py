"""Every address that answers people, each method that it takes, and who may use it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import get_resolver, reverse

from gates.signoffs.page import seat_pages
from tests.builders import days_ago
from tests.flows.scene import PASSWORD, Scene
from tests.gates.playbooks.samples import SMALL

MEMBERS = (
    "owner",
    "other_owner",
    "programme_manager",
    "gatekeeper",
    "executive",
    "auditor",
    "administrator",
)
PARTS = (*MEMBERS, "outsider", "stranger", "anonymous")
SIGNED_IN = PARTS[:-1]
MANAGERS = ("programme_manager", "administrator")
EDITORS = ("owner", "programme_manager", "administrator")
KEEPERS = ("owner", "programme_manager")
DECIDERS = ("gatekeeper", "executive")
REVIEWERS = (*DECIDERS, "programme_manager")
CREATORS = ("owner", "other_owner", "programme_manager", "administrator", "outsider")
SIGNERS = ("gatekeeper", "executive")  # the sponsor, and who stands in for the sponsor now
AUDITORS = ("programme_manager", "auditor", "administrator")

Facts = Callable[[Scene], dict[str, Any]]


def nothing(_: Scene) -> dict[str, Any]:
    return {}


def of_pilot(s: Scene):
    return {"key": s.pilot.key}


def of_gate(s: Scene):
    return of_pilot(s) | {"gate_key": s.gate.definition.key}


def of_criterion(s: Scene):
    return of_gate(s) | {"criterion_key": s.criterion.criterion.key}


def to_be_waived(s: Scene):
    return of_gate(s) | {"criterion_key": "T2"}


def of_waiver(s: Scene):
    return {"pk": s.waiver.pk}


def of_pack(s: Scene):
    return of_gate(s) | {"number": s.pack.number}


def of_programme(s: Scene):
    return {"slug": s.programme.slug}


def of_kpi(s: Scene):
    return of_pilot(s) | {"pk": s.kpi.pk}


@dataclass(frozen=True)
class Door:
    """One address and method; `body` is what a form there sends when all is well.

    Who is not `allowed` gets `refused`; who cannot see the programme gets `hidden`; nobody signed in is
    sent to the sign-in page unless `anonymous` says what else.
    """

    name: str
    method: str = "get"
    allowed: tuple[str, ...] = MEMBERS
    args: Facts = nothing
    body: Facts = nothing
    status: int = 200
    refused: int = 403
    hidden: int = 404  # what outsider and stranger get, unless allowed
    outsider: int | None = None  # where that is something else
    anonymous: int = 302
    is_form: bool = False  # takes fields that can be filled in wrongly
    is_page: bool = True  # a GET shows a page of ours
    files: Facts = field(default=nothing)

    def __str__(self) -> str:
        return f"{self.method} {self.name}"

    def url(self, scene: Scene) -> str:
        return reverse(self.name, kwargs=self.args(scene))

    def expected(self, part: str) -> int:
        """The status that this person gets."""
        if part in self.allowed:
            return self.status
        if part == "anonymous":
            return self.anonymous
        if part == "outsider":
            return self.outsider or self.hidden
        return self.hidden if part == "stranger" else self.refused

    def by(self, client: Client, scene: Scene):
        """The answer to a request in which all is well; a file is read to its end."""
        if self.method == "get":
            answer = client.get(self.url(scene))
        else:
            answer = client.post(self.url(scene), self.body(scene) | self.files(scene))
        if answer.streaming:
            b"".join(answer.streaming_content)  # which closes it
        return answer


def pilot_body(s: Scene):
    return {
        "programme": s.programme.slug,
        "title": "Meeting minutes",
        "problem": "Minutes take an hour.",
        "workflow": "The weekly round.",
        "unit": "Legal",
        "priority": "3",
        "owner": str(s.people["owner"].pk),
        "sponsor": str(s.people["gatekeeper"].pk),
        "approach": "custom",
        "vendor": "Papierlos GmbH",
        "model_name": "Reader 2",
        "risk_tier": "limited",
        "risk_rationale": "Every minute is read by a person.",
        "intake_on": "2026-01-05",
        "ends_on": "2026-12-31",
    }


def kpi_body(_: Scene):
    return {
        "name": "Minutes saved",
        "kind": "business",
        "unit": "min",
        "direction": "higher",
        "definition": "Per meeting.",
        "baseline": "0",
        "baseline_on": "2026-01-05",
        "target": "45",
        "target_on": "2026-12-31",
        "cadence_days": "30",
    }


def outlook_body(_: Scene):
    return {
        "cost_to_go": "120000",
        "value_to_go": "400000",
        "horizon_months": "36",
        "currency": "EUR",
        "spent": "80000",
        "as_of": days_ago(2).isoformat(),
        "basis": "Business case of October.",
    }


def measurement_body(_: Scene):
    return {
        "value": "18.5",
        "measured_at": days_ago(1).isoformat(),
        "sample_size": "400",
        "note": "From the log.",
    }


def assessment_body(s: Scene):
    return {"state": "in_progress", "note": "Asked again.", "responsible": str(s.people["owner"].pk)}


def evidence_body(_: Scene):
    return {
        "title": "Plan",
        "note": "Page 3",
        "link": "https://example.com/plan",
        "valid_until": days_ago(-60).isoformat(),
    }


def evidence_files(_: Scene):
    return {"file": SimpleUploadedFile("plan.pdf", b"%PDF-1.7 plan")}


def of_evidence(s: Scene):
    return of_pilot(s) | {"pk": s.evidence.pk}


def of_link(s: Scene):
    return of_gate(s) | {"criterion_key": "T1"}


def of_use(s: Scene):
    return of_criterion(s) | {"pk": s.evidence.pk}


def revision_body(_: Scene):
    return {
        "note": "Page 4",
        "link": "https://example.com/plan-2",
        "valid_until": days_ago(-90).isoformat(),
        "comment": "Corrected.",
    }


def reason_body(_: Scene):
    return {"reason": "It was of another pilot."}


def waiver_body(_: Scene):
    return {"reason": "The list comes in May.", "expires_on": days_ago(-30).isoformat()}


def note_body(_: Scene):
    return {"note": "Do it first."}


def decision_body(_: Scene):
    names = ("condition", "due", "owner", "closes")
    rows = {f"{name}_{number}": "" for number in (1, 2) for name in names} | {"rows": "2"}
    hold = {"outcome": "hold", "reason": "Wait for the audit.", "review_on": days_ago(-30).isoformat()}
    hold |= {"code_hold": "dependency", "confirm": "yes"}
    ending = {"recycle_to": "", "lesson": "", "freed_amount": "", "override_reason": "", "scope_cap": ""}
    return hold | ending | rows


def of_waiting(s: Scene):
    return {"key": s.waiting.key, "gate_key": "G1"}


def feedback_body(_: Scene):
    return {"level": "minor", "comment": "Few users were asked."}


def sign_body(s: Scene):
    gate = s.waiting.gates.current().get()
    pages = seat_pages(s.people["gatekeeper"], gate, today=days_ago(0))
    return {"seat": pages[0].value, "what": "sign", "comment": "Good."}


def gatekeeper_body(s: Scene):
    return {"role": "IT operations", "person": str(s.people["auditor"].pk)}


def delegation_body(s: Scene):
    return {
        "receiver": str(s.people["executive"].pk),
        "programme": str(s.programme.pk),
        "starts_on": days_ago(-20).isoformat(),
        "ends_on": days_ago(-30).isoformat(),
        "reason": "On leave",
    }


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


def plan_body(_: Scene):
    return {"planned_on": days_ago(-20).isoformat(), "forecast_on": "", "reason": "The audit takes longer."}


def of_job(s: Scene):
    return {"pk": s.job.pk}


def of_term(s: Scene):
    return of_gate(s) | {"term": "score_threshold"}


def of_amendment(s: Scene):
    return of_gate(s) | {"pk": s.amendment.pk}


def amendment_body(_: Scene):
    return {"after": "55", "reason": "The pilot is small."}


def start_body(s: Scene):
    return {"playbook": str(s.playbook.pk), "on": days_ago(1).isoformat()}


def audit_body(s: Scene):
    return {
        "programme": s.programme.slug,
        "pilot": s.pilot.key,
        "person": "olga",
        "type": "pilots.pilot_edited",
        "via": "web",
        "since": days_ago(30).isoformat(),
        "until": days_ago(0).isoformat(),
    }


def programme_body(_: Scene):
    return {"name": "Back office", "description": "What customers never see."}


def member_body(s: Scene):
    return {"email": s.people["stranger"].email, "role": "owner"}


def person_body(s: Scene):
    return {
        "name": "Nora New",
        "email": "nora@example.com",
        "role": "owner",
        "programme": str(s.programme.pk),
    }


def change_password_body(_: Scene):
    return {
        "oldpassword": PASSWORD,
        "password1": "a quite new passphrase",
        "password2": "a quite new passphrase",
    }


def of_playbook(s: Scene):
    return {"key": s.playbook.playbook.key, "number": s.playbook.number}


def of_draft(s: Scene):
    return {"key": s.draft.playbook.key, "number": s.draft.number}


def of_phase(s: Scene):
    return of_draft(s) | {"phase_key": "pilot"}


def of_draft_criterion(s: Scene):
    return of_phase(s) | {"criterion_key": "C3"}


def playbook_body(_: Scene):
    return {"key": "letters", "name": "Letters", "description": "For pilots that draft letters."}


def yaml_body(_: Scene):
    return {"seen": "", "text": SMALL}


def seen_body(s: Scene):
    return {"seen": s.draft.digest}


def text_body(s: Scene):
    return seen_body(s) | {"text": s.draft.source + "# Seen by legal.\n"}


def facts_body(s: Scene):
    return seen_body(s) | {"name": "Standard", "description": "Five phases, for everything."}


def arrange_body(s: Scene):
    return seen_body(s) | {"do": "down", "phase": "pilot", "criterion": "T3"}


def phase_body(s: Scene):
    return seen_body(s) | {
        "key": "trial",
        "name": "Trial",
        "description": "Try it with one team.",
        "typical_days": "30",
        "in_production": "",
        "gate_key": "G9",
        "gate_name": "Tried",
        "question": "Did it help?",
        "quorum": "all",
        "score_threshold": "80",
        "floor_threshold": "50",
        "freeze_days_before": "2",
        "every_months": "",
        "override_roles": "executive",
        "role_1": "Risk",
        "role_quorum_1": "2",
        "role_areas_1": "risk",
    }


def criterion_body(s: Scene):
    return seen_body(s) | {
        "key": "V9",
        "title": "Ask those who left",
        "area": "value",
        "kind": "should_meet",
        "weight": "3",
        "guidance": "Ask at least three of them.",
        "evidence_example": "Notes of three talks.",
        "role": "Owner",
        "effort_days": "1.5",
        "validity_days": "90",
        "risk_tiers": "limited",
        "check": "",
        "depends_on": "C1",
    }


PILOT_DOORS = (
    Door("pilots:create", allowed=CREATORS, hidden=403),
    Door(
        "pilots:create",
        "post",
        CREATORS[:-1],  # the outsider's form names a programme that is not the outsider's
        body=pilot_body,
        status=302,
        hidden=403,
        outsider=422,
        is_form=True,
    ),
    Door("pilots:edit", "get", EDITORS, of_pilot),
    Door("pilots:edit", "post", EDITORS, of_pilot, pilot_body, 302, is_form=True),
    Door("pilots:archive", "post", MANAGERS, lambda s: {"key": s.intake.key}, status=302),
    Door("pilots:restore", "post", MANAGERS, lambda s: {"key": s.archived.key}, status=302),
    Door("pilots:activity", args=of_pilot),
    Door("pilots:source", args=of_pilot),
    Door("pilots:audit", allowed=AUDITORS, hidden=403),
    Door("pilots:audit_export", "post", AUDITORS, hidden=403, body=audit_body),
    Door("pilots:former_audit", allowed=SIGNED_IN, status=301, is_page=False),
    Door("pilots:programmes", allowed=SIGNED_IN),
    Door("pilots:programme_create", allowed=MANAGERS, hidden=403),
    Door(
        "pilots:programme_create", "post", MANAGERS, body=programme_body, status=302, hidden=403, is_form=True
    ),
    Door("pilots:programme", args=of_programme),
    Door("pilots:programme_edit", "get", MANAGERS, of_programme),
    Door("pilots:programme_edit", "post", MANAGERS, of_programme, programme_body, 302, is_form=True),
    Door("pilots:member_add", "post", MANAGERS, of_programme, member_body, 302, is_form=True),
    Door(
        "pilots:member_remove",
        "post",
        MANAGERS,
        lambda s: of_programme(s) | {"pk": s.membership.pk},
        status=302,
    ),
    Door("pilots:people", allowed=("administrator",), hidden=403),
    Door("pilots:person_create", allowed=("administrator",), hidden=403),
    Door(
        "pilots:person_create",
        "post",
        ("administrator",),
        body=person_body,
        status=302,
        hidden=403,
        is_form=True,
    ),
    Door(
        "pilots:person_active",
        "post",
        ("administrator",),
        lambda s: {"pk": s.people["auditor"].pk},
        status=302,
        hidden=403,
    ),
    Door("pilots:job", "get", MANAGERS, of_job, refused=404),
    Door("pilots:job_retry", "post", MANAGERS, of_job, status=302, refused=404),
    Door("pilots:tokens", allowed=SIGNED_IN),
    Door("pilots:tokens", "post", SIGNED_IN, body=lambda s: {"name": "Export", "days": "90"}, is_form=True),
    Door(
        "pilots:token_revoke",
        "post",
        ("programme_manager",),
        lambda s: {"pk": s.token.pk},
        status=302,
        refused=404,  # a token is its holder's alone
    ),
)
METRICS_DOORS = (
    Door("metrics:all_kpis", allowed=SIGNED_IN),
    Door("metrics:kpis", args=of_pilot),
    Door("metrics:outlook", args=of_pilot),
    Door("metrics:outlook", "post", KEEPERS, of_pilot, outlook_body, 302, is_form=True),
    Door("metrics:create", "get", KEEPERS, of_pilot),
    Door("metrics:create", "post", KEEPERS, of_pilot, kpi_body, 302, is_form=True),
    Door("metrics:kpi", args=of_kpi),
    Door("metrics:edit", "get", KEEPERS, of_kpi),
    Door("metrics:edit", "post", KEEPERS, of_kpi, kpi_body, 302, is_form=True),
    Door("metrics:archive", "post", KEEPERS, of_kpi, status=302),
    Door("metrics:record", "post", KEEPERS, of_kpi, measurement_body, 302, is_form=True),
)
GATE_DOORS = (
    Door("gates:summary", allowed=SIGNED_IN),
    Door("gates:portfolio", allowed=SIGNED_IN),
    Door("gates:overview", args=of_pilot),
    Door("gates:start", "post", KEEPERS, lambda s: {"key": s.intake.key}, start_body, 302, is_form=True),
    Door("gates:current_gate", args=of_pilot, status=302, is_page=False),
    Door("gates:gate", args=of_gate),
    Door("gates:plan", "get", KEEPERS, of_gate),
    Door("gates:plan", "post", KEEPERS, of_gate, plan_body, 302, is_form=True),
    Door("gates:reviews", allowed=SIGNED_IN),
    Door("gates:review", "get", KEEPERS, of_gate),
    Door("gates:review", "post", KEEPERS, of_gate, lambda s: {"message": "Ready."}, 302),
    Door("gates:withdraw_review", "post", KEEPERS, of_waiting, status=302),
    Door("gates:send_back", "get", DECIDERS, of_waiting),
    Door(
        "gates:send_back", "post", DECIDERS, of_waiting, lambda s: {"reason": "Measure."}, 302, is_form=True
    ),
    Door("gates:reading", "get", REVIEWERS, of_waiting, status=302, is_page=False),
    Door("gates:review_criterion", "get", REVIEWERS, of_criterion),
    Door("gates:review_criterion", "post", REVIEWERS, of_criterion, feedback_body, 302, is_form=True),
    Door("gates:review_end", "get", REVIEWERS, of_gate),
    Door("gates:review_end", "post", REVIEWERS, of_gate, feedback_body, 302, is_form=True),
    Door("gates:answer_feedback", "get", KEEPERS, lambda s: {"pk": s.feedback.pk}),
    Door(
        "gates:answer_feedback",
        "post",
        KEEPERS,
        lambda s: {"pk": s.feedback.pk},
        lambda s: {"comment": "Ten more were asked."},
        302,
        is_form=True,
    ),
    Door("gates:decide", "get", DECIDERS, of_gate),
    Door("gates:decide", "post", DECIDERS, of_gate, decision_body, 302, is_form=True),
    Door("gates:sign", "get", SIGNERS, of_waiting),
    Door("gates:sign", "post", SIGNERS, of_waiting, sign_body, 302, is_form=True),
    Door("gates:gatekeepers", args=of_programme),
    Door("gates:gatekeepers", "post", MANAGERS, of_programme, gatekeeper_body, 302, is_form=True),
    Door(
        "gates:gatekeeper_dismiss",
        "post",
        MANAGERS,
        lambda s: of_programme(s) | {"pk": s.risk.pk},
        status=302,
    ),
    Door("gates:delegations", allowed=SIGNED_IN),
    Door(
        "gates:delegations",
        "post",
        ("owner", "other_owner", "programme_manager", "gatekeeper", "auditor", "administrator"),
        body=delegation_body,
        status=302,
        refused=422,  # nobody signs for themselves,
        hidden=422,  # nor for people with whom they share no programme
        is_form=True,
    ),
    Door(
        "gates:delegation_end",
        "post",
        ("gatekeeper", "executive"),
        lambda s: {"pk": s.delegation.pk},
        status=302,
        refused=404,  # a delegation is for the two whose it is
    ),
    Door("gates:pack", args=of_gate),
    Door("gates:pack_number", args=of_pack),
    Door("gates:compare_pack", args=of_pack),
    Door("gates:compare_packs", args=lambda s: of_pack(s) | {"other": 1}),
    Door("gates:freeze_pack", "post", ("programme_manager",), of_gate, status=302),
    Door("gates:amendments", args=of_gate),
    Door("gates:amendment_ask", "get", KEEPERS, of_term),
    Door("gates:amendment_ask", "post", KEEPERS, of_term, amendment_body, 302, is_form=True),
    Door(
        "gates:amendment_approve",
        "post",
        DECIDERS,
        of_amendment,
        lambda s: {"note": "Agreed."},
        302,
    ),
    Door(
        "gates:amendment_refuse",
        "post",
        DECIDERS,
        of_amendment,
        lambda s: {"note": "The case rests on it."},
        302,
        is_form=True,
    ),
    Door("gates:amendment_withdraw", "post", ("owner",), of_amendment, status=302),
    Door("gates:criterion", args=of_criterion),
    Door("gates:criterion", "post", KEEPERS, of_criterion, assessment_body, 302, is_form=True),
    Door(
        "gates:evidence_add",
        "post",
        KEEPERS,
        of_criterion,
        evidence_body,
        302,
        is_form=True,
        files=evidence_files,
    ),
    Door("gates:evidence_link", "get", KEEPERS, of_link),
    Door(
        "gates:evidence_link",
        "post",
        KEEPERS,
        of_link,
        lambda s: {"evidence": str(s.evidence.pk)},
        302,
        is_form=True,
    ),
    Door("gates:evidence_unlink", "get", KEEPERS, of_use),
    Door("gates:evidence_unlink", "post", KEEPERS, of_use, reason_body, 302, is_form=True),
    Door("gates:documents", args=of_pilot),
    Door("gates:document", args=of_evidence),
    Door("gates:document_replace", "get", KEEPERS, of_evidence),
    Door(
        "gates:document_replace",
        "post",
        KEEPERS,
        of_evidence,
        revision_body,
        302,
        is_form=True,
        files=evidence_files,
    ),
    Door("gates:document_remove", "get", KEEPERS, of_evidence),
    Door("gates:document_remove", "post", KEEPERS, of_evidence, reason_body, 302, is_form=True),
    Door("gates:waiver_ask", "get", KEEPERS, to_be_waived),
    Door("gates:waiver_ask", "post", KEEPERS, to_be_waived, waiver_body, 302, is_form=True),
    Door("gates:waivers", args=of_gate),
    Door("gates:all_waivers", allowed=SIGNED_IN),
    Door("gates:waiver_approve", "post", DECIDERS, of_waiver, note_body, 302),
    Door("gates:waiver_refuse", "post", DECIDERS, of_waiver, note_body, 302, is_form=True),
    Door(
        "gates:waiver_revoke",
        "post",
        DECIDERS,
        lambda s: {"pk": s.waived.pk},
        lambda s: {"reason": "Two complaints."},
        302,
        is_form=True,
    ),
    Door("gates:waiver_withdraw", "post", ("owner",), of_waiver, status=302),
    Door("gates:all_decisions", allowed=SIGNED_IN),
    Door("gates:decisions", args=of_pilot),
    Door("gates:decision", args=of_decision),
    Door("gates:correct", "get", DECIDERS, of_decision),
    Door("gates:correct", "post", DECIDERS, of_decision, correction_body, 302, is_form=True),
    Door("gates:condition_met", "get", KEEPERS, of_condition),
    Door("gates:condition_met", "post", KEEPERS, of_condition, met_body, 302, is_form=True),
    Door("gates:evidence_file", args=lambda s: {"pk": s.evidence.pk}, is_page=False),
    Door("gates:revision_file", args=lambda s: {"pk": s.evidence.pk, "number": 1}, is_page=False),
)
# A draft is there only for those who change playbooks.
NO_DRAFT = {"refused": 404, "hidden": 404}
PLAYBOOK_DOORS = (
    Door("gates:playbooks", allowed=SIGNED_IN),
    Door("gates:playbook", allowed=SIGNED_IN, args=of_playbook),
    Door("gates:playbook_file", allowed=SIGNED_IN, args=of_playbook, is_page=False),
    Door("gates:playbook_diff", allowed=SIGNED_IN, args=lambda s: {"key": "standard"}),
    Door("gates:playbook_preview", allowed=SIGNED_IN, args=of_playbook),
    Door(
        "gates:playbook_preview_gate", allowed=SIGNED_IN, args=lambda s: of_playbook(s) | {"gate_key": "G2"}
    ),
    Door(
        "gates:playbook_preview_criterion",
        allowed=SIGNED_IN,
        args=lambda s: of_playbook(s) | {"gate_key": "G2", "criterion_key": "V1"},
    ),
    Door("gates:playbook_new", allowed=MANAGERS, hidden=403),
    Door("gates:playbook_new", "post", MANAGERS, body=playbook_body, status=302, hidden=403, is_form=True),
    Door("gates:playbook_import", allowed=MANAGERS, hidden=403),
    Door("gates:playbook_import", "post", MANAGERS, body=yaml_body, status=302, hidden=403, is_form=True),
    Door(
        "gates:playbook_copy",
        "post",
        MANAGERS,
        lambda s: {"key": "express", "number": 1},
        status=302,
        hidden=403,
    ),
    Door("gates:playbook_retire", "get", MANAGERS, lambda s: {"key": "standard"}, hidden=403),
    Door("gates:playbook_retire", "post", MANAGERS, lambda s: {"key": "standard"}, status=302, hidden=403),
    Door("gates:playbook_edit", "get", MANAGERS, of_draft, **NO_DRAFT),
    Door("gates:playbook_text", "get", MANAGERS, of_draft, **NO_DRAFT),
    Door("gates:playbook_text", "post", MANAGERS, of_draft, text_body, 302, is_form=True, **NO_DRAFT),
    Door("gates:playbook_publish", "get", MANAGERS, of_draft, **NO_DRAFT),
    Door("gates:playbook_publish", "post", MANAGERS, of_draft, seen_body, 422, **NO_DRAFT),
    Door("gates:playbook_discard", "post", MANAGERS, of_draft, status=302, **NO_DRAFT),
    Door("gates:playbook_facts", "get", MANAGERS, of_draft, **NO_DRAFT),
    Door("gates:playbook_facts", "post", MANAGERS, of_draft, facts_body, 302, is_form=True, **NO_DRAFT),
    Door("gates:playbook_arrange", "post", MANAGERS, of_draft, arrange_body, 302, **NO_DRAFT),
    Door("gates:playbook_phase_new", "get", MANAGERS, of_draft, **NO_DRAFT),
    Door("gates:playbook_phase_new", "post", MANAGERS, of_draft, phase_body, 302, is_form=True, **NO_DRAFT),
    Door("gates:playbook_phase", "get", MANAGERS, of_phase, **NO_DRAFT),
    Door("gates:playbook_phase", "post", MANAGERS, of_phase, phase_body, 302, is_form=True, **NO_DRAFT),
    Door("gates:playbook_criterion_new", "get", MANAGERS, of_phase, **NO_DRAFT),
    Door(
        "gates:playbook_criterion_new",
        "post",
        MANAGERS,
        of_phase,
        criterion_body,
        302,
        is_form=True,
        **NO_DRAFT,
    ),
    Door("gates:playbook_criterion", "get", MANAGERS, of_draft_criterion, **NO_DRAFT),
    Door(
        "gates:playbook_criterion",
        "post",
        MANAGERS,
        of_draft_criterion,
        criterion_body,
        302,
        is_form=True,
        **NO_DRAFT,
    ),
    Door("gates:upgrade", "get", MANAGERS, lambda s: {"key": "standard", "number": 1}, hidden=403),
    Door(
        "gates:upgrade",
        "post",
        MANAGERS,
        lambda s: {"key": "standard", "number": 1},
        lambda s: {"which": "ticked"},
        422,  # nobody is under way on an older version
        hidden=403,
    ),
)
MAIL = "20260101-120000-1.log"
HOLDERS = ("programme_manager", "gatekeeper", "executive")


def of_planned(s: Scene):
    return {"pk": s.planned.pk}


def of_running(s: Scene):
    return {"pk": s.running.pk}


def of_planned_item(s: Scene):
    return of_planned(s) | {"item_pk": s.planned.items.get().pk}


def of_running_item(s: Scene):
    return of_running(s) | {"item_pk": s.running.items.get().pk}


def of_first_item(s: Scene):
    return of_running(s) | {"position": 1}


def meeting_body(_: Scene):
    when = {"day": days_ago(-7).isoformat(), "time": "14:00", "item_minutes": "15"}
    return when | {"title": "Gate board", "place": "Room 4"}


def call_body(s: Scene):
    return meeting_body(s) | {"gates": str(s.gate.pk), "into": "new"}


MEETING_DOORS = (
    Door("gates:meetings", allowed=SIGNED_IN),
    Door("gates:meeting_call", "get", HOLDERS, hidden=403),
    Door("gates:meeting_call", "post", HOLDERS, body=call_body, status=302, hidden=403, is_form=True),
    Door("gates:meeting", args=of_planned),
    Door("gates:meeting_edit", "get", HOLDERS, of_planned),
    Door("gates:meeting_edit", "post", HOLDERS, of_planned, meeting_body, 302, is_form=True),
    Door("gates:meeting_invitation", args=of_planned, is_page=False),
    Door("gates:meeting_cancel", "post", HOLDERS, of_planned, status=302),
    Door("gates:meeting_start", "post", HOLDERS, of_planned, status=302),
    Door("gates:meeting_close", "post", HOLDERS, of_running, status=302),
    Door("gates:meeting_follow", args=of_running, status=302, is_page=False),
    Door("gates:meeting_run", args=of_first_item),
    Door("gates:meeting_run", "post", DECIDERS, of_first_item, decision_body, 302, is_form=True),
    Door("gates:meeting_now", args=of_running, is_page=False),
    Door("gates:meeting_attendance", "post", HOLDERS, of_running, lambda s: {"present": []}, 302),
    Door("gates:agenda_show", "post", HOLDERS, of_running_item, status=302),
    Door(
        "gates:agenda_vote",
        "post",
        DECIDERS,
        of_running_item,
        lambda s: {"outcome": "hold"},
        302,
    ),
    Door("gates:agenda_remark", "post", HOLDERS, of_running_item, lambda s: {"text": "Ask legal."}, 302),
    Door("gates:agenda_park", "post", HOLDERS, of_running_item, status=302),
    Door("gates:agenda_move", "post", HOLDERS, of_planned_item, lambda s: {"to": "up"}, 302),
    Door("gates:agenda_remove", "post", HOLDERS, of_planned_item, status=302),
)
OTHER_DOORS = (
    Door("home", allowed=SIGNED_IN, status=302, is_page=False),
    Door("help", allowed=SIGNED_IN),
    Door("styleguide", allowed=("administrator",), hidden=403),
    Door("styleguide", "post", ("administrator",), body=lambda s: {"name": "x"}, status=422, hidden=403),
    Door("mail", allowed=PARTS),
    Door("mail_message", allowed=PARTS, args=lambda s: {"file": MAIL, "number": 1}),
    Door("healthz", allowed=PARTS, is_page=False),
    Door("readyz", allowed=PARTS, is_page=False),
    Door("api", allowed=SIGNED_IN, is_page=False),  # the library's own page
    Door("api-schema", allowed=SIGNED_IN, anonymous=401, is_page=False),
)
KEY = {"uidb36": "0", "key": "0-0"}
ACCOUNT_DOORS = (
    Door("account_login", allowed=("anonymous",), refused=302, hidden=302),
    Door(
        "account_login",
        "post",
        SIGNED_IN,
        body=lambda s: {"login": "olga@example.com", "password": PASSWORD},
        status=302,
        is_form=True,
    ),
    Door("account_logout", allowed=SIGNED_IN),
    Door("account_logout", "post", SIGNED_IN, status=302),
    Door("account_inactive", allowed=PARTS),
    Door("account_signup", allowed=("anonymous",), refused=302, hidden=302),
    Door("account_signup", "post", ("anonymous",), refused=302, hidden=302),
    Door("account_change_password", allowed=SIGNED_IN),
    Door("account_change_password", "post", SIGNED_IN, body=change_password_body, status=302, is_form=True),
    Door("account_set_password", allowed=(), refused=302, hidden=302, is_page=False),
    Door("account_set_password", "post", (), refused=302, hidden=302),
    Door("account_reset_password", allowed=PARTS),
    Door(
        "account_reset_password",
        "post",
        PARTS,
        body=lambda s: {"email": "olga@example.com"},
        status=302,
        is_form=True,
    ),
    Door("account_reset_password_done", allowed=PARTS),
    Door("account_reset_password_from_key", allowed=PARTS, args=lambda s: KEY),
    Door("account_reset_password_from_key", "post", PARTS, args=lambda s: KEY),
    Door("account_reset_password_from_key_done", allowed=PARTS),
)
DOORS = (
    PILOT_DOORS + METRICS_DOORS + GATE_DOORS + MEETING_DOORS + PLAYBOOK_DOORS + OTHER_DOORS + ACCOUNT_DOORS
)
FORMS = tuple(door for door in DOORS if door.is_form)
PAGES = tuple(door for door in DOORS if door.method == "get" and door.is_page)


def addresses() -> set[str]:
    """The names of all addresses, save those of the API, which has a table of its own."""
    return {
        name for name, route in _walk(get_resolver().url_patterns) if "^" not in route or "/api" not in route
    }


def _walk(patterns, route: str = "/", space: str = "") -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        here = f"{route}{pattern.pattern}"
        if hasattr(pattern, "url_patterns"):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern.url_patterns, here, inner)
        else:
            yield f"{space}{pattern.name}", here
