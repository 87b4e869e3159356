"""Decision packs."""

from tests.api.calls.call import Call
from tests.roles import AUDITORS, REVIEWERS

READS = (
    Call("list packs", "get", lambda w: f"gates/{w.gate.pk}/packs/"),
    Call("show a pack", "get", lambda w: f"gates/{w.gate.pk}/packs/{w.pack.number}/"),
)
WRITES = (
    Call(
        "produce the audit document of a pilot",
        "post",
        lambda w: f"pilots/{w.pilot.key}/audit-document/",
        ("owner", *AUDITORS),
    ),
    Call(
        "freeze a pack",
        "post",
        lambda w: f"gates/{w.reviewed.pk}/packs/",
        REVIEWERS,
        status=201,
    ),
)
