"""Asking for a review, sending back, feedback."""

from tests.api.calls.call import Call
from tests.roles import DECIDERS, KEEPERS, REVIEWERS

READS = (Call("list feedback", "get", lambda w: f"gates/{w.gate.pk}/feedback/"),)
WRITES = (
    Call("ask for a review", "post", lambda w: f"gates/{w.gate.pk}/review/", KEEPERS),
    Call(
        "withdraw the request for a review",
        "post",
        lambda w: f"gates/{w.submitted.pk}/withdraw-review/",
        KEEPERS,
    ),
    Call(
        "send a gate back",
        "post",
        lambda w: f"gates/{w.submitted.pk}/send-back/",
        DECIDERS,
        lambda w: {"reason": "Measure longer."},
    ),
    Call(
        "give feedback",
        "post",
        lambda w: f"gates/{w.gate.pk}/feedback/",
        REVIEWERS,
        lambda w: {"criterion": "V1", "level": "minor", "comment": "Few users."},
        status=201,
    ),
    Call(
        "answer feedback",
        "post",
        lambda w: f"feedback/{w.feedback.pk}/answers/",
        KEEPERS,
        lambda w: {"comment": "Ten more are asked."},
        status=201,
    ),
)
