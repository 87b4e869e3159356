"""The order of `make bench`: fill databases, start servers, measure in rounds, print."""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from tests.bench.clocks import Backends
from tests.bench.goals import Figures, figures, verdicts
from tests.bench.measuring import Page, measure, request
from tests.bench.places import Server, database, environment, fill, server
from tests.bench.table import growth, written

SEED = 7


def main(arguments: list[str]) -> int:
    """Measure and print; returns 0 whatever the figures are."""
    asked = _asked(arguments)
    if not Path("/proc/stat").exists():
        raise SystemExit("The benchmark reads CPU times from /proc, which only Linux has.")
    with ExitStack() as stack:
        pages = _pages(stack, asked)
        bare, *others = pages
        measure(
            pages,
            rounds=asked.rounds,
            requests=asked.requests,
            tell=lambda number: print(f"Round {number + 1} of {asked.rounds}", file=sys.stderr, flush=True),
        )
    yardstick = figures(bare, bare)
    found = [figures(page, bare) for page in others]
    print(written(found, yardstick))
    if asked.json:
        asked.json.write_text(json.dumps(_as_json(found, yardstick), indent=1))
    return 0


def _asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description="Measure the main pages.")
    parser.add_argument("--pilots", type=int, nargs="+", default=[1_000, 10_000], metavar="N")
    parser.add_argument("--rounds", type=int, default=5, help="five or more for figures to keep")
    parser.add_argument("--requests", type=int, default=40, help="of each page in each round")
    parser.add_argument("--sqlite", action="store_true", help="even if a PostgreSQL answers")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    return parser.parse_args(arguments)


def _pages(stack: ExitStack, asked: argparse.Namespace) -> list[Page]:
    """Everything to measure, the bare view first, with its servers running until the stack ends."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pilotage-bench-")))
    bare = stack.enter_context(server("tests.bench.bare", environment(folder, ""), probe="/"))
    pages = [Page("Bare Django view (H)", 0, bare, request("/", {}), Backends(""))]
    for pilots in sorted(asked.pilots):
        url = stack.enter_context(database(folder, pilots, on_sqlite=asked.sqlite))
        product = url.split(":", 1)[0]
        print(f"Making {pilots:,} pilots on {product}.", file=sys.stderr, flush=True)
        staged = fill(folder, url, pilots=pilots, seed=SEED)
        running = stack.enter_context(server("config.wsgi", environment(folder, url), probe="/healthz"))
        backends = Backends(url)
        stack.callback(backends.close)
        pages += _staged_pages(staged, pilots, running, backends)
    return pages


def _staged_pages(staged: dict, pilots: int, running: Server, backends: Backends) -> list[Page]:
    person = {"Cookie": running.sign_in(staged["email"], staged["password"])}
    program = {"Authorization": f"Token {staged['token']}"}
    return [
        Page(
            page["name"],
            pilots,
            running,
            request(page["path"], program if page["path"].startswith("/api/") else person),
            backends,
            queries=page["queries"],
        )
        for page in staged["pages"]
    ]


def _as_json(found: Sequence[Figures], bare: Figures) -> dict:
    return {
        "bare": asdict(bare),
        "pages": [asdict(row) | {"growth": growth(row, found), "goals": verdicts(row)} for row in found],
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
