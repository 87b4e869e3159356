"""Changes of a gate's frozen terms."""

from tests.flows.doors.door import Door, of_gate
from tests.flows.scene import Scene
from tests.roles import DECIDERS, KEEPERS


def of_term(s: Scene):
    return of_gate(s) | {"term": "score_threshold"}


def of_amendment(s: Scene):
    return of_gate(s) | {"pk": s.amendment.pk}


def amendment_body(_: Scene):
    return {"after": "55", "reason": "The pilot is small."}


DOORS = (
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
)
