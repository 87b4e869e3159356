"""Handing work over, audit documents, and the portfolio as a file."""

from tests.flows.doors.door import SIGNED_IN, Door, of_pilot
from tests.flows.scene import Scene
from tests.roles import AUDITORS, EDITORS, MANAGERS


def of_owner(s: Scene):
    return {"pk": s.people["owner"].pk}


def of_prepared(s: Scene):
    return {"pk": s.prepared.pk}


def of_handed(s: Scene):
    return {"pk": s.handed.pk}


def handover_body(s: Scene):
    return {
        "thing": f"owner:{s.pilot.pk}",
        "receiver": str(s.people["other_owner"].pk),
        "note": "She moves to another department.",
    }


READERS = ("owner", *AUDITORS)

DOORS = (
    Door("gates:audit_document", "get", READERS, of_pilot),
    Door("gates:audit_document_pdf", "post", READERS, of_pilot),
    Door("gates:inventory", allowed=SIGNED_IN),
    Door(
        "gates:inventory_file",
        allowed=SIGNED_IN,
        args=lambda s: {"columns": "standard"},
        is_page=False,
    ),
    Door("gates:own_handover", allowed=SIGNED_IN, status=302, is_page=False),
    Door("gates:hand_over", "get", EDITORS, of_owner, refused=404),
    Door("gates:hand_over", "post", EDITORS, of_owner, handover_body, 302, refused=404, is_form=True),
    Door("gates:handover", args=of_handed),
    Door("gates:handover_confirm", "post", ("programme_manager",), of_prepared, status=302, refused=404),
    Door("gates:handover_undo", "post", (*MANAGERS, "gatekeeper"), of_handed, status=302),
)
