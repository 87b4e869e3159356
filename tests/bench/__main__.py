"""The order of `make bench`: fill databases, start servers, measure in rounds, print."""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import cycle, repeat
from pathlib import Path

from tests.bench.clocks import Backends
from tests.bench.goals import Figures, comparisons, figures, verdicts
from tests.bench.measuring import Page, measure, request
from tests.bench.places import Server, database, environment, fill, server
from tests.bench.table import growth, of_largest, of_nights, written

SEED = 7


def main(arguments: list[str]) -> int:
    """Measure and print; returns 0 whatever the figures are."""
    asked = _asked(arguments)
    if not Path("/proc/stat").exists():
        raise SystemExit("The benchmark reads CPU times from /proc, which only Linux has.")
    parts = {}
    for of, stored, staged in (
        ("pilots", asked.pilots, _of_pilots),
        ("readings", asked.readings, _of_readings),
    ):
        if stored:
            parts[of] = _measured(asked, sorted(stored), staged)
            found, yardstick = parts[of]
            goals = of_largest(found) if of == "pilots" else comparisons(found)
            print(written(found, yardstick, of=of, goals=goals), flush=True)
    if asked.json:
        asked.json.write_text(json.dumps({of: _as_json(*part) for of, part in parts.items()}, indent=1))
    return 0


def _asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description="Measure the main pages.")
    parser.add_argument("--pilots", type=int, nargs="*", default=[1_000, 10_000], metavar="N")
    parser.add_argument("--readings", type=int, nargs="*", default=[10_000, 1_000_000], metavar="N")
    parser.add_argument("--rounds", type=int, default=5, help="five or more for figures to keep")
    parser.add_argument("--requests", type=int, default=40, help="of each page in each round")
    parser.add_argument("--sqlite", action="store_true", help="even if a PostgreSQL answers")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    return parser.parse_args(arguments)


Staged = Callable[[Path, str, int], dict]  # fills a database and says what to ask for


def _measured(
    asked: argparse.Namespace, stored: Sequence[int], staged: Staged
) -> tuple[list[Figures], Figures]:
    """The figures of every page with so much stored, and of the bare view."""
    with ExitStack() as stack:
        bare, *others = pages = _pages(stack, asked, stored, staged)
        measure(
            pages,
            rounds=asked.rounds,
            requests=asked.requests,
            tell=lambda number: print(f"Round {number + 1} of {asked.rounds}", file=sys.stderr, flush=True),
        )
    return [figures(page, bare) for page in others], figures(bare, bare)


def _pages(stack: ExitStack, asked: argparse.Namespace, stored: Sequence[int], staged: Staged) -> list[Page]:
    """Everything to measure, the bare view first, with its servers running until the stack ends."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pilotage-bench-")))
    bare = stack.enter_context(server("tests.bench.bare", environment(folder, ""), probe="/"))
    pages = [Page("Bare Django view (H)", 0, bare, repeat(request("/", {})), Backends(""))]
    for count in stored:
        url = stack.enter_context(database(folder, str(count), on_sqlite=asked.sqlite))
        product = url.split(":", 1)[0]
        print(f"Filling a {product} for {count:,}.", file=sys.stderr, flush=True)
        told = staged(folder, url, count)
        print("\n".join(of_nights(told.get("nights", []), count)), flush=True)
        running = stack.enter_context(server("config.wsgi", environment(folder, url), probe="/healthz"))
        backends = Backends(url)
        stack.callback(backends.close)
        pages += _staged_pages(told, count, running, backends)
    return pages


def _of_pilots(folder: Path, url: str, pilots: int) -> dict:
    return fill(folder, url, "tests.bench.stage", pilots, SEED)


def _of_readings(folder: Path, url: str, readings: int) -> dict:
    return fill(folder, url, "tests.bench.stage_readings", readings)


def _staged_pages(staged: dict, count: int, running: Server, backends: Backends) -> list[Page]:
    person = {"Cookie": running.sign_in(staged["email"], staged["password"])}
    program = {"Authorization": f"Token {staged['token']}"}
    pages = [
        Page(
            page["name"],
            count,
            running,
            repeat(request(page["path"], program if page["path"].startswith("/api/") else person)),
            backends,
            queries=page["queries"],
        )
        for page in staged["pages"]
    ]
    if recording := staged.get("recording"):
        sent = _readings(recording["paths"], program)
        pages.append(Page(recording["name"], count, running, sent, backends, queries=recording["queries"]))
    return pages


def _readings(paths: Sequence[str], headers: dict[str, str]) -> Iterator[bytes]:
    """A reading of one KPI after the other, each measured when it is sent."""
    for path in cycle(paths):
        reading = {"value": "21.5", "measured_at": datetime.now(UTC).isoformat()}
        yield request(path, headers, json.dumps(reading).encode())


def _as_json(found: Sequence[Figures], bare: Figures) -> dict:
    return {
        "bare": asdict(bare),
        "pages": [asdict(row) | {"growth": growth(row, found), "goals": verdicts(row)} for row in found],
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
