"""Pilots that try the same, and what they taught."""

from tests.flows.doors.door import SIGNED_IN, Door, of_pilot
from tests.flows.scene import Scene
from tests.roles import KEEPERS


def of_two(s: Scene):
    return of_pilot(s) | {"other_key": s.waiting.key}


def of_distinction(s: Scene):
    return of_pilot(s) | {"pk": s.distinction.pk}


def reason_body(_: Scene):
    return {"reason": "Theirs reads contracts."}


def text_body(_: Scene):
    return {"title": "Invoice reading", "problem": "Clerks type invoices."}


def lesson_body(_: Scene):
    return {"happened": "Clerks were asked too late.", "advice": "Ask them first."}


DOORS = (
    Door("gates:lesson_publish", "get", KEEPERS, of_pilot),
    Door("gates:lesson_publish", "post", KEEPERS, of_pilot, lesson_body, 302, is_form=True),
    Door("gates:all_overlaps", allowed=SIGNED_IN),
    Door("gates:overlaps_file", allowed=SIGNED_IN, is_page=False),
    Door("gates:similar", allowed=SIGNED_IN),
    Door("gates:similar", "post", SIGNED_IN, body=text_body),
    Door("gates:pilot_overlaps", args=of_pilot),
    Door("gates:tell_apart", "post", KEEPERS, of_two, reason_body, 302, is_form=True),
    Door("gates:undo_distinction", "post", KEEPERS, of_distinction, status=302),
)
