"""Asking one page after the other, round by round, so that a busy minute of the machine meets all alike."""

import gzip
import socket
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from tests.bench.clocks import Backends, machine_seconds, process_seconds
from tests.bench.places import Server

WARM_UP = 12  # requests, so that both workers have answered the page


@dataclass(frozen=True)
class Block:
    """One page in one round."""

    p50: float  # seconds
    p95: float
    cpu: float  # CPU seconds per request, of workers and database together
    foreign: float  # cores busy with anything else


@dataclass
class Page:
    """A page to measure and what was measured; `blocks` has one entry per round."""

    name: str
    stored: int  # pilots or readings behind it; 0 for the bare view
    server: Server
    requests: Iterator[bytes]  # one after the other, without end
    backends: Backends
    queries: int = 0
    size: int = 0  # bytes of the body
    zipped: int = 0
    blocks: list[Block] = field(default_factory=list)

    def median(self, value: Callable[[Block], float]) -> float:
        return statistics.median(value(block) for block in self.blocks)


def request(path: str, headers: dict[str, str], sent: bytes | None = None) -> bytes:
    """The bytes of a GET request on a connection of its own, as gunicorn's sync workers want it; of a POST
    request where something, as JSON, is sent.
    """
    lines = [f"{'GET' if sent is None else 'POST'} {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: close"]
    if sent is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(sent)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + (sent or b"")


def measure(pages: Sequence[Page], *, rounds: int, requests: int, tell: Callable[[int], None]) -> None:
    """Fill the pages' blocks. The bare view gets five times the requests: it takes so little time."""
    for page in pages:
        answers = [ask(page) for _ in range(WARM_UP)]
        page.size, page.zipped = len(answers[-1]), len(gzip.compress(answers[-1], 6))
    for number in range(rounds):
        tell(number)
        for page in pages:
            page.blocks.append(_block(page, requests if page.stored else 5 * requests))


def _block(page: Page, requests: int) -> Block:
    mine = [*page.server.workers, *page.backends.pids()]
    ours, machine, began = _cpu(mine), machine_seconds(), time.perf_counter()
    client_began = time.process_time()
    times = [_timed(page) for _ in range(requests)]
    elapsed = time.perf_counter() - began
    client = time.process_time() - client_began
    machine = machine_seconds() - machine
    ours = _cpu(mine) - ours
    times.sort()
    return Block(
        p50=statistics.median(times),
        p95=times[int(0.95 * len(times))],
        cpu=ours / requests,
        foreign=max(0.0, (machine - ours - client) / elapsed),
    )


def _cpu(pids: Sequence[int]) -> float:
    return sum(process_seconds(pid) for pid in pids)


def _timed(page: Page) -> float:
    began = time.perf_counter()
    _answer(page)
    return time.perf_counter() - began


def _answer(page: Page) -> bytes:
    with socket.create_connection(("127.0.0.1", page.server.port)) as connection:
        connection.sendall(next(page.requests))
        parts = []
        while part := connection.recv(1 << 16):
            parts.append(part)
    return b"".join(parts)


def ask(page: Page) -> bytes:
    """The body of the page. Raises SystemExit unless the answer is 200 or 201."""
    head, _, body = _answer(page).partition(b"\r\n\r\n")
    status = head.split(b"\r\n", 1)[0].decode()
    if not status.split(" ", 1)[1].startswith(("200", "201")):
        raise SystemExit(f"{page.name} answered “{status}”: {body[:500].decode(errors='replace')}")
    return body
