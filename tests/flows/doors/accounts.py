"""Signing in and out."""

from tests.flows.doors.door import PARTS, SIGNED_IN, Door
from tests.flows.scene import PASSWORD, Scene

KEY = {"uidb36": "0", "key": "0-0"}


def change_password_body(_: Scene):
    return {
        "oldpassword": PASSWORD,
        "password1": "a quite new passphrase",
        "password2": "a quite new passphrase",
    }


DOORS = (
    Door("account_login", allowed=("anonymous",), refused=302, hidden=302),
    Door(
        "account_login",
        "post",
        SIGNED_IN,
        body=lambda s: {"login": "olga@example.com", "password": PASSWORD},
        status=302,
        is_form=True,
    ),
    Door("account_logout", allowed=SIGNED_IN),
    Door("account_logout", "post", SIGNED_IN, status=302),
    Door("account_inactive", allowed=PARTS),
    Door("account_signup", allowed=("anonymous",), refused=302, hidden=302),
    Door("account_signup", "post", ("anonymous",), refused=302, hidden=302),
    Door("account_change_password", allowed=SIGNED_IN),
    Door("account_change_password", "post", SIGNED_IN, body=change_password_body, status=302, is_form=True),
    Door("account_set_password", allowed=(), refused=302, hidden=302, is_page=False),
    Door("account_set_password", "post", (), refused=302, hidden=302),
    Door("account_reset_password", allowed=PARTS),
    Door(
        "account_reset_password",
        "post",
        PARTS,
        body=lambda s: {"email": "olga@example.com"},
        status=302,
        is_form=True,
    ),
    Door("account_reset_password_done", allowed=PARTS),
    Door("account_reset_password_from_key", allowed=PARTS, args=lambda s: KEY),
    Door("account_reset_password_from_key", "post", PARTS, args=lambda s: KEY),
    Door("account_reset_password_from_key_done", allowed=PARTS),
)
