"""The API's readable page in a browser: it shows every operation and nothing breaks its security policy."""

import re
import time

import pytest
from drf_spectacular.generators import SchemaGenerator
from playwright.sync_api import expect

from tests.browser.conftest import PATIENCE
from tests.browser.test_styleguide import violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WATCH = """
    window.refused = [];
    document.addEventListener("securitypolicyviolation", (event) => window.refused.push(event.violatedDirective));
"""

# 300 px down, or back to the top from the end.
ONWARD = "() => { const before = scrollY; scrollBy(0, 300); if (scrollY === before) scrollTo(0, 0); }"
LISTING = "operations-Programmes-programmes_list"


def operations() -> list[dict]:
    """Every operation of the schema."""
    paths = SchemaGenerator().get_schema(public=True)["paths"]
    return [operation for path in paths.values() for operation in path.values()]


def groups() -> set[str]:
    """The headings under which the page gathers them."""
    return {tag for operation in operations() for tag in operation["tags"]}


def scrolled_through(page, selector: str, attribute: str, wanted: set[str]) -> set[str]:
    """The texts (or this attribute) of what comes by on the way down, until all that is wanted has come by.

    A long page draws only what is in view, and a busy machine draws late: at the end it begins again from the top.
    """
    found, until = set(), time.monotonic() + PATIENCE / 1000
    read = "(all, name) => all.map((one) => name ? one.getAttribute(name) : one.innerText.trim())"
    while not found >= wanted and time.monotonic() < until:
        found |= set(page.locator(selector).evaluate_all(read, attribute))
        page.evaluate(ONWARD)
        page.wait_for_timeout(50)
    return found


@pytest.fixture
def signed_in(page, base_url, client_of, petra):
    cookie = client_of(petra).cookies["sessionid"]
    page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": base_url}])
    return page


def test_the_page_shows_every_operation_without_breaking_the_policy(signed_in):
    said = []
    signed_in.on("console", lambda message: said.append(message.text))
    signed_in.add_init_script(WATCH)
    signed_in.goto("/api/v1/")
    signed_in.wait_for_selector(".opblock-summary")
    assert scrolled_through(signed_in, ".opblock-tag", "data-tag", groups()) == groups()
    summaries = {operation["summary"] for operation in operations()}
    assert scrolled_through(signed_in, ".opblock-summary-description", "", summaries) == summaries

    scrolled_through(signed_in, f"#{LISTING}", "id", {LISTING})
    signed_in.locator(f"#{LISTING}").click()
    signed_in.get_by_role("button", name="Try it out").click()
    signed_in.get_by_role("button", name="Execute").click()

    expect(signed_in.locator(".live-responses-table")).to_contain_text("Customer service")
    assert signed_in.evaluate("window.refused") == []
    assert [text for text in said if "Content Security Policy" in text or "error" in text.lower()] == []


def test_a_stranger_is_asked_to_sign_in(page):
    page.goto("/api/v1/")
    expect(page).to_have_url(re.compile("/accounts/login/"))


@pytest.mark.parametrize("width", [1440, 390])
def test_the_page_shuts_nobody_out(signed_in, width):
    signed_in.set_viewport_size({"width": width, "height": 900})
    signed_in.goto("/api/v1/")
    signed_in.wait_for_selector(".opblock-summary")

    assert violations(signed_in) == []
    assert signed_in.evaluate("document.documentElement.scrollWidth") <= width
