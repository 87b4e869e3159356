"""Handovers, and people who leave."""

from tests.api.calls.call import Call
from tests.api.world import World
from tests.roles import EDITORS, MANAGERS


def of_owner(world: World):
    return {"person": world.prepared.person_id, "receiver": world.handed.by_id, "note": "Moves on."}


READS = (Call("show a handover", "get", lambda w: f"handovers/{w.handed.pk}/"),)
OWN = (Call("list handovers", "get", lambda w: "handovers/", to_outsiders=200),)
WRITES = (
    Call(
        "prepare a handover",
        "post",
        lambda w: "handovers/",
        EDITORS,
        of_owner,
        status=201,
        to_outsiders=400,
        refused=400,
    ),
    Call(
        "confirm a handover",
        "post",
        lambda w: f"handovers/{w.prepared.pk}/confirm/",
        ("owner",),
        refused=404,
    ),
    Call("undo a handover", "post", lambda w: f"handovers/{w.handed.pk}/undo/", (*MANAGERS, "gatekeeper")),
    Call(
        "deactivate a person",
        "post",
        lambda w: f"people/{w.risk.person_id}/deactivate/",
        ("administrator",),
        lambda w: {"reason": "The office is closed."},
        to_outsiders=403,
    ),
    Call(
        "let a person sign in again",
        "post",
        lambda w: f"people/{w.risk.person_id}/activate/",
        ("administrator",),
        to_outsiders=403,
    ),
)
