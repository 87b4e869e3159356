"""A connection to a checked address, and nothing that outlasts the time given for the whole.

The name of a host is looked up once. Every address that it has is checked, and the connection goes to one of these
very addresses, so a name that leads elsewhere a moment later is of no use to anybody.
"""

import io
import socket
import ssl
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from http.client import HTTPException
from threading import Thread
from time import monotonic
from typing import cast

from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError, ReadTimeoutError

from metrics.sources.addresses import Target, check_addresses, check_target
from metrics.sources.choices import FailureKind
from metrics.sources.failures import NotCollected

Resolver = Callable[[str, int], list[str]]
NAME_UNKNOWN = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}
WRONG_HOST = {62, 64}  # OpenSSL's numbers of what is wrong with a certificate: X509_V_ERR_…
UNKNOWN_ISSUER = {2, 18, 19, 20, 21, 27}
OUT_OF_DATE = {9, 10}


class Deadline:
    """The time that one collection may take, all in all."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = monotonic() + seconds

    def left(self) -> float:
        """Seconds left. Raises TimeoutError when there are none."""
        left = self._end - monotonic()
        if left <= 0:
            raise TimeoutError
        return left


def addresses_of(host: str, port: int) -> list[str]:
    """The IP addresses of a host, as this machine looks them up."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(where[0]) for *_, where in found))


def trusting(ca_file: str = "") -> ssl.SSLContext:
    """Whose certificates are believed: this machine's authorities, and those in the file."""
    trust = ssl.create_default_context()
    if ca_file:
        trust.load_verify_locations(ca_file)
    return trust


@contextmanager
def connection_to(
    target: Target, *, allowed: Collection[str], deadline: Deadline, ca_file: str, resolve: Resolver
) -> Iterator[HTTPConnection]:
    """A connection to an address of this target that may be asked; closed at the end of the block.

    Whatever goes wrong, in the block too, is raised as NotCollected.
    """
    trust = trusting(ca_file) if target.is_secure else None
    with _in_words(target, deadline):
        check_target(target, allowed)
        addresses = _looked_up(target, resolve, deadline)
        check_addresses(target, addresses, allowed)
        with _first_that_answers(target, addresses, deadline) as plain:
            plain.settimeout(deadline.left())
            # The certificate must be of the host that was asked for, not of the address it has.
            with trust.wrap_socket(plain, server_hostname=target.host) if trust else plain as sock:
                connection = HTTPConnection(target.host, target.port)
                connection.auto_open = 0  # it must never look the name up and connect by itself
                connection.sock = cast(socket.socket, _TimedSocket(sock, deadline))
                yield connection


def _looked_up(target: Target, resolve: Resolver, deadline: Deadline) -> list[str]:
    """In a thread, because looking up a name cannot be given a time limit."""
    looking_up: Future[list[str]] = Future()

    def look_up() -> None:
        try:
            looking_up.set_result(resolve(target.host, target.port))
        except Exception as error:
            looking_up.set_exception(error)

    Thread(target=look_up, daemon=True).start()
    return looking_up.result(deadline.left())


def _first_that_answers(target: Target, addresses: list[str], deadline: Deadline) -> socket.socket:
    """Tries one address after the other, each with an equal share of the time left."""
    failure: OSError = socket.gaierror(socket.EAI_NONAME, "no address")
    for tried, address in enumerate(addresses):
        share = deadline.left() / (len(addresses) - tried)
        try:
            return socket.create_connection((address, target.port), timeout=share)
        except OSError as error:
            failure = error
    raise failure


class _TimedSocket:
    """A socket of which every use ends when the time for the whole is up: what HTTPConnection needs of one."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock, self._deadline = sock, deadline

    def sendall(self, data: bytes) -> None:
        self._sock.settimeout(self._deadline.left())
        self._sock.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_TimedReader(self._sock, self._deadline))

    def settimeout(self, seconds: float | None) -> None:
        """Nobody else sets the time."""

    def close(self) -> None:
        """HTTPConnection lets go of it before the answer is read; connection_to closes it."""


class _TimedReader(io.RawIOBase):
    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock, self._deadline = sock, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        self._sock.settimeout(self._deadline.left())
        return self._sock.recv_into(buffer)


@contextmanager
def _in_words(target: Target, deadline: Deadline) -> Iterator[None]:
    """Raises whatever goes wrong in the block as NotCollected, without what a header or a body held."""
    try:
        yield
    except (TimeoutError, ReadTimeoutError):
        unit = "second" if deadline.seconds == 1 else "seconds"
        sentence = f"No answer within {deadline.seconds:g} {unit}."
        raise NotCollected(FailureKind.TIMEOUT, sentence, worth_retrying=True) from None
    except ssl.SSLCertVerificationError as error:
        raise NotCollected(FailureKind.CERTIFICATE, _why_not_believed(error, target)) from None
    except ssl.SSLError:
        sentence = f"{target.host} speaks no HTTPS at port {target.port}, or only an old version of it."
        raise _unreachable(sentence) from None
    except socket.gaierror as error:
        if error.errno in NAME_UNKNOWN:
            raise _unreachable(
                f"There is no server of the name {target.host}.", worth_retrying=False
            ) from None
        raise _unreachable(f"The name {target.host} could not be looked up.") from None
    except UnicodeError:
        raise _unreachable(f"There is no server of the name {target.host}.", worth_retrying=False) from None
    except ConnectionRefusedError:
        raise _unreachable(f"Nothing answers at {target.host}, port {target.port}.") from None
    except (OSError, HTTPException, HTTPError):
        raise _unreachable(
            f"The connection to {target.host} broke off before the answer was complete."
        ) from None


def _why_not_believed(error: ssl.SSLCertVerificationError, target: Target) -> str:
    if error.verify_code in WRONG_HOST:
        return f"The certificate is not valid for {target.host}."
    if error.verify_code in OUT_OF_DATE:
        return f"The certificate of {target.host} has expired or is not valid yet."
    if error.verify_code in UNKNOWN_ISSUER:
        return f"The certificate of {target.host} is from an issuer that this server does not know."
    return f"The certificate of {target.host} is not valid: {error.verify_message}."


def _unreachable(sentence: str, *, worth_retrying: bool = True) -> NotCollected:
    return NotCollected(FailureKind.UNREACHABLE, sentence, worth_retrying=worth_retrying)
