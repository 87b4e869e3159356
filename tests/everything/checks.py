"""The checks that need no test: style, types, imports, migrations, settings."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = Path(sys.executable).parent

CHECKS: dict[str, list[str]] = {
    "ruff format": [str(SCRIPTS / "ruff"), "format", "--check", "--quiet", "."],
    "ruff check": [str(SCRIPTS / "ruff"), "check", "--quiet", "."],
    "import contracts": [str(SCRIPTS / "lint-imports")],
    "types": [sys.executable, "-m", "mypy"],
    "templates": [str(SCRIPTS / "djlint"), "templates", "--lint", "--quiet"],
    "migrations": [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"],
    "settings for production": [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
}


def run_checks() -> list[str]:
    """Run every check and print what a failing one says; returns the names of those that failed."""
    with tempfile.TemporaryDirectory() as folder:
        return [name for name, command in CHECKS.items() if not _passes(name, command, Path(folder))]


def _passes(name: str, command: list[str], folder: Path) -> bool:
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
    print(f"{name:<24} {word} in {time.monotonic() - began:.1f} s", flush=True)
    if not passed:
        print(done.stdout, flush=True)
    return passed


def _production(folder: Path) -> dict[str, str]:
    """An environment such as an operator sets, on a throwaway data folder."""
    named = {"DATABASE_URL", "REDIS_URL", "BROKER_URL", "DEMO", "DEBUG", "DJANGO_SETTINGS_MODULE"}
    return {name: value for name, value in os.environ.items() if name not in named} | {
        "DATA_DIR": str(folder),
        "SECRET_KEY": "a key of more than fifty characters, only for this check: 0123456789",
        "BASE_URL": "https://pilotage.example.org",
        "ALLOWED_HOSTS": "pilotage.example.org",
    }
