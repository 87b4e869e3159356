"""Waivers."""

from tests.builders import days_ago
from tests.flows.doors.door import SIGNED_IN, Door, of_gate
from tests.flows.scene import Scene
from tests.roles import DECIDERS, KEEPERS


def to_be_waived(s: Scene):
    return of_gate(s) | {"criterion_key": "T2"}


def of_waiver(s: Scene):
    return {"pk": s.waiver.pk}


def waiver_body(_: Scene):
    return {"reason": "The list comes in May.", "expires_on": days_ago(-30).isoformat()}


def note_body(_: Scene):
    return {"note": "Do it first."}


DOORS = (
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
)
