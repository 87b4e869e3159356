"""Real servers on this machine, well behaved and not, for collectors to ask."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from metrics.sources.fetching import Limits

LOCAL = "127.0.0.1"


class Page:
    """What a server answers at one path."""

    def __init__(
        self, body: bytes | str = b"", *, status: int = 200, type: str = "text/plain", **headers: str
    ):
        self.body = body.encode() if isinstance(body, str) else body
        self.status = status
        self.headers = {"Content-Type": type, "Content-Length": str(len(self.body))}
        self.headers |= {name.replace("_", "-"): value for name, value in headers.items()}

    def __call__(self, request: BaseHTTPRequestHandler) -> None:
        request.send_response(self.status)
        for name, value in self.headers.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(self.body)


def moved(to: str, status: int = 302) -> Page:
    return Page(status=status, Location=to)


Answering = Callable[[BaseHTTPRequestHandler], None]


class Served:
    """A running server: where it is and what it was asked."""

    def __init__(self, port: int, scheme: str, name: str) -> None:
        self.port, self.scheme, self.name = port, scheme, name
        self.asked: list[tuple[str, dict[str, str]]] = []  # paths and headers, in order

    def url(self, path: str = "/") -> str:
        return f"{self.scheme}://{self.name}:{self.port}{path}"

    @property
    def entry(self) -> str:
        """How an administrator allows this server."""
        return f"{self.name}:{self.port}"

    def limits(self, **others) -> Limits:
        """Limits under which this server may be asked."""
        return Limits(**{"allowed": frozenset([self.entry]), "seconds": 30, **others})


@contextlib.contextmanager
def serving(
    pages: dict[str, Answering],
    *,
    tls: ssl.SSLContext | None = None,
    name: str = LOCAL,
    at: tuple = (LOCAL, 0),
) -> Iterator[Served]:
    """An HTTP server with these pages by path, queries left aside; with `tls` it speaks HTTPS as `name`."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            served.asked.append((self.path, dict(self.headers)))
            answer = pages.get(self.path.partition("?")[0], Page("Not here.", status=404))
            with contextlib.suppress(OSError):  # the collector has seen enough
                answer(self)
            self.close_connection = True

        def log_message(self, *_):
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_):
            """A handshake that the collector breaks off is what is tested."""

    server = Server(at, Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    served = Served(server.server_address[1], "https" if tls else "http", name)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@contextlib.contextmanager
def speaking(say: Callable[[socket.socket, threading.Event], None]) -> Iterator[Served]:
    """A server of few words: `say` gets each connection, and an event that is set when the test is over."""
    over = threading.Event()
    listening = socket.create_server((LOCAL, 0))

    def accept() -> None:
        with contextlib.suppress(OSError):
            while not over.is_set():
                connection, _ = listening.accept()
                threading.Thread(target=talk, args=(connection,), daemon=True).start()

    def talk(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            say(connection, over)

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield Served(listening.getsockname()[1], "http", LOCAL)
    finally:
        over.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)


def dripping(start: bytes, drip: bytes, *, drips: int = 60, end: bytes = b""):
    """Says something every 50 milliseconds, so that no single wait is long, for three seconds in all."""

    def say(connection: socket.socket, over: threading.Event) -> None:
        connection.recv(65_536)
        connection.sendall(start)
        for _ in range(drips):
            if over.wait(0.05):
                return
            connection.sendall(drip)
        connection.sendall(end)

    return say
