"""Signing, who signs, and who stands in."""

from gates.signoffs.page import seat_pages
from tests.builders import days_ago
from tests.flows.doors.door import SIGNED_IN, Door, of_programme, of_waiting
from tests.flows.scene import Scene
from tests.roles import DECIDERS, MANAGERS

SIGNERS = DECIDERS  # the sponsor, and who stands in for the sponsor now


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


DOORS = (
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
)
