"""A GET that goes only where it may, and takes neither too long nor too much. The servers are real."""

import gzip
import io
import logging
import tracemalloc
import zlib
from threading import Event

import pytest

from metrics.sources.choices import FailureKind, SignInKind
from metrics.sources.failures import NotCollected
from metrics.sources.fetching import Limits, check_status, fetch
from metrics.sources.sign_in import SignIn
from tests.metrics.sources.servers import Page, dripping, moved, serving, speaking

TOKEN = SignIn(SignInKind.BEARER, secret="letmein-5f3a")


def refusal(url, **options):
    with pytest.raises(NotCollected) as refused:
        fetch(url, **options)
    return refused.value


# --- The answer --------------------------------------------------------------------------------
def test_an_answer_comes_with_its_status_and_type():
    with serving({"/kpi": Page('{"value": 1}', type="Application/JSON; charset=utf-8")}) as server:
        answer = fetch(server.url("/kpi?day=1"), limits=server.limits(), accept="application/json")

    assert (answer.status, answer.content_type, answer.body) == (200, "application/json", b'{"value": 1}')
    path, headers = server.asked[0]
    assert path == "/kpi?day=1"
    assert headers["Host"] == f"127.0.0.1:{server.port}"
    assert headers["Accept"] == "application/json"
    assert headers["User-Agent"] == "Pilotage"
    assert "Authorization" not in headers


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(b"42" * 500)),
        ("x-gzip", gzip.compress(b"42" * 500)),
        ("deflate", zlib.compress(b"42" * 500)),
        ("gzip, gzip", gzip.compress(gzip.compress(b"42" * 500))),
    ],
)
def test_a_packed_answer_is_unpacked(encoding, packed):
    with serving({"/": Page(packed, Content_Encoding=encoding)}) as server:
        assert fetch(server.url(), limits=server.limits()).body == b"42" * 500


def test_an_answer_packed_in_another_way_is_refused_by_name():
    with serving({"/": Page(b"...", Content_Encoding="br")}) as server:
        failure = refusal(server.url(), limits=server.limits())

    assert (failure.kind, str(failure)) == (FailureKind.UNREADABLE, "The answer is packed as br.")


def test_an_answer_in_pieces_is_put_together():
    def in_pieces(request):
        request.send_response(200)
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        request.wfile.write(b"2\r\n4,\r\n1\r\n2\r\n0\r\n\r\n")

    with serving({"/": in_pieces}) as server:
        assert fetch(server.url(), limits=server.limits()).body == b"4,2"


@pytest.mark.parametrize(
    ("status", "sentence", "kind", "again"),
    [
        (401, "The server answered 401: the sign-in is missing or wrong.", FailureKind.SIGN_IN, False),
        (403, "The server answered 403: this sign-in may not read there.", FailureKind.SIGN_IN, False),
        (404, "The server answered 404: there is nothing at this address.", FailureKind.STATUS, False),
        (304, "The server answered 304.", FailureKind.STATUS, False),
        (302, "The server answered 302.", FailureKind.STATUS, False),  # without saying where to
        (408, "The server answered 408.", FailureKind.STATUS, True),
        (429, "The server answered 429: it was asked too often.", FailureKind.STATUS, True),
        (500, "The server answered 500.", FailureKind.STATUS, True),
        (503, "The server answered 503.", FailureKind.STATUS, True),
    ],
)
def test_an_answer_with_an_error_is_told_by_its_status(status, sentence, kind, again):
    with serving({"/": Page(status=status)}) as server:
        answer = fetch(server.url(), limits=server.limits())

    with pytest.raises(NotCollected) as failure:
        check_status(answer)
    assert (str(failure.value), failure.value.kind, failure.value.worth_retrying) == (sentence, kind, again)


def test_a_good_answer_has_no_failure():
    with serving({"/": Page("42")}) as server:
        check_status(fetch(server.url(), limits=server.limits()))


