"""The chart of a KPI: by keyboard, without scripts, on paper."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.visiting import look
from tests.flows.scene import Scene

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def address(scene: Scene) -> str:
    return reverse("metrics:kpi", args=[scene.pilot.key, scene.kpi.pk])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_keyboard_steps_through_the_readings(scheme, scene: Scene, opened):
    page = opened(scene.people["owner"], color_scheme=scheme)
    page.goto(address(scene))
    chart = page.get_by_role("application", name=re.compile("The arrow keys step through the readings"))

    chart.focus()
    chart.press("ArrowLeft")
    expect(page.locator("#announcer")).to_contain_text("17.5 per hour. 1 Scanner replaced.")
    chart.press("Home")
    expect(page.locator("#announcer")).to_contain_text("11 per hour")
    chart.press("ArrowLeft")
    expect(page.locator("#announcer")).to_contain_text("11 per hour")

    look(page, "Invoices per hour")


def test_without_scripts_the_drawing_of_the_server_stays(scene: Scene, opened):
    page = opened(scene.people["owner"], java_script_enabled=False)
    page.goto(address(scene))

    expect(page.get_by_role("img", name=re.compile("^Invoices per hour"))).to_be_visible()
    page.get_by_role("link", name="Table", exact=True).click()
    expect(page.get_by_role("heading", name="All measurements")).to_be_visible()


def test_it_prints_on_one_sheet_with_the_drawing_of_the_server(scene: Scene, opened):
    page = opened(scene.people["owner"])
    page.goto(address(scene))
    expect(page.locator(".is-live canvas")).to_be_visible()

    page.emulate_media(media="print")

    expect(page.locator(".kpi-chart figure")).to_be_visible()
    expect(page.locator(".kpi-chart canvas")).to_be_hidden()
    sheet = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1
