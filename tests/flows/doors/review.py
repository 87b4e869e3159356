"""Asking for a review, reading as a reviewer, sending back."""

from tests.flows.doors.door import SIGNED_IN, Door, of_criterion, of_gate, of_waiting
from tests.flows.scene import Scene
from tests.roles import DECIDERS, KEEPERS, REVIEWERS


def feedback_body(_: Scene):
    return {"level": "minor", "comment": "Few users were asked."}


DOORS = (
    Door("gates:reviews", allowed=SIGNED_IN),
    Door("gates:review", "get", KEEPERS, of_gate),
    Door("gates:review", "post", KEEPERS, of_gate, lambda s: {"message": "Ready."}, 302),
    Door("gates:withdraw_review", "post", KEEPERS, of_waiting, status=302),
    Door("gates:send_back", "get", DECIDERS, of_waiting),
    Door(
        "gates:send_back", "post", DECIDERS, of_waiting, lambda s: {"reason": "Measure."}, 302, is_form=True
    ),
    Door("gates:reading", "get", REVIEWERS, of_waiting, status=302, is_page=False),
    Door("gates:review_criterion", "get", REVIEWERS, of_criterion),
    Door("gates:review_criterion", "post", REVIEWERS, of_criterion, feedback_body, 302, is_form=True),
    Door("gates:review_end", "get", REVIEWERS, of_gate),
    Door("gates:review_end", "post", REVIEWERS, of_gate, feedback_body, 302, is_form=True),
    Door("gates:answer_feedback", "get", KEEPERS, lambda s: {"pk": s.feedback.pk}),
    Door(
        "gates:answer_feedback",
        "post",
        KEEPERS,
        lambda s: {"pk": s.feedback.pk},
        lambda s: {"comment": "Ten more were asked."},
        302,
        is_form=True,
    ),
)
