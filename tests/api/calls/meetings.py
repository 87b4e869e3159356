"""Gate meetings and what stands on their agenda."""

from tests.api.calls.call import Call
from tests.api.world import World
from tests.builders import days_ago
from tests.roles import DECIDERS, HOLDERS


def soon() -> str:
    return f"{days_ago(-7)}T10:00:00Z"


def item_of(world: World, what: str) -> str:
    return f"meetings/{world.running.pk}/items/{world.item.pk}/{what}/"


READS = (Call("show a meeting", "get", lambda w: f"meetings/{w.planned.pk}/"),)
WRITES = (
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
    Call(
        "put a topic on an agenda",
        "post",
        lambda w: f"meetings/{w.planned.pk}/agenda/",
        HOLDERS,
        lambda w: {"topic": "Any other business"},
    ),
    Call("cancel a meeting", "post", lambda w: f"meetings/{w.planned.pk}/cancel/", HOLDERS),
    Call("send an invitation", "post", lambda w: f"meetings/{w.planned.pk}/invite/", HOLDERS),
    Call("send minutes", "post", lambda w: f"meetings/{w.running.pk}/minutes/", HOLDERS, status=409),
    Call(
        "add to minutes",
        "post",
        lambda w: f"meetings/{w.running.pk}/additions/",
        HOLDERS,
        lambda w: {"text": "Asked legal."},
        status=409,
    ),
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
)
