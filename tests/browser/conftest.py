"""A real browser against a real server, on this machine only."""

import os

import pytest
from django.test import Client
from playwright.sync_api import expect

from tests.browser.keeping import Kept
from tests.everything.browser import find_browser
from tests.flows.scene import make_scene, surroundings

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright keeps an event loop in the test's thread

DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
# A busy machine may take its time; what never comes fails all the same.
PATIENCE = 30_000  # ms
expect.set_options(timeout=PATIENCE)
# The browser's own line about the status of a page that the test asked for.
OWN_WORDS = "Failed to load resource: the server responded with a status of 4"


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


@pytest.fixture(scope="session")
def kept(tmp_path_factory) -> Kept:
    """What takes long to make is made once: every test finds it again as it was."""
    return Kept(tmp_path_factory.mktemp("kept"))


@pytest.fixture
def scene(transactional_db, settings, tmp_path, kept):
    for name, value in surroundings(tmp_path).items():
        setattr(settings, name, value)
    return kept.find("scene", make_scene, files=tmp_path)


@pytest.fixture
def opened(browser, base_url):
    """`opened(person)` is a page in which that person has signed in already; None for nobody.

    What the browser complains about (scripts that fail, rules of the security policy that are broken)
    is gathered in `page.complaints`. Other names are options of the browser's context.
    """
    contexts = []

    def open_page(person=None, **options):
        options = {"viewport": DESKTOP, "locale": "en-GB", "reduced_motion": "reduce"} | options
        context = browser.new_context(base_url=base_url, **options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        if person is not None:
            client = Client()
            client.force_login(person)
            cookie = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": cookie, "url": base_url}])
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda said: _note(page, said))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()


def _note(page, said) -> None:
    if said.type == "error" and not said.text.startswith(OWN_WORDS):
        page.complaints.append(said.text)
