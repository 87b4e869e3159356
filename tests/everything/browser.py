"""The browser that the tests drive: the machine's own, else Playwright's download, else Debian's package."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 600  # seconds for one way of installing


def find_browser() -> str | None:
    """The path of a Chromium, installed first if need be; None when no way leads to one."""
    return _given() or _on_path() or _of_playwright() or _download() or _from_debian()


def _given() -> str | None:
    path = os.environ.get("PILOTAGE_CHROMIUM")
    return path if path and Path(path).exists() else None


def _on_path() -> str | None:
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


def _of_playwright() -> str | None:
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def _download() -> str | None:
    print("No Chromium on this machine; trying Playwright's own.", flush=True)
    _attempt([sys.executable, "-m", "playwright", "install", "chromium"])
    return _of_playwright()


def _from_debian() -> str | None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    print("Trying Debian's package.", flush=True)
    _attempt(["apt-get", "update", "-qq"])
    _attempt(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"])
    return _on_path()


def _attempt(command: list[str]) -> None:
    """Run a command whose failure shows in what is found afterwards."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        subprocess.run(command, capture_output=True, timeout=PATIENCE, env=environment, check=False)
    except subprocess.TimeoutExpired:
        print(f"Gave up after {PATIENCE} s: {' '.join(command)}", flush=True)
