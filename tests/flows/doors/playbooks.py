"""Reading playbooks, writing drafts, and moving pilots to a newer version."""

from tests.flows.doors.door import SIGNED_IN, Door
from tests.flows.scene import Scene
from tests.gates.playbooks.samples import SMALL
from tests.roles import MANAGERS

# A draft is there only for those who change playbooks.
NO_DRAFT = {"refused": 404, "hidden": 404}


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


DOORS = (
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
