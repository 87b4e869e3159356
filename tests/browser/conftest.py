"""A real browser against a real server, on this machine only."""

import os

import pytest

from tests.everything.browser import find_browser

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright keeps an event loop in the test's thread


@pytest.fixture(scope="session")
def base_url(live_server):
    """Where `page.goto("/…")` leads."""
    return live_server.url


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    path = find_browser()
    if path is None:
        pytest.skip("No Chromium on this machine, and none could be installed.")
    return {**browser_type_launch_args, "executable_path": path, "args": ["--no-sandbox"]}
