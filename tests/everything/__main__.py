"""The order of `make test`: look what is here, check, run pytest once per database, say what was left out."""

import os
import subprocess
import sys

from tests.everything.browser import find_browser
from tests.everything.checks import CHECKS, COMPILED_ONCE, run_checks
from tests.everything.services import (
    another_database,
    find_postgres,
    find_prometheus,
    find_redis,
    find_shared_data,
)
from tests.everything.suites import Result, Suite, run_suites

# Tests that another database cannot change run once, on SQLite.
ONCE = {"browser", "process", "prometheus"}


def main(arguments: list[str]) -> int:
    """Run everything, or only the checks, or pytest with the given arguments; returns the exit code."""
    if arguments == ["--checks-only"]:
        return 1 if run_checks() else 0
    if arguments:
        return run_some(arguments)
    left_out: list[str] = []
    suites = plan(left_out)
    failed_checks = run_checks()
    checks = Result("Checks", passed=len(CHECKS) - len(failed_checks), failed=len(failed_checks))
    results = [checks, *run_suites(suites)]
    return conclude(results, failed_checks, left_out)


def run_some(arguments: list[str]) -> int:
    """Run pytest as asked, on SQLite unless DATABASE_URL says otherwise, with the browser if one is here."""
    environment = os.environ | {"PILOTAGE_CHROMIUM": find_browser() or ""}
    return subprocess.run(
        [sys.executable, "-m", "pytest", *arguments], env=environment, check=False
    ).returncode


def plan(left_out: list[str]) -> list[Suite]:
    """The runs of pytest that this machine allows; adds to `left_out` what it does not, with the reason."""
    postgres, redis, browser, data = find_postgres(), find_redis(), find_browser(), find_shared_data()
    missing = set()
    if not redis:
        missing.add("redis")
        left_out.append("Tests on Redis: nothing answers at REDIS_URL, by default 127.0.0.1:6379.")
    if not browser:
        missing.add("browser")
        left_out.append("Tests in a browser: there is no Chromium here and none could be installed.")
    if not find_prometheus():
        missing.add("prometheus")
        left_out.append("Tests on Prometheus: the program prometheus is not installed here.")
    if not data:
        missing.add("shared_data")
        left_out.append("Tests on the public data sets: there is no shared/data beside the repository.")
    shared = {"REDIS_URL": redis, "BROKER_URL": None, "PILOTAGE_CHROMIUM": browser, **COMPILED_ONCE}
    suites = [Suite("Tests on SQLite", shared | {"DATABASE_URL": None}, missing | {"postgres"})]
    if postgres:
        # Both runs go on at once, so each has a Redis database of its own.
        beside = {"DATABASE_URL": postgres, "REDIS_URL": another_database(redis)}
        suites.append(Suite("Tests on PostgreSQL", shared | beside, missing | ONCE))
    else:
        left_out.append(
            "Tests on PostgreSQL: none that lets us create a database answers at DATABASE_URL, "
            "by default 127.0.0.1:5432."
        )
    return suites


def conclude(results: list[Result], failed_checks: list[str], left_out: list[str]) -> int:
    """Print what failed, what was left out and the sums; returns the exit code."""
    for result in results:
        left_out += [
            f"{result.name}: {number} skipped, because: {why}" for why, number in result.skipped.items()
        ]
    print("\n" + "\n".join(str(result) for result in results))
    if failed_checks:
        print("Failed checks: " + ", ".join(failed_checks))
    print("Nothing was left out." if not left_out else "Left out:")
    for line in left_out:
        print(f"  - {line}")
    everything_required = os.environ.get("PILOTAGE_REQUIRE_ALL") == "1"
    if left_out and everything_required:
        print("PILOTAGE_REQUIRE_ALL=1 makes each line above a failure.")
    failed = sum(result.failed for result in results) + (len(left_out) if everything_required else 0)
    passed = sum(result.passed for result in results)
    skipped = sum(result.skipped.total() for result in results)
    print(f"{passed} passed, {failed} failed, {skipped} skipped", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
