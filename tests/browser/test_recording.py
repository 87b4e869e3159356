"""A reading where a gate waits for it: by keyboard alone, on a phone, and without JavaScript. Flow A."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from gates.choices import AssessmentState
from gates.models import Assessment
from metrics.models import Measurement
from tests.browser.keys import Hands
from tests.browser.visiting import ON_A_PHONE, look, press, seen
from tests.flows.scene import Scene

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WAITS = "a.button[href$='/criteria/V1/record/']"


def at_the_gate(page: Page, scene: Scene) -> str:
    """On the page whose gate waits for the first reading of its KPI; what its readiness is."""
    page.goto(reverse("gates:gate", args=[scene.conditional.key, "G2"]))
    return page.locator("#readiness").inner_text()


def is_measured(scene: Scene) -> bool:
    row = Assessment.objects.get(
        gate__pilot=scene.conditional, criterion__key="V1", gate__definition__key="G2"
    )
    return (
        row.state == AssessmentState.MET and Measurement.objects.filter(kpi__pilot=scene.conditional).exists()
    )


def test_a_blocker_is_cleared_with_the_keyboard(scene: Scene, opened):
    page = opened(scene.people["owner"])
    hands = Hands(page)
    before = at_the_gate(page, scene)

    hands.use("#blockers a.button", "Record a measurement for: ")
    expect(page.locator("#blockers [name=value]")).to_be_focused()
    look(page, re.compile("."))
    page.keyboard.type("12.5")
    hands.fields += 1
    hands.act("Enter")

    expect(page.locator("#h-blockers")).to_be_focused()
    expect(page.locator(WAITS)).to_have_count(0)
    expect(page.locator("#readiness")).not_to_have_text(before)
    expect(page.locator("#announcer")).to_contain_text("Recorded for Hours saved.")
    look(page, re.compile("."))
    assert hands.acts + hands.fields <= 4
    assert is_measured(scene)


def test_a_blocker_is_cleared_on_a_phone_in_four_steps_at_most(scene: Scene, opened):
    page = opened(scene.people["owner"], **ON_A_PHONE)
    before = at_the_gate(page, scene)
    steps = 0

    for step in (
        lambda: page.locator(f"#blockers {WAITS}").tap(),
        lambda: page.locator("#blockers [name=value]").fill("12.5"),
        lambda: page.locator("#blockers").get_by_role("button", name="Save measurement").tap(),
    ):
        step()
        steps += 1

    expect(page.locator("#readiness")).not_to_have_text(before)
    expect(page.locator(WAITS)).to_have_count(0)
    look(page, re.compile("."))
    assert steps <= 4
    assert is_measured(scene)


def test_a_blocker_is_cleared_without_script(scene: Scene, opened):
    options = {"java_script_enabled": False}
    page = opened(scene.people["owner"], **options)
    at_the_gate(page, scene)

    page.locator(f"#blockers {WAITS}").click()
    seen(page, re.compile("Record a measurement"), options)
    page.locator("[name=value]").fill("12.5")
    page.get_by_role("button", name="Save measurement").click()

    expect(page.get_by_text("Recorded for Hours saved.")).to_be_visible()
    expect(page.locator(WAITS)).to_have_count(0)
    assert is_measured(scene)


@pytest.mark.parametrize("options", [{}, ON_A_PHONE], ids=["desktop", "phone"])
def test_a_reading_is_recorded_in_the_row_of_the_list(options, scene: Scene, opened):
    page = opened(scene.people["owner"], **options)
    page.goto(reverse("metrics:all_kpis"))
    row = page.locator(f"#kpi-row-{scene.kpi.pk}")

    press(row.get_by_role("link", name="Record"), options)
    expect(row.locator("[name=value]")).to_be_focused()
    look(page, re.compile("KPIs"))
    row.locator("[name=value]").fill("41.5")
    press(row.get_by_role("button", name="Save measurement"), options)

    expect(row.get_by_text("41.5 per hour")).to_be_visible()
    expect(row.get_by_role("link", name="Record")).to_be_focused()
    look(page, re.compile("KPIs"))


def test_a_reading_is_recorded_in_the_card_of_the_pilot(scene: Scene, opened):
    page = opened(scene.people["owner"])
    page.goto(reverse("metrics:kpis", args=[scene.pilot.key]))
    card = page.locator(f"#kpi-card-{scene.kpi.pk}")

    card.get_by_role("link", name="Record").click()
    look(page, re.compile("KPIs"))
    card.locator("[name=value]").fill("41.5")
    card.get_by_role("button", name="Save measurement").click()

    expect(card.locator(".kpi-standing").get_by_text("41.5 per hour")).to_be_visible()
    look(page, re.compile("KPIs"))
