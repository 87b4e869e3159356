"""The style guide in a real browser: accessible, safe, narrow, by keyboard, without a network."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AXE = (Path(__file__).parent / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture
def guide(page, base_url, client, ida):
    """The style guide, opened by an administrator."""
    client.force_login(ida)
    cookie = client.cookies["sessionid"]
    page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": base_url}])
    page.complaints = []
    page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    assert page.goto("/styleguide/").ok
    return page


def violations(page) -> list[str]:
    page.evaluate(f"{AXE};0")
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)["violations"]
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in found for node in rule["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_shuts_anybody_out(guide, scheme, width):
    guide.set_viewport_size({"width": width, "height": 900})
    guide.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    guide.reload()  # a page is born in its theme; a change of theme while it is measured is no state of it
    assert violations(guide) == []


def test_the_page_breaks_no_rule_of_its_own_security_policy(guide):
    assert guide.complaints == []


@pytest.mark.parametrize("width", [320, 390, 720, 1024, 1440])
def test_nothing_scrolls_sideways(guide, width):
    guide.set_viewport_size({"width": width, "height": 900})
    assert guide.evaluate("document.documentElement.scrollWidth") <= width


def test_marks_are_really_drawn_from_the_sprite(guide):
    box = guide.locator(".glyph.warn").first.bounding_box()
    drawn = guide.evaluate(
        "fetch(document.querySelector('.glyph.warn use').href.baseVal).then(r => r.text())"
    )
    assert box["width"] > 8 and 'id="g-warn"' in drawn


def test_a_failed_form_puts_the_focus_on_what_is_wrong_and_keeps_what_was_typed(guide):
    guide.fill("#id_name", "Contract review")
    guide.click("#sample-form button.primary")
    expect(guide.locator(".error-summary")).to_be_focused()
    expect(guide.locator("#id_name")).to_have_value("Contract review")


def test_a_lost_connection_says_not_saved_and_tries_again(guide):
    guide.fill("#id_name", "Contract review")
    guide.context.set_offline(True)
    guide.click("#sample-form button.primary")
    bar = guide.locator(".not-saved")
    expect(bar).to_contain_text("Not saved")
    expect(guide.locator("#id_name")).to_have_value("Contract review")
    guide.context.set_offline(False)
    bar.get_by_role("button").click()
    expect(guide.locator(".error-summary")).to_be_visible()
    expect(bar).to_have_count(0)


def test_the_theme_is_chosen_and_kept(guide):
    guide.click("#theme")
    guide.reload()
    assert guide.evaluate("document.documentElement.dataset.theme") == "dark"
    assert guide.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 16, 20)"


def test_keys_move_between_rows_search_and_help_but_never_while_typing(guide):
    guide.keyboard.press("j")
    expect(guide.locator(":focus")).to_have_text("Contract clause review")
    guide.keyboard.press("Control+k")
    expect(guide.locator("#search")).to_be_focused()
    guide.keyboard.press("?")
    expect(guide.locator("#search")).to_have_value("?")
    guide.evaluate("document.activeElement.blur()")
    guide.keyboard.press("?")
    expect(guide.locator("#shortcuts")).to_be_visible()


def test_the_menu_of_a_phone_works_without_script(browser, guide):
    context = browser.new_context(
        java_script_enabled=False,
        viewport={"width": 390, "height": 844},
        storage_state=guide.context.storage_state(),
    )
    page = context.new_page()
    page.goto(guide.url)
    expect(page.locator("#nav")).to_be_hidden()
    page.click("[data-open-nav]")
    expect(page.locator("#nav")).to_be_visible()
    page.click(".close-nav")
    expect(page.locator("#nav")).to_be_hidden()
    context.close()
