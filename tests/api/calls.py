"""Every call the API takes, each once in a form that works, and who may make it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.api.world import BASE, World
from tests.builders import days_ago
from tests.gates.playbooks.samples import SMALL

EVERYBODY = (
    "owner",
    "other_owner",
    "programme_manager",
    "gatekeeper",
    "executive",
    "auditor",
    "administrator",
)
MANAGERS = ("programme_manager", "administrator")
CREATORS = ("owner", "other_owner", "programme_manager", "administrator")
KEEPERS = ("owner", "programme_manager")
AUDITORS = ("programme_manager", "auditor", "administrator")
EDITORS = ("owner", "programme_manager", "administrator")
DECIDERS = ("gatekeeper", "executive")
OWNER = ("owner",)
HOLDERS = ("programme_manager", "gatekeeper", "executive")


@dataclass(frozen=True)
class Call:
    """`path` and `body` are made for a world; `to_outsiders` is what those hear who may not see it."""

    name: str
    method: str
    path: Callable[[World], str]
    allowed: tuple[str, ...] = EVERYBODY
    body: Callable[[World], Any] = field(default=lambda world: None)
    format: str = "json"
    status: int = 200
    to_outsiders: int = 404
    refused: int = 403  # what those hear who may see it, or other things of its kind, but not do this

    def __str__(self):
        return self.name

    def by(self, program, world: World):
        """The answer this program gets; a file is read to its end."""
        address, body = BASE + self.path(world), self.body(world)
        if self.method == "get":
            answer = program.get(address)
        else:
            answer = getattr(program, self.method)(address, body, format=self.format)
        if answer.streaming:
            b"".join(answer.streaming_content)  # which closes it
        return answer


def soon() -> str:
    return f"{days_ago(-7)}T10:00:00Z"


def item_of(world: World, what: str) -> str:
    return f"meetings/{world.running.pk}/items/{world.item.pk}/{what}/"


def kpi_of(world: World) -> dict[str, Any]:
    return {
        "pilot": world.pilot.key,
        "name": "Share answered",
        "kind": "business",
        "unit": "%",
        "direction": "higher",
        "target": "80",
        "target_on": "2027-06-30",
    }


def waiver_of(world: World) -> dict[str, Any]:
    return {
        "assessment": world.assessment.pk,
        "reason": "It comes in May.",
        "expires_on": days_ago(-30).isoformat(),
    }


def outlook_of(_: World) -> dict[str, Any]:
    return {
        "cost_to_go": "120000",
        "value_to_go": 400_000,
        "horizon_months": 36,
        "as_of": days_ago(2).isoformat(),
        "basis": "Business case of October.",
    }


def note_of(world: World) -> dict[str, Any]:
    return {"assessment": world.assessment.pk, "kind": "note", "note": "Agreed on 3 May."}


def file_of(world: World) -> dict[str, Any]:
    return {"assessment": world.assessment.pk, "file": SimpleUploadedFile("plan.pdf", b"%PDF-1.7 plan")}


def stop_of(world: World) -> dict[str, Any]:
    return {"outcome": "stop", "reason": "No effect.", "reason_code": "no_value", "lesson": "Measure first."}


def delegation_of(world: World) -> dict[str, Any]:
    return {
        "receiver": world.risk.person_id,
        "starts_on": days_ago(-20).isoformat(),
        "ends_on": days_ago(-30).isoformat(),
        "reason": "On leave",
    }


LISTS = tuple(
    Call(f"list {name}", "get", lambda world, name=name: f"{name}/", to_outsiders=200)
    for name in (
        "programmes",
        "pilots",
        "gates",
        "assessments",
        "evidence",
        "decisions",
        "kpis",
        "amendments",
        "waivers",
        "meetings",
        "playbooks",
    )
)
READS = (
    Call("list events", "get", lambda w: "events/", AUDITORS, to_outsiders=403),
    Call("show an event", "get", lambda w: f"events/{w.event.pk}/", AUDITORS, to_outsiders=403),
    Call("show a programme", "get", lambda w: f"programmes/{w.programme.slug}/"),
    Call("show a pilot", "get", lambda w: f"pilots/{w.pilot.key}/"),
    Call("show a gate", "get", lambda w: f"gates/{w.gate.pk}/"),
    Call("show an assessment", "get", lambda w: f"assessments/{w.assessment.pk}/"),
    Call("show evidence", "get", lambda w: f"evidence/{w.evidence.pk}/"),
    Call("download a file", "get", lambda w: f"evidence/{w.file.pk}/file/"),
    Call("list revisions", "get", lambda w: f"evidence/{w.file.pk}/revisions/"),
    Call("download a revision", "get", lambda w: f"evidence/{w.file.pk}/revisions/1/file/"),
    Call("show a decision", "get", lambda w: f"decisions/{w.decision.pk}/"),
    Call("show a meeting", "get", lambda w: f"meetings/{w.planned.pk}/"),
    Call("show a waiver", "get", lambda w: f"waivers/{w.waiver.pk}/"),
    Call("show an amendment", "get", lambda w: f"amendments/{w.amendment.pk}/"),
    Call("show a job", "get", lambda w: f"jobs/{w.job.pk}/", ("owner", "administrator"), refused=404),
    Call("show a KPI", "get", lambda w: f"kpis/{w.kpi.pk}/"),
    Call("list feedback", "get", lambda w: f"gates/{w.gate.pk}/feedback/"),
    Call("show a playbook", "get", lambda w: f"playbooks/{w.playbook.pk}/", to_outsiders=200),
    Call("show a draft", "get", lambda w: f"playbooks/{w.draft.pk}/", MANAGERS, refused=404),
    Call("list packs", "get", lambda w: f"gates/{w.gate.pk}/packs/"),
    Call("show a pack", "get", lambda w: f"gates/{w.gate.pk}/packs/{w.pack.number}/"),
    Call("show who has signed", "get", lambda w: f"gates/{w.reviewed.pk}/sign-offs/"),
    Call("list gatekeepers", "get", lambda w: f"programmes/{w.programme.slug}/gatekeepers/"),
    Call("show an outlook", "get", lambda w: f"pilots/{w.pilot.key}/outlook/"),
    Call("list readings", "get", lambda w: f"kpis/{w.kpi.pk}/measurements/"),
)
# Everybody has their own.
OWN = (Call("list delegations", "get", lambda w: "delegations/", to_outsiders=200),)
WRITES = (
    Call(
        "create a programme",
        "post",
        lambda w: "programmes/",
        MANAGERS,
        lambda w: {"name": "Back office"},
        status=201,
        to_outsiders=403,
    ),
    Call(
        "edit a programme",
        "patch",
        lambda w: f"programmes/{w.programme.slug}/",
        MANAGERS,
        lambda w: {"description": "Everything customers see."},
    ),
    Call(
        "create a pilot",
        "post",
        lambda w: "pilots/",
        CREATORS,
        lambda w: {"programme": w.programme.slug, "title": "Meeting notes"},
        status=201,
        to_outsiders=400,
    ),
    Call("edit a pilot", "patch", lambda w: f"pilots/{w.pilot.key}/", EDITORS, lambda w: {"unit": "Claims"}),
    Call(
        "say what a pilot costs and brings",
        "put",
        lambda w: f"pilots/{w.pilot.key}/outlook/",
        KEEPERS,
        outlook_of,
    ),
    Call("archive a pilot", "post", lambda w: f"pilots/{w.intake.key}/archive/", MANAGERS),
    Call("restore a pilot", "post", lambda w: f"pilots/{w.intake.key}/restore/", MANAGERS),
    Call(
        "start a pilot",
        "post",
        lambda w: f"pilots/{w.intake.key}/start/",
        KEEPERS,
        lambda w: {"playbook": w.playbook.playbook.key, "on": days_ago(7).isoformat()},
    ),
    Call(
        "set a gate's dates",
        "patch",
        lambda w: f"gates/{w.gate.pk}/",
        KEEPERS,
        lambda w: {"forecast_on": "2027-02-01"},
    ),
    Call("ask for a review", "post", lambda w: f"gates/{w.gate.pk}/review/", KEEPERS),
    Call(
        "withdraw the request for a review",
        "post",
        lambda w: f"gates/{w.submitted.pk}/withdraw-review/",
        KEEPERS,
    ),
    Call(
        "send a gate back",
        "post",
        lambda w: f"gates/{w.submitted.pk}/send-back/",
        DECIDERS,
        lambda w: {"reason": "Measure longer."},
    ),
    Call(
        "give feedback",
        "post",
        lambda w: f"gates/{w.gate.pk}/feedback/",
        (*DECIDERS, "programme_manager"),
        lambda w: {"criterion": "V1", "level": "minor", "comment": "Few users."},
        status=201,
    ),
    Call(
        "answer feedback",
        "post",
        lambda w: f"feedback/{w.feedback.pk}/answers/",
        KEEPERS,
        lambda w: {"comment": "Ten more are asked."},
        status=201,
    ),
    Call(
        "assess a criterion",
        "patch",
        lambda w: f"assessments/{w.assessment.pk}/",
        KEEPERS,
        lambda w: {"state": "met"},
    ),
    Call("add a note", "post", lambda w: "evidence/", KEEPERS, note_of, status=201, to_outsiders=400),
    Call(
        "add a file",
        "post",
        lambda w: "evidence/",
        KEEPERS,
        file_of,
        "multipart",
        status=201,
        to_outsiders=400,
    ),
    Call(
        "replace evidence",
        "post",
        lambda w: f"evidence/{w.evidence.pk}/revisions/",
        KEEPERS,
        lambda w: {"kind": "note", "note": "Seen again.", "comment": "After the move."},
        status=201,
    ),
    Call(
        "replace a file",
        "post",
        lambda w: f"evidence/{w.file.pk}/revisions/",
        KEEPERS,
        lambda w: {"file": SimpleUploadedFile("plan.pdf", b"%PDF-1.7 plan"), "comment": "New plan."},
        "multipart",
        status=201,
    ),
    Call(
        "link evidence",
        "post",
        lambda w: f"evidence/{w.evidence.pk}/link/",
        KEEPERS,
        lambda w: {"assessment": w.assessment.pk},
    ),
    Call(
        "unlink evidence",
        "post",
        lambda w: f"evidence/{w.evidence.pk}/unlink/",
        KEEPERS,
        lambda w: {"assessment": w.assessment.pk, "reason": "Of another criterion."},
    ),
    Call(
        "remove evidence",
        "post",
        lambda w: f"evidence/{w.evidence.pk}/remove/",
        KEEPERS,
        lambda w: {"reason": "Of another pilot."},
    ),
    Call("decide", "post", lambda w: f"gates/{w.gate.pk}/decisions/", DECIDERS, stop_of, status=201),
    Call(
        "freeze a pack",
        "post",
        lambda w: f"gates/{w.reviewed.pk}/packs/",
        ("programme_manager",),
        status=201,
    ),
    Call(
        "sign",
        "post",
        lambda w: f"gates/{w.reviewed.pk}/sign-offs/",
        ("executive",),
        lambda w: {"role": "Risk"},
        status=201,
    ),
    Call(
        "take a sign-off back",
        "post",
        lambda w: f"gates/{w.reviewed.pk}/sign-offs/withdraw/",
        ("executive",),
        lambda w: {"role": "Security"},
        status=201,
    ),
    Call(
        "name a gatekeeper",
        "post",
        lambda w: f"programmes/{w.programme.slug}/gatekeepers/",
        MANAGERS,
        lambda w: {"role": "Finance", "person": w.risk.person_id},
        status=201,
    ),
    Call(
        "dismiss a gatekeeper",
        "post",
        lambda w: f"programmes/{w.programme.slug}/gatekeepers/{w.risk.pk}/dismiss/",
        MANAGERS,
    ),
    Call(
        "let somebody sign for you",
        "post",
        lambda w: "delegations/",
        tuple(role for role in EVERYBODY if role != "executive"),
        delegation_of,
        status=201,
        to_outsiders=400,
        refused=400,
    ),
    Call(
        "end a delegation",
        "post",
        lambda w: f"delegations/{w.delegation.pk}/end/",
        ("executive", "administrator"),
        refused=404,
    ),
    Call("ask for a waiver", "post", lambda w: "waivers/", KEEPERS, waiver_of, status=201, to_outsiders=400),
    Call(
        "approve a waiver",
        "post",
        lambda w: f"waivers/{w.waiver.pk}/approve/",
        DECIDERS,
        lambda w: {"note": "Yes."},
    ),
    Call(
        "refuse a waiver",
        "post",
        lambda w: f"waivers/{w.waiver.pk}/refuse/",
        DECIDERS,
        lambda w: {"note": "No."},
    ),
    Call("withdraw a waiver", "post", lambda w: f"waivers/{w.waiver.pk}/withdraw/", ("owner",)),
    Call(
        "revoke a waiver",
        "post",
        lambda w: f"waivers/{w.waived.pk}/revoke/",
        DECIDERS,
        lambda w: {"reason": "No."},
    ),
    Call(
        "begin a draft",
        "post",
        lambda w: "playbooks/",
        MANAGERS,
        lambda w: {"yaml": SMALL.replace("key: small", "key: other")},
        status=201,
        to_outsiders=403,
    ),
    Call(
        "publish a draft",
        "post",
        lambda w: f"playbooks/{w.draft.pk}/publish/",
        MANAGERS,
        lambda w: {"digest": w.draft.digest},
        refused=404,
    ),
    Call(
        "discard a draft",
        "post",
        lambda w: f"playbooks/{w.draft.pk}/discard/",
        MANAGERS,
        status=204,
        refused=404,
    ),
    Call(
        "ask for an amendment",
        "post",
        lambda w: f"gates/{w.gate.pk}/amendments/",
        KEEPERS,
        lambda w: {"field": "score_threshold", "value": 55, "reason": "The pilot is small."},
        status=201,
    ),
    Call("approve an amendment", "post", lambda w: f"amendments/{w.amendment.pk}/approve/", DECIDERS),
    Call(
        "refuse an amendment",
        "post",
        lambda w: f"amendments/{w.amendment.pk}/refuse/",
        DECIDERS,
        lambda w: {"note": "It is what the whole case rests on."},
    ),
    Call("withdraw an amendment", "post", lambda w: f"amendments/{w.amendment.pk}/withdraw/", OWNER),
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
    Call(
        "call a meeting",
        "post",
        lambda w: "meetings/",
        HOLDERS,
        lambda w: {
            "programme": w.programme.slug,
            "title": "Board",
            "starts_at": soon(),
            "gates": [w.gate.pk],
        },
        status=201,
        to_outsiders=400,
    ),
    Call(
        "change a meeting", "patch", lambda w: f"meetings/{w.planned.pk}/", HOLDERS, lambda w: {"place": "R4"}
    ),
    Call(
        "put gates on an agenda",
        "post",
        lambda w: f"meetings/{w.planned.pk}/agenda/",
        HOLDERS,
        lambda w: {"gates": [w.gate.pk]},
    ),
    Call("cancel a meeting", "post", lambda w: f"meetings/{w.planned.pk}/cancel/", HOLDERS),
    Call("begin a meeting", "post", lambda w: f"meetings/{w.planned.pk}/start/", HOLDERS),
    Call("close a meeting", "post", lambda w: f"meetings/{w.running.pk}/close/", HOLDERS, status=409),
    Call(
        "vote on an item",
        "post",
        lambda w: item_of(w, "vote"),
        DECIDERS,
        lambda w: {"outcome": "hold", "comment": "Too early."},
    ),
    Call(
        "remark on an item", "post", lambda w: item_of(w, "remark"), HOLDERS, lambda w: {"text": "Ask legal."}
    ),
    Call("park an item", "post", lambda w: item_of(w, "park"), HOLDERS),
    Call(
        "decide on an item",
        "post",
        lambda w: item_of(w, "decision"),
        DECIDERS,
        lambda w: {
            "outcome": "hold",
            "reason_code": "dependency",
            "reason": "Wait.",
            "review_on": days_ago(-9).isoformat(),
        },
    ),
    Call("define a KPI", "post", lambda w: "kpis/", KEEPERS, kpi_of, status=201, to_outsiders=400),
    Call("edit a KPI", "patch", lambda w: f"kpis/{w.kpi.pk}/", KEEPERS, lambda w: {"cadence_days": 7}),
    Call("archive a KPI", "post", lambda w: f"kpis/{w.kpi.pk}/archive/", KEEPERS),
    Call(
        "record a reading",
        "post",
        lambda w: f"kpis/{w.kpi.pk}/measurements/",
        KEEPERS,
        lambda w: {"value": "13.25", "measured_at": f"{days_ago(1)}T10:00:00Z"},
        status=201,
    ),
)
EVERY_CALL = LISTS + READS + OWN + WRITES
