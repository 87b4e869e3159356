"""Asking for a decision, reviewing and deciding: by keyboard alone, on a phone, and without JavaScript."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from gates.choices import FeedbackLevel, GateStatus, MeetingState, Outcome
from gates.journey.actions import request_review
from gates.meetings.actions.calling import call_meeting, start_meeting
from gates.models import Decision, Feedback, Gate, GateReview, SignOff
from pilots.models import Pilot
from tests.browser.conftest import PHONE
from tests.browser.keys import Hands, tab_to
from tests.browser.looks import AXE, violations
from tests.builders import sign_all
from tests.flows.scene import Scene, ready_pilot

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ON_A_PHONE = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
NEXT_YEAR = timezone.localdate().year + 1
A_DAY = f"1212{NEXT_YEAR}"  # 12 December, whichever of day and month the browser asks for first


def current(pilot: Pilot) -> Gate:
    return pilot.gates.current().get()


def look(page: Page, heading: str | re.Pattern) -> None:
    """The page of this heading has come; it breaks no rule, fits, and the browser has no complaint."""
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    # axe measures with inline styles, which the security policy refuses.
    complaints = [text for text in page.complaints if not text.startswith("Applying inline style")]
    page.evaluate(f"{AXE};0")
    found = violations(page)
    wide, width = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert not complaints + found, (page.url, complaints, found)
    assert wide <= width == page.viewport_size["width"], f"{page.url} scrolls sideways: {wide} px wide"


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


def press(locator, options: dict) -> None:
    """A finger where there is one, else a mouse."""
    locator.tap() if options.get("has_touch") else locator.click()


def seen(page: Page, heading: re.Pattern, options: dict) -> None:
    """`look`, or what is left of it where no script runs."""
    if options.get("java_script_enabled", True):
        look(page, heading)
    else:
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)


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
        before = hands.acts
        hands.act("Enter")
        page.wait_for_url(re.compile(rf"^(?!.*{re.escape(page.url)}$)"))
        assert hands.acts - before <= 2
    look(page, re.compile("^Your review of"))
    expect(page.get_by_text(f"Feedback on {len(keys)} of {len(keys)} criteria")).to_be_visible()

    before = hands.acts
    hands.use("main a.button", "Sign off")
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
    seen(page, re.compile("."), options)
    press(page.get_by_role("button", name="Fine"), options)
    expect(page.get_by_text(re.compile(r"^2 of \d+ criteria"))).to_be_visible()
    page.get_by_role("textbox", name=re.compile("^Comment")).fill("Say which contracts.")
    press(page.get_by_role("button", name="Major issue"), options)
    expect(page.get_by_text(re.compile(r"^3 of \d+ criteria"))).to_be_visible()
    press(page.get_by_role("link", name="To the end"), options)
    seen(page, re.compile("^Your review of"), options)
    press(page.get_by_role("link", name="Sign off"), options)
    seen(page, re.compile("."), options)
    press(page.get_by_role("button", name=re.compile("^Sign as|^Sign$")), options)

    expect(page.get_by_text(re.compile("^Signed as"))).to_be_visible()
    assert Feedback.objects.filter(gate=gate).count() == 2
    assert SignOff.objects.get(gate=gate).person == scene.people["gatekeeper"]


# --- E: the board decides --------------------------------------------------------------------------
@pytest.fixture
def meeting(scene: Scene) -> GateReview:
    """A meeting being held: one gate that is not ready, two that everybody has signed."""
    owner, keeper = scene.people["owner"], scene.people["gatekeeper"]
    _, licence = ready_pilot(scene.programme, owner, keeper, scene.playbook, "Licence checks")
    request_review(gate=licence, by=owner)
    gates = [scene.gate, licence, current(scene.waiting)]
    for gate in gates[1:]:
        sign_all(gate)
    review = call_meeting(
        programme=scene.programme,
        title="Board of November",
        starts_at=timezone.now() + timedelta(days=1),
        gates=gates,
        by=scene.people["programme_manager"],
    )
    return start_meeting(review=review, by=scene.people["programme_manager"])


PILOTS = ("Invoice reading", "Licence checks", "Contract clause review")


def at_item(page: Page, number: int) -> None:
    page.wait_for_url(re.compile(rf"/run/{number}/$"))
    look(page, PILOTS[number - 1])


def test_the_board_decides_three_items_with_the_keyboard(scene: Scene, meeting, opened):
    page = opened(scene.people["gatekeeper"])
    hands = Hands(page)
    page.goto(reverse("gates:meeting_run", args=[meeting.pk, 1]))
    turn_with_the_arrows(page)
    vote(page, hands, "hold")

    hold(page, hands)
    conditional_go(page, hands)
    go(page, hands)

    close_and_read(page, hands, meeting)
    decided = Decision.objects.filter(agenda_item__review=meeting).order_by("pk")
    assert [one.outcome for one in decided] == [Outcome.HOLD, Outcome.CONDITIONAL_GO, Outcome.GO]


def turn_with_the_arrows(page: Page) -> None:
    at_item(page, 1)
    for key, number in (("ArrowRight", 2), ("ArrowRight", 3), ("ArrowLeft", 2), ("ArrowLeft", 1)):
        page.keyboard.press(key)
        at_item(page, number)


def vote(page: Page, hands: Hands, outcome: str) -> None:
    tab_to(page, "section[aria-labelledby=h-vote] input[type=radio]")
    for _ in list(Outcome).index(Outcome(outcome)) * [None]:
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    hands.use("main button", "Vote")
    expect(page.get_by_text("Your vote: Hold.")).to_be_visible()


def hold(page: Page, hands: Hands) -> None:
    """First without a word, which is refused where the focus then is; nothing chosen is lost."""
    at_item(page, 1)
    hands.act("3")
    expect(page.get_by_role("radio", name=re.compile("^Hold .")).last).to_be_focused()
    hands.act("Control+Enter")
    expect(page.locator(".error-summary")).to_be_focused()
    look(page, PILOTS[0])
    expect(page.locator("[data-decide] [value=hold]")).to_be_checked()
    begun = hands.acts
    hands.act("3")
    hands.pick_first("[name=code_hold]")
    hands.fill("[data-decide] [name=reason]", "Wait for the audit.")
    stays_where_it_is(page)
    hands.fill("[name=review_on]", A_DAY)
    record(page, hands, "Wait for the audit.")
    assert hands.acts - begun <= 3


def stays_where_it_is(page: Page) -> None:
    """Asking the server where the meeting is takes neither the focus nor what is typed."""
    asked_where_it_is(page)
    expect(page.locator("[data-decide] [name=reason]")).to_be_focused()
    expect(page.locator("[data-decide] [name=reason]")).to_have_value("Wait for the audit.")


def asked_where_it_is(page: Page) -> None:
    """By the time of the second answer, the first one is on the page."""
    for _ in range(2):
        with page.expect_response(re.compile("/now/")):
            pass


def conditional_go(page: Page, hands: Hands) -> None:
    at_item(page, 2)
    begun = hands.acts
    hands.act("2")
    hands.pick_first("[name=code_conditional_go]")
    hands.fill("[data-decide] [name=reason]", "Only the licence is missing.")
    hands.fill("[name=scope_cap]", "At most 20 users")
    hands.fill("[name=condition_1]", "Buy the licence")
    hands.fill("[name=due_1]", A_DAY)
    record(page, hands, "Buy the licence")
    assert hands.acts - begun <= 3


def go(page: Page, hands: Hands) -> None:
    at_item(page, 3)
    begun = hands.acts
    hands.act("1")
    hands.pick_first("[name=code_go]")
    hands.fill("[data-decide] [name=reason]", "Everything is there.")
    record(page, hands, "Everything is there.")
    assert hands.acts - begun <= 3


def record(page: Page, hands: Hands, words: str) -> None:
    """Ctrl Enter asks in one sentence, Ctrl Enter again records."""
    hands.act("Control+Enter")
    look(page, "Record this decision?")
    expect(page.locator(".lead")).to_contain_text(words)
    expect(page.get_by_role("button", name="Record and next")).to_be_focused()
    hands.act("Control+Enter")
    expect(page.get_by_role("status").get_by_text("Recorded: ")).to_be_visible()


def close_and_read(page: Page, hands: Hands, meeting: GateReview) -> None:
    hands.use("main button", "Close the meeting")
    page.wait_for_url(re.compile(rf"/meetings/{meeting.pk}/$"))
    look(page, "Minutes: Board of November")
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.HELD
    items = page.locator("ol.minutes > li")
    expect(items.nth(0)).to_contain_text("Hold, decided by Ana Anders")
    expect(items.nth(0)).to_contain_text("Wait for the audit.")
    expect(items.nth(0)).to_contain_text("Ana Anders: Hold")
    expect(items.nth(1)).to_contain_text("Conditional go, decided by Ana Anders")
    expect(items.nth(1)).to_contain_text("Buy the licence")
    expect(items.nth(1)).to_contain_text(f"12 Dec {NEXT_YEAR}")
    expect(items.nth(2)).to_contain_text("Go, decided by Ana Anders")


def test_a_key_that_chooses_counts_as_typing(scene: Scene, meeting, opened):
    """Who has chosen an outcome is not taken along when another presenter turns the page."""
    page, other = opened(scene.people["gatekeeper"]), opened(scene.people["executive"])
    for one in (page, other):
        one.goto(reverse("gates:meeting_run", args=[meeting.pk, 1]))
        expect(one.get_by_role("heading", level=1)).to_have_text(PILOTS[0])
    page.keyboard.press("3")

    other.keyboard.press("ArrowRight")

    expect(other.get_by_role("heading", level=1)).to_have_text(PILOTS[1])
    link = page.get_by_role("link", name="Go there")
    expect(link).to_be_visible()
    expect(page.locator("[data-decide] [value=hold]")).to_be_checked()
    tab_to(page, "[data-follow]")
    asked_where_it_is(page)
    expect(link).to_be_focused()


@pytest.mark.parametrize("options", [ON_A_PHONE, {"java_script_enabled": False}], ids=["phone", "no script"])
def test_the_board_votes_and_decides(options, scene: Scene, meeting, opened):
    page = opened(scene.people["gatekeeper"], **options)
    page.goto(reverse("gates:meeting", args=[meeting.pk]))
    press(page.get_by_role("link", name="Join the meeting"), options)
    seen(page, re.compile(PILOTS[0]), options)
    press(page.locator("section[aria-labelledby=h-vote]").get_by_text("Hold", exact=True), options)
    press(page.get_by_role("button", name="Vote", exact=True), options)
    expect(page.get_by_text("Your vote: Hold.")).to_be_visible()
    press(page.locator(".choice-card", has=page.locator("[value=hold]")), options)
    page.locator("[name=code_hold]").select_option(index=1)
    page.locator("[data-decide] [name=reason]").fill("Wait for the audit.")
    page.locator("[name=review_on]").fill(f"{NEXT_YEAR}-12-12")
    press(page.get_by_role("button", name="Continue"), options)
    seen(page, re.compile("^Record this decision"), options)
    press(page.get_by_role("button", name="Record and next"), options)

    expect(page.get_by_text("Recorded: Hold, Invoice reading.")).to_be_visible()
    for pilot in PILOTS[1:]:
        seen(page, re.compile(pilot), options)
        press(page.get_by_role("button", name="Park this item"), options)
    expect(page.get_by_text("Parked. It can be taken up again below.")).to_be_visible()
    press(page.get_by_role("button", name="Close the meeting"), options)
    seen(page, re.compile("^Minutes: Board of November"), options)
    expect(page.locator("ol.minutes > li").first).to_contain_text("Ana Anders: Hold")
    assert scene.gate.decisions.get().outcome == Outcome.HOLD
