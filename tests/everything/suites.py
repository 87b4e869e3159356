"""Running pytest in a process of its own and counting what it says in its report."""

import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.everything.sharing import FOLDER

ROOT = Path(__file__).resolve().parents[2]
PLUGIN = "tests.everything.sharing"


@dataclass(frozen=True)
class Suite:
    """One run of pytest: its name, what its environment changes in ours, the markers it leaves to others."""

    name: str
    environment: dict[str, str | None]  # None takes a variable away
    without: set[str]


@dataclass
class Result:
    """What a run of pytest found."""

    name: str
    passed: int = 0
    failed: int = 0
    skipped: Counter[str] = field(default_factory=Counter)  # reason → how many

    def __str__(self) -> str:
        return f"{self.name}: {self.passed} passed, {self.failed} failed, {self.skipped.total()} skipped"


def run_suites(suites: list[Suite]) -> list[Result]:
    """Run all of them at the same time, each in a process of its own: one database waits while the other works."""
    with TemporaryDirectory() as claims, ThreadPoolExecutor(max_workers=len(suites) or 1) as pool:
        return list(pool.map(partial(run_suite, claims=claims), suites))


def run_suite(suite: Suite, *, claims: str) -> Result:
    """Run pytest and count; a run that breaks off counts as one failure. `claims`: the folder of `sharing`."""
    with TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-rf", f"--junitxml={report}", "-p", PLUGIN]
        if suite.without:
            command += ["-m", " and ".join(f"not {marker}" for marker in sorted(suite.without))]
        code = _told(suite.name, command, _environment(suite) | {FOLDER: claims})
        result = count(suite.name, report) if report.exists() else Result(suite.name)
    if code != 0 and not result.failed:
        result.failed = 1
    return result


def _told(name: str, command: list[str], environment: dict[str, str]) -> int:
    """Run a command and print its lines as they come, each with the name of the run; returns the exit code."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    with subprocess.Popen(command, cwd=ROOT, env=environment, **pipes) as process:
        for line in process.stdout or ():
            print(f"{name} | {line}", end="", flush=True)
    return process.returncode


def _environment(suite: Suite) -> dict[str, str]:
    changed = os.environ | suite.environment
    return {name: value for name, value in changed.items() if value is not None}


def count(name: str, report: Path) -> Result:
    """Read pytest's report: one result per test; a test with an error in set-up or tear-down has failed."""
    result = Result(name)
    for case in ElementTree.parse(report).iter("testcase"):
        skipped = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            result.failed += 1
        elif skipped is not None:
            result.skipped[skipped.get("message", "no reason given")] += 1
        else:
            result.passed += 1
    return result
