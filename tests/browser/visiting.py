"""A person at a page: what must be true of it on arrival, and how it is touched."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tests.browser.looks import AXE, violations

ON_A_PHONE = {"viewport": PHONE, "has_touch": True, "is_mobile": True}


def look(page: Page, heading: str | re.Pattern) -> None:
    """The page of this heading has come; it breaks no rule, fits, and the browser has no complaint."""
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    page.wait_for_load_state()
    # axe measures with inline styles, which the security policy refuses.
    complaints = [text for text in page.complaints if not text.startswith("Applying inline style")]
    page.evaluate(f"{AXE};0")
    found = violations(page)
    wide, width = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert not complaints + found, (page.url, complaints, found)
    assert wide <= width == page.viewport_size["width"], f"{page.url} scrolls sideways: {wide} px wide"


def press(locator, options: dict) -> None:
    """A finger where there is one, else a mouse."""
    locator.tap() if options.get("has_touch") else locator.click()


def seen(page: Page, heading: re.Pattern, options: dict) -> None:
    """`look`, or what is left of it where no script runs."""
    if options.get("java_script_enabled", True):
        look(page, heading)
    else:
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