# --- Where it may go ---------------------------------------------------------------------------
@pytest.mark.parametrize("allowed", [frozenset(), frozenset(["127.0.0.1:1"]), frozenset(["localhost"])])
def test_this_machine_is_not_asked_unless_an_administrator_allows_it(allowed):
    with serving({"/": Page("42")}) as server:
        failure = refusal(server.url(), limits=Limits(allowed=allowed))

    assert failure.kind == FailureKind.NOT_ALLOWED
    assert str(failure) == "The address 127.0.0.1 is private; an administrator can allow this host."
    assert server.asked == []


def test_a_name_of_this_machine_is_looked_up_and_refused():
    with serving({"/": Page("42")}, name="localhost") as server:
        failure = refusal(server.url())

    assert "of localhost is private; an administrator can allow this host." in str(failure)
    assert server.asked == []


def test_an_allowed_name_is_looked_up_and_asked():
    with serving({"/": Page("42")}, name="localhost") as server:
        assert fetch(server.url(), limits=server.limits()).body == b"42"

    assert server.asked[0][1]["Host"] == f"localhost:{server.port}"


@pytest.mark.parametrize(
    ("to", "kind", "words"),
    [
        ("http://10.0.0.5/", FailureKind.NOT_ALLOWED, "The address 10.0.0.5 is private"),
        ("//169.254.169.254/latest/meta-data/", FailureKind.NOT_ALLOWED, "169.254.169.254 is not one where"),
        ("http://[::1]:9090/", FailureKind.NOT_ALLOWED, "The address ::1 is private"),
        ("http://127.0.0.1:9/", FailureKind.NOT_ALLOWED, "Port 9 is not one for web servers"),
        ("http://2130706433/", FailureKind.REDIRECT, "redirects to an address that cannot be used"),
        ("http://olga@example.org/", FailureKind.REDIRECT, "redirects to an address that cannot be used"),
        ("file:///etc/passwd", FailureKind.REDIRECT, "redirects to an address that cannot be used"),
        ("http://[::1", FailureKind.REDIRECT, "redirects to an address that cannot be used"),
    ],
)
@pytest.mark.parametrize("status", [301, 307])
def test_a_redirect_is_followed_only_where_it_might_have_gone_at_once(to, kind, words, status):
    with serving({"/": moved(to, status)}) as server:
        failure = refusal(server.url(), limits=server.limits())

    assert failure.kind == kind
    assert words in str(failure)
    assert not failure.worth_retrying


def test_a_redirect_to_another_server_of_this_machine_needs_its_own_permission():
    with serving({"/": Page("inside")}) as inside, serving({"/": moved(inside.url())}) as server:
        failure = refusal(server.url(), limits=server.limits())

    assert failure.kind == FailureKind.NOT_ALLOWED
    assert inside.asked == []


def test_a_redirect_on_the_same_server_keeps_the_sign_in():
    with serving({"/": moved("there?a=1"), "/there": Page("42")}) as server:
        answer = fetch(server.url(), sign_in=TOKEN, limits=server.limits())

    assert answer.body == b"42"
    assert [path for path, _ in server.asked] == ["/", "/there?a=1"]
    assert [headers["Authorization"] for _, headers in server.asked] == ["Bearer letmein-5f3a"] * 2


def test_a_redirect_to_another_allowed_server_leaves_the_sign_in_behind():
    with serving({"/": Page("42")}) as other, serving({"/": moved(other.url())}) as server:
        limits = server.limits(allowed=frozenset([server.entry, other.entry]))
        answer = fetch(server.url(), sign_in=TOKEN, limits=limits)

    assert answer.body == b"42"
    assert "Authorization" in server.asked[0][1]
    assert "Authorization" not in other.asked[0][1]


def test_redirects_in_a_circle_end():
    with serving({"/": moved("/")}) as server:
        failure = refusal(server.url(), limits=server.limits(redirects=2))

    assert (failure.kind, str(failure)) == (FailureKind.REDIRECT, "The server redirects more than 2 times.")
    assert len(server.asked) == 3


