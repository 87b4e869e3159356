"""Changes of a gate's frozen terms."""

from tests.api.calls.call import Call
from tests.roles import DECIDERS, KEEPERS

READS = (Call("show an amendment", "get", lambda w: f"amendments/{w.amendment.pk}/"),)
WRITES = (
    Call(
        "ask for an amendment",
        "post",
        lambda w: f"gates/{w.gate.pk}/amendments/",
        KEEPERS,
        lambda w: {"field": "score_threshold", "value": 55, "reason": "The pilot is small."},
        status=201,
    ),
    Call("approve an amendment", "post", lambda w: f"amendments/{w.amendment.pk}/approve/", DECIDERS),
    Call(
        "refuse an amendment",
        "post",
        lambda w: f"amendments/{w.amendment.pk}/refuse/",
        DECIDERS,
        lambda w: {"note": "It is what the whole case rests on."},
    ),
    Call("withdraw an amendment", "post", lambda w: f"amendments/{w.amendment.pk}/withdraw/", ("owner",)),
)
