"""Pilots that try the same."""

from tests.api.calls.call import Call
from tests.roles import KEEPERS

READS = (Call("show two pilots that try the same", "get", lambda w: f"overlaps/{w.overlap.pk}/"),)
WRITES = (
    Call(
        "tell two pilots apart",
        "post",
        lambda w: f"overlaps/{w.overlap.pk}/tell-apart/",
        KEEPERS,
        lambda w: {"reason": "Theirs reads contracts."},
        status=201,
    ),
    Call("undo a distinction", "post", lambda w: f"distinctions/{w.distinction.pk}/undo/", KEEPERS),
)