def test_proxies_of_the_environment_are_not_used(monkeypatch):
    with serving({}) as proxy, serving({"/": Page("42")}) as server:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url())
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        assert fetch(server.url(), limits=server.limits()).body == b"42"

    assert proxy.asked == []


# --- How long ----------------------------------------------------------------------------------
SLOW = {
    "the status line": dripping(b"HTTP/1.1 200 OK", b" ", end=b"\r\nContent-Length: 2\r\n\r\n42"),
    "the headers": dripping(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n", end=b"Content-Length: 2\r\n\r\n42"),
    "many answers before the answer": dripping(
        b"", b"HTTP/1.1 100 Continue\r\n\r\n", end=b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n42"
    ),
    "the body": dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n", b"4"),
    "a body without an end": dripping(b"HTTP/1.1 200 OK\r\n\r\n", b"4"),
    "the pieces": dripping(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n4\r\n", end=b"0\r\n\r\n"
    ),
}


@pytest.mark.parametrize("slow", SLOW)
def test_the_time_is_for_everything_together_however_steadily_a_server_drips(slow):
    with speaking(SLOW[slow]) as server:
        failure = refusal(server.url(), limits=server.limits(seconds=0.4))

    assert (failure.kind, failure.worth_retrying) == (FailureKind.TIMEOUT, True)
    assert str(failure) == "No answer within 0.4 seconds."


def test_a_server_that_says_nothing_is_given_up():
    with speaking(lambda connection, over: over.wait(5)) as server:
        failure = refusal(server.url(), limits=server.limits(seconds=0.3))

    assert failure.kind == FailureKind.TIMEOUT


def test_a_secure_connection_that_never_comes_about_is_given_up():
    with speaking(lambda connection, over: over.wait(5)) as server:
        failure = refusal(server.url().replace("http:", "https:"), limits=server.limits(seconds=0.3))

    assert failure.kind == FailureKind.TIMEOUT


def test_the_time_goes_on_over_redirects():
    def slowly(request):
        Event().wait(0.15)
        moved("/")(request)

    with serving({"/": slowly}) as server:
        failure = refusal(server.url(), limits=server.limits(seconds=0.5, redirects=50))

    assert failure.kind == FailureKind.TIMEOUT


# --- How much ----------------------------------------------------------------------------------
def test_an_answer_of_just_the_size_is_taken_and_one_byte_more_is_not():
    with serving({"/fits": Page(b"4" * 1_000), "/more": Page(b"4" * 1_001)}) as server:
        assert len(fetch(server.url("/fits"), limits=server.limits(size=1_000)).body) == 1_000
        failure = refusal(server.url("/more"), limits=server.limits(size=1_000))

    assert (failure.kind, str(failure)) == (FailureKind.TOO_LARGE, "The answer is larger than 1 kB.")
    assert not failure.worth_retrying


def endless(start: bytes, piece: bytes):
    """Says as much as anybody listens to, at most 200 MB."""

    def say(connection, over):
        connection.recv(65_536)
        connection.sendall(start)
        for _ in range(200_000_000 // len(piece)):
            connection.sendall(piece)
            if over.is_set():
                return

    return say


ENDLESS = {
    "with a length": endless(b"HTTP/1.1 200 OK\r\nContent-Length: 200000000\r\n\r\n", b"4" * 65_536),
    "without a length": endless(b"HTTP/1.1 200 OK\r\n\r\n", b"4" * 65_536),
    "in pieces": endless(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"4" * 65_536 + b"\r\n"
    ),
    "as an error": endless(b"HTTP/1.1 500 Oh\r\n\r\n", b"4" * 65_536),
}


@pytest.mark.parametrize("kind", ENDLESS)
def test_an_endless_answer_is_given_up_at_the_size(kind):
    with speaking(ENDLESS[kind]) as server:
        failure = refusal(server.url(), limits=server.limits())

    assert (failure.kind, str(failure)) == (FailureKind.TOO_LARGE, "The answer is larger than 1 MB.")


@pytest.mark.parametrize("header", [b"X-A: " + b"b" * 100_000 + b"\r\n", b"X-A: b\r\n" * 10_000])
def test_endless_headers_are_given_up(header):
    with speaking(endless(b"HTTP/1.1 200 OK\r\n", header)) as server:
        failure = refusal(server.url(), limits=server.limits())

    assert failure.kind == FailureKind.UNREACHABLE


@pytest.fixture(scope="module")
def bomb() -> bytes:
    """100 MB of nothing, packed into 100 kB."""
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb") as stream:
        for _ in range(100):
            stream.write(bytes(1_000_000))
    return packed.getvalue()


@pytest.mark.parametrize("layers", [1, 2])
def test_a_packed_answer_is_not_unpacked_beyond_the_size(bomb, layers):
    packed = bomb if layers == 1 else gzip.compress(bomb)
    with serving({"/": Page(packed, Content_Encoding=", ".join(["gzip"] * layers))}) as server:
        tracemalloc.start()
        try:
            failure = refusal(server.url(), limits=server.limits())
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

    assert (failure.kind, str(failure)) == (FailureKind.TOO_LARGE, "The answer is larger than 1 MB.")
    assert peak < 20_000_000


# --- What is no proper answer ------------------------------------------------------------------
BROKEN = "The connection to 127.0.0.1 broke off before the answer was complete."


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nnot a hundred",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nless",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nnot packed at all",
        b"HTTP/1.1 999999 OK\r\n\r\n",
    ],
)
def test_what_is_no_proper_answer_is_told_without_repeating_it(said):
    def say(connection, over):
        connection.recv(65_536)
        connection.sendall(said)

    with speaking(say) as server:
        failure = refusal(server.url(), limits=server.limits())

    assert (failure.kind, str(failure), failure.worth_retrying) == (FailureKind.UNREACHABLE, BROKEN, True)


