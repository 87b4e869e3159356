"""Decision packs."""

from tests.flows.doors.door import Door, of_gate
from tests.flows.scene import Scene
from tests.roles import REVIEWERS


def of_pack(s: Scene):
    return of_gate(s) | {"number": s.pack.number}


DOORS = (
    Door("gates:pack", args=of_gate),
    Door("gates:pack_number", args=of_pack),
    Door("gates:compare_pack", args=of_pack),
    Door("gates:compare_packs", args=lambda s: of_pack(s) | {"other": 1}),
    Door("gates:freeze_pack", "post", REVIEWERS, of_gate, status=302),
)
