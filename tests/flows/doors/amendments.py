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


def of_fixed_kpi(s: Scene):
    return {"key": s.conditional.key, "pk": s.conditional.kpis.get().pk}


def of_fixed_term(s: Scene):
    return of_fixed_kpi(s) | {"term": "target"}


def proposal_body(_: Scene):
    return {"target": "15", "target_on": "2027-06-30", "reason": "Half the team left."}


DOORS = (
    Door("gates:kpi_amendments", args=of_fixed_kpi),
    Door("gates:kpi_amendment_ask", "get", KEEPERS, of_fixed_term),
    Door("gates:kpi_amendment_ask", "post", KEEPERS, of_fixed_term, proposal_body, 302, is_form=True),
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
