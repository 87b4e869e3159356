"""The API's readable page in a browser: it shows every operation and nothing breaks its security policy."""

import pytest
from drf_spectacular.generators import SchemaGenerator

from tests.browser.test_styleguide import violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WATCH = """
    window.refused = [];
    document.addEventListener("securitypolicyviolation", (event) => window.refused.push(event.violatedDirective));
"""


def operations() -> list[dict]:
    """Every operation of the schema."""
    paths = SchemaGenerator().get_schema(public=True)["paths"]
    return [operation for path in paths.values() for operation in path.values()]


def groups() -> set[str]:
    """The headings under which the page gathers them."""
    return {tag for operation in operations() for tag in operation["tags"]}


def scrolled_through(page, selector: str, attribute: str = "", *, until_found: bool = False) -> set[str]:
    """The texts (or this attribute) of what comes by on the way down; a long page draws only what is in view."""
    found, before = set(), -1
    while (here := page.evaluate("scrollY")) != before and not (until_found and found):
        read = "(all, name) => all.map((one) => name ? one.getAttribute(name) : one.innerText.trim())"
        found |= set(page.locator(selector).evaluate_all(read, attribute))
        before = here
        page.mouse.wheel(0, 300)
        page.wait_for_timeout(120)
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
    assert scrolled_through(signed_in, ".opblock-tag", "data-tag") == groups()
    signed_in.evaluate("scrollTo(0, 0)")
    summaries = {operation["summary"] for operation in operations()}
    assert scrolled_through(signed_in, ".opblock-summary-description") == summaries

    signed_in.evaluate("scrollTo(0, 0)")
    scrolled_through(signed_in, "#operations-Programmes-programmes_list", until_found=True)
    signed_in.locator("#operations-Programmes-programmes_list").click()
    signed_in.get_by_role("button", name="Try it out").click()
    signed_in.get_by_role("button", name="Execute").click()
    signed_in.wait_for_selector(".live-responses-table")

    assert "Customer service" in signed_in.locator(".live-responses-table").inner_text()
    assert signed_in.evaluate("window.refused") == []
    assert [text for text in said if "Content Security Policy" in text or "error" in text.lower()] == []


def test_a_stranger_is_asked_to_sign_in(page):
    page.goto("/api/v1/")
    assert "/accounts/login/" in page.url


@pytest.mark.parametrize("width", [1440, 390])
def test_the_page_shuts_nobody_out(signed_in, width):
    signed_in.set_viewport_size({"width": width, "height": 900})
    signed_in.goto("/api/v1/")
    signed_in.wait_for_selector(".opblock-summary")

    assert violations(signed_in) == []
    assert signed_in.evaluate("document.documentElement.scrollWidth") <= width
