"""What belongs to no app: the way in, help, mail of the demo, health."""

from tests.flows.doors.door import PARTS, SIGNED_IN, Door

MAIL = "20260101-120000-1.log"


DOORS = (
    Door("home", allowed=SIGNED_IN, status=302, is_page=False),
    Door("help", allowed=SIGNED_IN),
    Door("styleguide", allowed=("administrator",), hidden=403),
    Door("styleguide", "post", ("administrator",), body=lambda s: {"name": "x"}, status=422, hidden=403),
    Door("mail", allowed=PARTS),
    Door("mail_message", allowed=PARTS, args=lambda s: {"file": MAIL, "number": 1}),
    Door("healthz", allowed=PARTS, is_page=False),
    Door("readyz", allowed=PARTS, is_page=False),
    Door("api", allowed=SIGNED_IN, is_page=False),  # the library's own page
    Door("api-schema", allowed=SIGNED_IN, anonymous=401, is_page=False),
)
