"""Asking for a decision and reviewing: by keyboard alone, on a phone, and without JavaScript."""

import re

import pytest
from django.core import mail
from django.urls import reverse
from playwright.sync_api import Page, expect

from gates.choices import FeedbackLevel, GateStatus
from gates.models import Feedback, SignOff
from tests.browser.keys import Hands
from tests.browser.visiting import ON_A_PHONE, look, press, seen
from tests.flows.scene import Scene
from tests.gates.decisions.deciding import current

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


# --- B: the owner asks for a decision --------------------------------------------------------------
def test_the_owner_asks_for_a_review_with_the_keyboard(scene: Scene, opened):
    page = opened(scene.people["owner"])
    hands = Hands(page)
    page.goto(reverse("gates:gate", args=[scene.pilot.key, "G1"]))
    look(page, re.compile("Ready to pilot|Invoice reading"))

    hands.use("main a", "Request review")
    look(page, re.compile("^Request a review"))
    expect(page.locator("#blockers li").first).to_be_visible()
    expect(page.get_by_text("Told by e-mail: Ana Anders")).to_be_visible()
    hands.use("main button", "Request with conditions")

    expect(page.get_by_role("status").get_by_text("The gatekeepers have been asked")).to_be_visible()
    look(page, re.compile("Ready to pilot|Invoice reading"))
    assert hands.acts <= 3
    assert current(scene.pilot).status == GateStatus.SUBMITTED
    assert any("ana@example.com" in message.to for message in mail.outbox)


@pytest.mark.parametrize("options", [ON_A_PHONE, {"java_script_enabled": False}], ids=["phone", "no script"])
def test_the_owner_asks_for_a_review(options, scene: Scene, opened):
    page = opened(scene.people["owner"], **options)
    page.goto(reverse("gates:gate", args=[scene.pilot.key, "G1"]))
    press(page.get_by_role("link", name="Request review").locator("visible=true").first, options)
    seen(page, re.compile("^Request a review"), options)
    page.get_by_label("What the gatekeepers should know").fill("The load test runs until Friday.")
    press(page.get_by_role("button", name="Request with conditions"), options)

    expect(page.get_by_text("The gatekeepers have been asked for a decision.")).to_be_visible()
    seen(page, re.compile("."), options)
    assert current(scene.pilot).status == GateStatus.SUBMITTED


# --- C: a reviewer reads and signs -----------------------------------------------------------------
def test_a_reviewer_judges_and_signs_with_the_keyboard(scene: Scene, opened):
    gate = current(scene.waiting)
    page = opened(scene.people["gatekeeper"])
    hands = Hands(page)
    page.goto("/reviews/")
    look(page, "Reviews")

    hands.use("main table a.button", "Review Contract clause review")
    keys = [row.criterion.key for row in gate.assessments.select_related("criterion")]
    say_that_an_issue_needs_words(page, hands)
    for done in range(1, len(keys)):
        look(page, re.compile("."))
        expect(page.get_by_text(f"{done + 1} of {len(keys)} criteria")).to_be_visible()
        expect(page.get_by_role("button", name="Fine")).to_be_focused()
        expect(page.get_by_role("heading", name=re.compile(r"^Evidence \(\d"))).to_be_in_viewport()
        before, here = hands.acts, page.url
        hands.act("Enter")
        expect(page).not_to_have_url(here)
        assert hands.acts - before <= 2
    look(page, re.compile("^Your review of"))
    expect(page.get_by_text(f"Feedback on {len(keys)} of {len(keys)} criteria")).to_be_visible()

    before = hands.acts
    hands.use("main a.button", "Sign off")
    page.wait_for_url(re.compile("/sign/$"))
    look(page, re.compile("."))
    hands.use("main form button", "Sign")
    expect(page.get_by_role("status").get_by_text("Signed as")).to_be_visible()
    assert hands.acts - before <= 2
    assert Feedback.objects.filter(gate=gate, level=FeedbackLevel.FINE).count() == len(keys) - 1
    assert SignOff.objects.get(gate=gate).person == scene.people["gatekeeper"]


def say_that_an_issue_needs_words(page: Page, hands: Hands) -> None:
    """First an issue without a word, which is refused where the focus then is; then with one."""
    expect(page.get_by_role("button", name="Fine")).to_be_focused()
    first = page.url
    hands.use("main form button", "Minor issue")
    expect(page.locator(".error-summary")).to_be_focused()
    look(page, re.compile("."))
    expect(page).to_have_title(re.compile("^Error: "))
    before = hands.acts + hands.fields
    hands.fill("main textarea", "Say which contracts.")
    hands.use("main form button", "Minor issue")
    assert hands.acts + hands.fields - before <= 2
    expect(page).not_to_have_url(first)
    expect(page.get_by_text(re.compile(r"^2 of \d+ criteria"))).to_be_visible()
    assert Feedback.objects.get(comment="Say which contracts.").level == FeedbackLevel.MINOR


@pytest.mark.parametrize("options", [ON_A_PHONE, {"java_script_enabled": False}], ids=["phone", "no script"])
def test_a_reviewer_judges_and_signs(options, scene: Scene, opened):
    gate = current(scene.waiting)
    page = opened(scene.people["gatekeeper"], **options)
    page.goto("/reviews/")
    seen(page, re.compile("Reviews"), options)
    press(page.get_by_role("link", name="Review Contract clause review"), options)
    expect(page.get_by_text(re.compile(r"^1 of \d+ criteria"))).to_be_visible()
    seen(page, re.compile("."), options)
    press(page.get_by_role("button", name="Fine"), options)
    expect(page.get_by_text(re.compile(r"^2 of \d+ criteria"))).to_be_visible()
    page.get_by_role("textbox", name=re.compile("^Comment")).fill("Say which contracts.")
    press(page.get_by_role("button", name="Major issue"), options)
    expect(page.get_by_text(re.compile(r"^3 of \d+ criteria"))).to_be_visible()
    press(page.get_by_role("link", name="To the end"), options)
    seen(page, re.compile("^Your review of"), options)
    press(page.get_by_role("link", name="Sign off"), options)
    page.wait_for_url(re.compile("/sign/$"))
    seen(page, re.compile("."), options)
    press(page.get_by_role("button", name=re.compile("^Sign as|^Sign$")), options)

    expect(page.get_by_text(re.compile("^Signed as"))).to_be_visible()
    assert Feedback.objects.filter(gate=gate).count() == 2
    assert SignOff.objects.get(gate=gate).person == scene.people["gatekeeper"]


# Sends the form of a criterion as soon as it is on the page: no hand is quicker.
SENT_AT_ONCE = """() => new MutationObserver(() => {
  const form = document.querySelector('#c-T1 .criterion-detail form');
  if (form && !form.dataset.tried) { form.dataset.tried = 'yes'; form.requestSubmit(); }
}).observe(document.body, {childList: true, subtree: true})"""


def test_a_form_that_has_just_opened_can_be_sent_at_once(scene: Scene, opened):
    page = opened(scene.people["owner"])
    page.goto(reverse("gates:gate", args=[scene.pilot.key, "G1"]))
    page.evaluate(SENT_AT_ONCE)

    page.locator("#c-T1 .criterion-title").click()

    expect(page.locator("#announcer")).to_contain_text("Saved")  # only a save in the page says so there
    expect(page.locator("#c-T1 .criterion-title")).to_be_focused()
