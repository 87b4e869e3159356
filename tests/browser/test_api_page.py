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
    assert signed_in.locator(".opblock-tag-section").count() == len(groups())
    assert signed_in.locator(".opblock").count() == len(operations())
    assert signed_in.get_by_text("Record a reading").count() == 1

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
