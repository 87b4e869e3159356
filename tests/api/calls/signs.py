"""Warning signs, and answers to what only people know."""

from tests.api.calls.call import Call
from tests.roles import KEEPERS

READS = (
    Call("show a warning sign", "get", lambda w: f"signs/{w.sign.pk}/"),
    Call("list the signs of a pilot", "get", lambda w: f"pilots/{w.pilot.key}/signs/"),
    Call("list the answers about a pilot", "get", lambda w: f"pilots/{w.pilot.key}/answers/"),
)
WRITES = (
    Call(
        "answer a question",
        "post",
        lambda w: f"pilots/{w.pilot.key}/answers/",
        KEEPERS,
        lambda w: {"question": "load_tested", "yes": True, "note": "4,000 cases an hour."},
        status=201,
    ),
)
