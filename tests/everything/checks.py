"""The checks that need no test: style, types, imports, migrations, settings."""

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = Path(sys.executable).parent

# Else each of the many processes that tests start compiles every module anew.
COMPILED_ONCE = {"PYTHONDONTWRITEBYTECODE": None}

CHECKS: dict[str, list[str]] = {
    "types": [sys.executable, "-m", "mypy"],  # takes longest, so it begins first
    "ruff format": [str(SCRIPTS / "ruff"), "format", "--check", "--quiet", "."],
    "ruff check": [str(SCRIPTS / "ruff"), "check", "--quiet", "."],
    "import contracts": [str(SCRIPTS / "lint-imports")],
    "templates": [str(SCRIPTS / "djlint"), "templates", "--lint", "--quiet"],
    "migrations": [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"],
    "settings for production": [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
}


def run_checks() -> list[str]:
    """Run every check and print what a failing one says; returns the names of those that failed."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(max_workers=2) as pool:
        passed = pool.map(partial(_passes, folder=Path(folder)), CHECKS, CHECKS.values())
        return [name for name, good in zip(CHECKS, passed, strict=True) if not good]


def _passes(name: str, command: list[str], *, folder: Path) -> bool:
    began = time.monotonic()
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=_production(folder),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    passed = done.returncode == 0
    word = "passed" if passed else "FAILED"
    told = "" if passed else f"{done.stdout}\n"
    print(f"{name:<24} {word} in {time.monotonic() - began:.1f} s\n{told}", end="", flush=True)
    return passed


def _production(folder: Path) -> dict[str, str]:
    """An environment such as an operator sets, on a throwaway data folder."""
    named = {
        "DATABASE_URL",
        "REDIS_URL",
        "BROKER_URL",
        "DEMO",
        "DEBUG",
        "DJANGO_SETTINGS_MODULE",
        *COMPILED_ONCE,
    }
    return {name: value for name, value in os.environ.items() if name not in named} | {
        "DATA_DIR": str(folder),
        "SECRET_KEY": "a key of more than fifty characters, only for this check: 0123456789",
        "BASE_URL": "https://pilotage.example.org",
        "ALLOWED_HOSTS": "pilotage.example.org",
    }
