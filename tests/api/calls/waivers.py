"""Waivers."""

from typing import Any

from tests.api.calls.call import Call
from tests.api.world import World
from tests.builders import days_ago
from tests.roles import DECIDERS, KEEPERS


def waiver_of(world: World) -> dict[str, Any]:
    return {
        "assessment": world.assessment.pk,
        "reason": "It comes in May.",
        "expires_on": days_ago(-30).isoformat(),
    }


READS = (Call("show a waiver", "get", lambda w: f"waivers/{w.waiver.pk}/"),)
WRITES = (
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
)