# --- Secrets -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("sign_in", "header", "value"),
    [
        (TOKEN, "Authorization", "Bearer letmein-5f3a"),
        (SignIn(SignInKind.BASIC, "olga", "pässword"), "Authorization", "Basic b2xnYTpww6Rzc3dvcmQ="),
        (SignIn(SignInKind.HEADER, "X-Api-Key", "letmein-5f3a"), "X-Api-Key", "letmein-5f3a"),
    ],
)
def test_the_sign_in_goes_with_the_request(sign_in, header, value):
    with serving({"/": Page("42")}) as server:
        fetch(server.url(), sign_in=sign_in, limits=server.limits())

    assert server.asked[0][1][header] == value


def test_the_secret_is_in_no_error_and_no_log(caplog):
    caplog.set_level(logging.DEBUG)
    with serving({"/": Page(status=500), "/broken": Page(b"not packed", Content_Encoding="gzip")}) as server:
        fetch(server.url(), sign_in=TOKEN, limits=server.limits())
        failures = [
            refusal(server.url("/broken"), sign_in=TOKEN, limits=server.limits()),
            refusal(server.url(), sign_in=TOKEN),
            refusal(
                server.url(),
                sign_in=SignIn(SignInKind.BEARER, secret="letmein\n-5f3a"),
                limits=server.limits(),
            ),
        ]

    for failure in failures:
        assert "letmein" not in f"{failure} {failure!r} {failure.excerpt} {failure.__dict__}"
        assert failure.__suppress_context__ or failure.__context__ is None
    assert "letmein" not in caplog.text


def test_a_secret_is_not_sent_unencrypted_into_the_world():
    failure = refusal("http://metrics.example.org/", sign_in=TOKEN, resolve=nobody_asks)

    assert failure.kind == FailureKind.NOT_ALLOWED
    assert "would be sent unencrypted" in str(failure)


def nobody_asks(host, port):
    raise AssertionError(f"{host} must not be looked up")
