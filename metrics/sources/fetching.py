"""The one door to the network: a GET that goes only where it may, and takes neither too long nor too much.

Proxies named in the environment are not used: whoever checks the address must also be the one who connects.
"""

from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urljoin

from urllib3.response import HTTPResponse

from metrics.sources.addresses import Target, is_allowed, target_of
from metrics.sources.choices import FailureKind, SignInKind
from metrics.sources.connecting import Deadline, Resolver, addresses_of, connection_to
from metrics.sources.failures import NotCollected
from metrics.sources.sign_in import SignIn

KB, MB = 1_000, 1_000_000
REDIRECTS = {301, 302, 303, 307, 308}
ENCODINGS = {"", "identity", "gzip", "x-gzip", "deflate"}
MEANINGS = {
    401: "the sign-in is missing or wrong",
    403: "this sign-in may not read there",
    404: "there is nothing at this address",
    429: "it was asked too often",
}
PASSING = {408, 425, 429}  # besides those from 500 on


@dataclass(frozen=True)
class Limits:
    """What one collection may take, and which hosts an administrator allows besides public ones."""

    seconds: float = 10  # for everything together
    size: int = MB  # bytes of the answer, uncompressed
    redirects: int = 3
    allowed: frozenset[str] = frozenset()  # entries as allowed_entry returns them
    ca_file: str = ""  # certificates believed besides those this machine believes


@dataclass(frozen=True)
class Answer:
    status: int
    content_type: str  # such as text/csv, in small letters, without its parameters
    body: bytes = field(repr=False)

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300


NO_SIGN_IN, USUAL_LIMITS = SignIn(), Limits()


def fetch(
    url: str,
    *,
    sign_in: SignIn = NO_SIGN_IN,
    limits: Limits = USUAL_LIMITS,
    accept: str = "*/*",
    resolve: Resolver = addresses_of,
) -> Answer:
    """What the server at this address answers, also when it answers with an error (see check_status).

    accept: the Accept header. resolve: looks up the IP addresses of a host. Raises NotCollected.
    """
    if problems := sign_in.problems():
        raise NotCollected(FailureKind.SIGN_IN, " ".join(problems.values()))
    deadline = Deadline(limits.seconds)
    first = target = target_of(url)
    _check_secrecy(target, sign_in, limits)
    for _ in range(limits.redirects + 1):
        shown = sign_in if target.origin == first.origin else NO_SIGN_IN
        answer = _ask(target, shown.headers() | {"Accept": accept}, limits, deadline, resolve)
        if isinstance(answer, Answer):
            return answer
        target = _led_on(target, answer)
    raise _redirect(f"The server redirects more than {limits.redirects} times.")


def check_status(answer: Answer) -> None:
    """Raises NotCollected unless the server answered as asked."""
    if answer.is_success:
        return
    meaning = MEANINGS.get(answer.status)
    sentence = f"The server answered {answer.status}" + (f": {meaning}." if meaning else ".")
    kind = FailureKind.SIGN_IN if answer.status in (401, 403) else FailureKind.STATUS
    raise NotCollected(kind, sentence, worth_retrying=may_pass(answer.status))


def may_pass(status: int) -> bool:
    """Whether an error of this status may pass by itself."""
    return status in PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def _check_secrecy(target: Target, sign_in: SignIn, limits: Limits) -> None:
    if sign_in.kind != SignInKind.NONE and not target.is_secure and not is_allowed(target, limits.allowed):
        raise NotCollected(
            FailureKind.NOT_ALLOWED,
            "The secret would be sent unencrypted. Use an address with https://, or let an administrator "
            "allow this host.",
        )


def _ask(
    target: Target, headers: dict[str, str], limits: Limits, deadline: Deadline, resolve: Resolver
) -> Answer | str:
    """The answer of this server, or the address where it says the answer is."""
    with connection_to(
        target, allowed=limits.allowed, deadline=deadline, ca_file=limits.ca_file, resolve=resolve
    ) as connection:
        ours = {
            "Host": target.host_header,
            "User-Agent": "Pilotage",
            "Accept-Encoding": "gzip, deflate",
            "Connection": "close",
        }
        connection.request("GET", target.path, headers=headers | ours, preload_content=False)
        response = connection.getresponse()
        if response.status in REDIRECTS and (location := response.headers.get("Location")):
            return location
        content_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return Answer(response.status, content_type, _body(response, limits.size))


def _body(response: HTTPResponse, size: int) -> bytes:
    """All of the answer, unpacked; no more of it is unpacked than may be kept."""
    packed = {name.strip().lower() for name in response.headers.get("Content-Encoding", "").split(",")}
    if unknown := packed - ENCODINGS:
        raise NotCollected(
            FailureKind.UNREADABLE, f"The answer is packed as {', '.join(sorted(unknown))[:40]}."
        )
    body = response.read(size + 1)
    if len(body) > size:
        shown = f"{size / MB:g} MB" if size >= MB else f"{size / KB:g} kB"
        raise NotCollected(FailureKind.TOO_LARGE, f"The answer is larger than {shown}.")
    return body


def _led_on(target: Target, location: str) -> Target:
    """Where the server leads. Raises NotCollected when that is no address or a less safe one."""
    here = f"{target.scheme}://{target.host_header}{target.path}"
    try:
        onward = target_of(urljoin(here, location))
    except (NotCollected, ValueError):
        raise _redirect("The server redirects to an address that cannot be used.") from None
    if target.is_secure and not onward.is_secure:
        raise _redirect(f"The server redirects from https:// to http://, to {onward.host}.")
    return onward


def _redirect(sentence: str) -> NotCollected:
    return NotCollected(FailureKind.REDIRECT, sentence)
