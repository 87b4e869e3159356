"""Signing, who signs, and who stands in."""

from typing import Any

from tests.api.calls.call import Call
from tests.api.world import World
from tests.builders import days_ago
from tests.roles import MANAGERS, MEMBERS


def delegation_of(world: World) -> dict[str, Any]:
    return {
        "receiver": world.risk.person_id,
        "starts_on": days_ago(-20).isoformat(),
        "ends_on": days_ago(-30).isoformat(),
        "reason": "On leave",
    }


READS = (
    Call("show who has signed", "get", lambda w: f"gates/{w.reviewed.pk}/sign-offs/"),
    Call("list gatekeepers", "get", lambda w: f"programmes/{w.programme.slug}/gatekeepers/"),
)
OWN = (Call("list delegations", "get", lambda w: "delegations/", to_outsiders=200),)
WRITES = (
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
        tuple(role for role in MEMBERS if role != "executive"),
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
)
