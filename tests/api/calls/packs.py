"""Decision packs."""

from tests.api.calls.call import Call
from tests.roles import REVIEWERS

READS = (
    Call("list packs", "get", lambda w: f"gates/{w.gate.pk}/packs/"),
    Call("show a pack", "get", lambda w: f"gates/{w.gate.pk}/packs/{w.pack.number}/"),
)
WRITES = (
    Call(
        "freeze a pack",
        "post",
        lambda w: f"gates/{w.reviewed.pk}/packs/",
        REVIEWERS,
        status=201,
    ),
)
