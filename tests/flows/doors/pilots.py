"""Pilots, programmes, people, tokens, jobs and the audit trail."""

from tests.builders import days_ago
from tests.flows.doors.door import SIGNED_IN, Door, of_pilot, of_programme
from tests.flows.scene import Scene
from tests.roles import AUDITORS, CREATORS, EDITORS, MANAGERS


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


def of_job(s: Scene):
    return {"pk": s.job.pk}


def of_running_job(s: Scene):
    return {"pk": s.running_job.pk}


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
    return {"name": "Back office", "description": "What customers never see.", "currency": "EUR"}


def member_body(s: Scene):
    return {"email": s.people["stranger"].email, "role": "owner"}


def person_body(s: Scene):
    return {
        "name": "Nora New",
        "email": "nora@example.com",
        "role": "owner",
        "programme": str(s.programme.pk),
    }


DOORS = (
    Door("pilots:create", allowed=(*CREATORS, "outsider"), hidden=403),
    Door(
        "pilots:create",
        "post",
        CREATORS,  # the outsider's form names a programme that is not the outsider's
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
    Door("pilots:jobs", allowed=SIGNED_IN),
    Door("pilots:job", "get", MANAGERS, of_job, refused=404),
    Door("pilots:job_chip", "get", MANAGERS, of_running_job, refused=404, is_page=False),
    Door("pilots:job_outcome", "get", MANAGERS, of_job, refused=404, is_page=False),
    Door("pilots:job_cancel", "get", MANAGERS, of_running_job, refused=404),
    Door("pilots:job_cancel", "post", MANAGERS, of_running_job, status=302, refused=404),
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
