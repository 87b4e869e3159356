"""The KPI library."""

from tests.flows.doors.door import SIGNED_IN, Door
from tests.flows.scene import Scene

MANAGER = ("programme_manager",)


def of_definition(s: Scene):
    return {"pk": s.kpi.follows_id}


def definition_body(_: Scene):
    return {
        "name": "Letters a day",
        "kind": "business",
        "unit": "letters",
        "direction": "higher",
        "measures": "How many letters leave.",
        "method": "Counted at the door.",
        "cadence_days": "7",
        "range_hint": "",
        "pitfalls": "",
    }


def definition_again(_: Scene):
    return definition_body(_) | {"unit": "per hour", "method": "Counted by hand."}


DOORS = (
    Door("metrics:definitions", allowed=SIGNED_IN),
    Door("metrics:definition", allowed=SIGNED_IN, args=of_definition),
    Door("metrics:definition_use", allowed=SIGNED_IN, args=of_definition, status=302),
    Door("metrics:definition_new", "get", MANAGER, hidden=403),
    Door(
        "metrics:definition_new", "post", MANAGER, body=definition_body, status=302, hidden=403, is_form=True
    ),
    Door("metrics:definition_edit", "get", MANAGER, of_definition, hidden=403),
    Door(
        "metrics:definition_edit",
        "post",
        MANAGER,
        of_definition,
        definition_again,
        302,
        hidden=403,
        is_form=True,
    ),
    Door("metrics:definition_archive", "post", MANAGER, of_definition, status=302, hidden=403),
)
