"""Warning signs of a pilot and of all pilots."""

from tests.flows.doors.door import SIGNED_IN, Door, of_pilot
from tests.flows.scene import Scene
from tests.roles import KEEPERS


def of_question(s: Scene):
    return of_pilot(s) | {"question": "load_tested"}


def answer_body(_: Scene):
    return {"yes": "yes", "note": "4,000 cases an hour on Monday."}


DOORS = (
    Door("gates:signs", allowed=SIGNED_IN),
    Door("gates:signs_csv", allowed=SIGNED_IN, is_page=False),
    Door("gates:pilot_signs", args=of_pilot),
    Door("gates:answer_question", "get", KEEPERS, of_question),
    Door("gates:answer_question", "post", KEEPERS, of_question, answer_body, 302, is_form=True),
)
