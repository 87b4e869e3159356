"""How a collector shows who it is. The secret is in no repr, no error and no excerpt."""

import re
from base64 import b64encode
from dataclasses import dataclass, field
from urllib.parse import quote

from metrics.sources.choices import SignInKind

HIDDEN = "•••"
SHORTEST_HIDDEN = 4  # characters; hiding a shorter one would only make holes in numbers
LONGEST_SECRET = 4_000
VISIBLE = re.compile(r"[!-~](?:[ -~]*[!-~])?", re.ASCII)
HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}", re.ASCII)
OURS = {  # headers that carry the request itself
    *("host", "connection", "content-length", "content-type", "transfer-encoding", "te", "trailer"),
    *("upgrade", "expect", "accept", "accept-encoding", "user-agent", "range", "keep-alive"),
}


@dataclass(frozen=True)
class SignIn:
    """name: the user (basic) or the name of the header (header). secret: token, password or value."""

    kind: str = SignInKind.NONE
    name: str = ""
    secret: str = field(default="", repr=False)

    def problems(self) -> dict[str, str]:
        """Field → why this sign-in cannot be used; {} means it can. No sentence holds the secret."""
        if self.kind == SignInKind.NONE:
            return {}
        problems = {}
        if self.kind == SignInKind.BASIC and (not self.name or ":" in self.name):
            problems["name"] = "Give the user, without a colon."
        if self.kind == SignInKind.HEADER and not HEADER_NAME.fullmatch(self.name):
            problems["name"] = "Give the name of a header, such as X-Api-Key."
        if self.kind == SignInKind.HEADER and self.name.lower() in OURS:
            problems["name"] = f"The header {self.name} belongs to the request itself."
        if problem := self._secret_problem():
            problems["secret"] = problem
        return problems

    def _secret_problem(self) -> str:
        if not self.secret or len(self.secret) > LONGEST_SECRET:
            return f"Give the secret, at most {LONGEST_SECRET:,} characters."
        if self.kind != SignInKind.BASIC and not VISIBLE.fullmatch(self.secret):
            return "The secret holds a line break or a character that cannot be sent in a header."
        return ""

    def headers(self) -> dict[str, str]:
        """What goes with the request; only for a sign-in without problems."""
        if self.kind == SignInKind.BEARER:
            return {"Authorization": f"Bearer {self.secret}"}
        if self.kind == SignInKind.BASIC:
            return {"Authorization": f"Basic {self._pair()}"}
        return {self.name: self.secret} if self.kind == SignInKind.HEADER else {}

    def hidden_in(self, text: str) -> str:
        """The text without the secret, in whatever form a server may have repeated it."""
        if self.kind == SignInKind.NONE or len(self.secret) < SHORTEST_HIDDEN:
            return text
        for form in (self._pair(), quote(self.secret), quote(self.secret, safe=""), self.secret):
            text = text.replace(form, HIDDEN)
        return text

    def _pair(self) -> str:
        return b64encode(f"{self.name}:{self.secret}".encode()).decode()
