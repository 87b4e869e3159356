"""Connections go to the very addresses that were checked, and certificates are of the host that was asked for."""

import socket
import ssl
import sys
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from metrics.sources.choices import FailureKind
from metrics.sources.failures import NotCollected
from metrics.sources.fetching import Limits, fetch
from tests.metrics.sources.conftest import NAME
from tests.metrics.sources.servers import LOCAL, Page, moved, serving


class Names:
    """Looks names up: each answer for one asking, the last one for all further."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers, self.asked = list(answers), []

    def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def refusal(url, **options):
    with pytest.raises(NotCollected) as refused:
        fetch(url, **options)
    return refused.value


@pytest.fixture
def no_connections(monkeypatch):
    def connect(*_, **__):
        raise AssertionError("nothing may be connected to")

    monkeypatch.setattr(socket, "create_connection", connect)


only_linux = pytest.mark.skipif(
    not sys.platform.startswith("linux"),
    reason="only Linux has more than one loopback address from the start",
)


# --- Names and addresses -----------------------------------------------------------------------
@only_linux
def test_a_name_that_leads_elsewhere_a_moment_later_still_leads_to_what_was_checked():
    with ExitStack() as stack:
        checked = stack.enter_context(serving({"/": Page("checked")}, name=NAME))
        later = stack.enter_context(serving({"/": Page("later")}, at=("127.0.0.2", checked.port)))
        names = Names([LOCAL], ["127.0.0.2"])
        answer = fetch(checked.url(), limits=checked.limits(), resolve=names)

    assert answer.body == b"checked"
    assert names.asked == [NAME]
    assert later.asked == []
    assert checked.asked[0][1]["Host"] == f"{NAME}:{checked.port}"


@pytest.mark.parametrize(
    "addresses",
    [
        ["10.0.0.5"],
        ["93.184.216.34", "10.0.0.5"],
        ["169.254.169.254"],
        ["::ffff:127.0.0.1"],
        ["fe80::1%eth0"],
    ],
)
def test_a_public_name_with_one_private_address_is_not_asked(addresses, no_connections):
    failure = refusal("https://metrics.example.org/", resolve=Names(addresses))

    assert failure.kind == FailureKind.NOT_ALLOWED
    assert "of metrics.example.org" in str(failure)


def test_each_redirect_is_looked_up_and_checked_again():
    names = Names([LOCAL], ["169.254.169.254"])
    with serving({"/": moved("/next"), "/next": Page("secrets")}, name=NAME) as server:
        failure = refusal(server.url(), limits=server.limits(), resolve=names)

    assert failure.kind == FailureKind.NOT_ALLOWED
    assert [path for path, _ in server.asked] == ["/"]


@only_linux
def test_the_next_address_is_tried_when_one_does_not_answer():
    with serving({"/": Page("42")}, name=NAME) as server:
        answer = fetch(server.url(), limits=server.limits(), resolve=Names(["127.0.0.3", LOCAL]))

    assert answer.body == b"42"


def unknown(host, port):
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def undecided(host, port):
    raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")


def unspeakable(host, port):
    raise UnicodeError("label too long")


@pytest.mark.parametrize(
    ("resolve", "sentence", "again"),
    [
        (unknown, "There is no server of the name metrics.example.org.", False),
        (unspeakable, "There is no server of the name metrics.example.org.", False),
        (lambda host, port: [], "There is no server of the name metrics.example.org.", False),
        (undecided, "The name metrics.example.org could not be looked up.", True),
    ],
)
def test_a_name_without_an_address_is_told(resolve, sentence, again, no_connections):
    failure = refusal("https://metrics.example.org/", resolve=resolve)

    assert (failure.kind, str(failure)) == (FailureKind.UNREACHABLE, sentence)
    assert failure.worth_retrying == again


def test_looking_up_a_name_has_a_time_limit_too():
    over = Event()

    def slowly(host, port):
        over.wait(10)
        return [LOCAL]

    failure = refusal("https://metrics.example.org/", limits=Limits(seconds=0.2), resolve=slowly)
    over.set()

    assert (failure.kind, str(failure)) == (FailureKind.TIMEOUT, "No answer within 0.2 seconds.")


def test_nobody_there_is_told_with_the_port():
    with socket.create_server((LOCAL, 0)) as closed:
        port = closed.getsockname()[1]
    failure = refusal(f"http://127.0.0.1:{port}/", limits=Limits(allowed=frozenset([LOCAL])))

    assert str(failure) == f"Nothing answers at 127.0.0.1, port {port}."
    assert (failure.kind, failure.worth_retrying) == (FailureKind.UNREACHABLE, True)


# --- Certificates ------------------------------------------------------------------------------
def test_a_secure_server_is_asked_by_its_name(certificates):
    shown = []
    tls = certificates.server(NAME)
    tls.sni_callback = lambda sock, name, context: shown.append(name)
    with serving({"/": Page("42")}, tls=tls, name=NAME) as server:
        limits = server.limits(ca_file=certificates.ca_file)
        answer = fetch(server.url(), limits=limits, resolve=Names([LOCAL]))

    assert answer.body == b"42"
    assert shown == [NAME]
    assert server.asked[0][1]["Host"] == f"{NAME}:{server.port}"


def test_a_secure_server_may_be_asked_by_its_address(certificates):
    with serving({"/": Page("42")}, tls=certificates.server(LOCAL)) as server:
        assert fetch(server.url(), limits=server.limits(ca_file=certificates.ca_file)).body == b"42"


NOW = datetime.now(UTC)
PAST = {"not_before": NOW - timedelta(30), "not_after": NOW - timedelta(1)}


@pytest.mark.parametrize(
    ("names", "validity", "known", "sentence"),
    [
        (["other.test"], {}, True, "The certificate is not valid for metrics.test."),
        (["*.metrics.test"], {}, True, "The certificate is not valid for metrics.test."),
        ([LOCAL], {}, True, "The certificate is not valid for metrics.test."),
        ([NAME], PAST, True, "The certificate of metrics.test has expired or is not valid yet."),
        (
            [NAME],
            {},
            False,
            "The certificate of metrics.test is from an issuer that this server does not know.",
        ),
    ],
)
def test_a_certificate_that_is_not_valid_is_told_and_nothing_is_asked(
    certificates, names, validity, known, sentence
):
    tls = certificates.server(*names, **validity)
    with serving({"/": Page("42")}, tls=tls, name=NAME) as server:
        limits = server.limits(ca_file=certificates.ca_file if known else "")
        failure = refusal(server.url(), limits=limits, resolve=Names([LOCAL]))

    assert (failure.kind, str(failure)) == (FailureKind.CERTIFICATE, sentence)
    assert not failure.worth_retrying
    assert server.asked == []


def test_the_address_of_a_secure_server_must_be_in_its_certificate(certificates):
    with serving({"/": Page("42")}, tls=certificates.server(NAME)) as server:
        failure = refusal(server.url(), limits=server.limits(ca_file=certificates.ca_file))

    assert str(failure) == "The certificate is not valid for 127.0.0.1."


def test_old_versions_of_the_protocol_are_not_spoken(certificates):
    tls = certificates.server(NAME)
    with pytest.warns(DeprecationWarning):
        tls.minimum_version = tls.maximum_version = ssl.TLSVersion.TLSv1_1
    with serving({"/": Page("42")}, tls=tls, name=NAME) as server:
        limits = server.limits(ca_file=certificates.ca_file)
        failure = refusal(server.url(), limits=limits, resolve=Names([LOCAL]))

    assert failure.kind == FailureKind.UNREACHABLE
    assert server.asked == []


def test_authorities_that_are_not_there_are_the_operators_mistake_not_the_servers(no_connections):
    with pytest.raises(FileNotFoundError):
        fetch("https://metrics.example.org/", limits=Limits(ca_file="/nowhere.pem"), resolve=Names([LOCAL]))


def test_a_server_that_speaks_no_https_is_told():
    with serving({"/": Page("42")}) as server:
        failure = refusal(server.url().replace("http:", "https:"), limits=server.limits())

    assert str(failure) == (f"127.0.0.1 speaks no HTTPS at port {server.port}, or only an old version of it.")


def test_a_redirect_does_not_lead_from_https_to_http(certificates):
    with (
        serving({"/": Page("42")}, name=NAME) as plain,
        serving({"/": moved(plain.url())}, tls=certificates.server(NAME), name=NAME) as server,
    ):
        limits = Limits(allowed=frozenset([NAME]), ca_file=certificates.ca_file)
        failure = refusal(server.url(), limits=limits, resolve=Names([LOCAL]))

    assert failure.kind == FailureKind.REDIRECT
    assert str(failure) == "The server redirects from https:// to http://, to metrics.test."
    assert plain.asked == []
