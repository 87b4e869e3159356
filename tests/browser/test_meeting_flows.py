"""A board decides in its meeting: by keyboard alone, on a phone, and without JavaScript."""

import re
from datetime import timedelta
from functools import partial

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from gates.choices import MeetingState, Outcome
from gates.journey.actions import request_review
from gates.meetings.actions.calling import call_meeting, start_meeting
from gates.models import Decision, GateReview, Vote
from tests.browser.keys import Hands, tab_to
from tests.browser.visiting import ON_A_PHONE, look, press, seen
from tests.builders import sign_all
from tests.flows.scene import Scene
from tests.flows.scene_pilots import ready_pilot
from tests.gates.decisions.deciding import current

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NEXT_YEAR = timezone.localdate().year + 1
A_DAY = f"1212{NEXT_YEAR}"  # 12 December, whichever of day and month the browser asks for first


@pytest.fixture
def meeting(scene: Scene, kept, tmp_path) -> GateReview:
    held = kept.find("meeting", partial(hold_meeting, scene), files=tmp_path)
    GateReview.objects.filter(pk=held.pk).update(current_since=timezone.now())  # not since it was made
    return held


def hold_meeting(scene: Scene) -> GateReview:
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
    return start_meeting(review=review, by=keeper)


PILOTS = ("Invoice reading · G1", "Licence checks · G1", "Contract clause review · G1")


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
    expect(page.locator("#vote").get_by_text("Your vote: Hold.")).to_be_visible()


def hold(page: Page, hands: Hands) -> None:
    """First without a word, which is refused where the focus then is; nothing chosen is lost."""
    at_item(page, 1)
    hands.act("4")
    expect(page.get_by_role("radio", name=re.compile("^Hold .")).last).to_be_focused()
    hands.act("Control+Enter")
    expect(page.locator(".error-summary")).to_be_focused()
    look(page, PILOTS[0])
    expect(page.locator("[data-decide] [value=hold]")).to_be_checked()
    begun = hands.acts
    hands.act("4")
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


@pytest.fixture
def both(scene: Scene, meeting, opened) -> tuple[Page, Page]:
    """Who presents, and somebody else who is invited, both at the first item."""
    pages = opened(scene.people["gatekeeper"]), opened(scene.people["executive"])
    for page in pages:
        page.goto(reverse("gates:meeting_follow", args=[meeting.pk]))
        at_item(page, 1)
    return pages


def test_who_follows_goes_along_and_can_look_ahead(both, meeting):
    presenter, follower = both
    presenter.keyboard.press("ArrowRight")
    at_item(follower, 2)

    follower.keyboard.press("ArrowRight")
    at_item(follower, 3)
    expect(follower.get_by_text("The meeting is at item 2.")).to_be_visible()
    asked_where_it_is(follower)
    at_item(follower, 3)
    expect(presenter.get_by_role("heading", level=1)).to_have_text(PILOTS[1])

    Hands(follower).use("[data-follow]")
    at_item(follower, 2)
    presenter.keyboard.press("ArrowLeft")
    at_item(follower, 1)


def test_an_item_opened_by_its_address_stays_open(both, meeting):
    for page in both:
        page.goto(reverse("gates:meeting_run", args=[meeting.pk, 2]))
        asked_where_it_is(page)
        at_item(page, 2)
        expect(page.get_by_text("The meeting is at item 1.")).to_be_visible()

    presenter, follower = both
    Hands(presenter).use("#show-here")
    expect(follower.get_by_text("The meeting is at item 1.")).to_be_hidden()
    presenter.keyboard.press("ArrowRight")
    at_item(follower, 3)


def test_another_takes_over_presenting(both, meeting):
    before, after = both
    Hands(after).use("#take-over")
    expect(after.get_by_text("You present: everybody follows you now.")).to_be_visible()
    after.wait_for_load_state()  # keys are heard from then on

    after.keyboard.press("ArrowRight")

    at_item(after, 2)
    at_item(before, 2)
    expect(before.get_by_role("button", name="Take over presenting")).to_be_visible()


def test_a_key_that_chooses_counts_as_typing(both):
    """Who has chosen an outcome is not taken along when the presenter turns the page."""
    presenter, page = both
    page.keyboard.press("4")

    presenter.keyboard.press("ArrowRight")

    at_item(presenter, 2)
    link = page.get_by_role("link", name="Go there")
    expect(link).to_be_visible()
    expect(page.locator("[data-decide] [value=hold]")).to_be_checked()
    tab_to(page, "[data-follow]")
    asked_where_it_is(page)
    expect(link).to_be_focused()


def test_a_vote_given_without_a_connection_is_kept_and_sent_later(both, meeting):
    presenter, page = both
    page.context.set_offline(True)
    expect(page.get_by_text("Reconnecting, your vote is kept.")).to_be_visible()
    page.locator("#vote").get_by_text("Recycle", exact=True).click()
    page.get_by_role("button", name="Vote", exact=True).click()
    presenter.keyboard.press("ArrowRight")
    at_item(presenter, 2)
    assert not Vote.objects.exists()

    page.context.set_offline(False)

    expect(page.locator("#vote").get_by_text("Your vote: Recycle.")).to_be_visible()
    expect(page.get_by_text("Reconnecting, your vote is kept.")).to_be_hidden()
    assert Vote.objects.get().outcome == Outcome.RECYCLE
    page.complaints.clear()  # that there was no connection
    at_item(page, 2)  # nothing is typed any more, so the voter goes along


def test_the_time_of_the_item_is_counted(both, meeting):
    presenter, _ = both

    expect(presenter.get_by_role("timer")).to_have_text(re.compile(r"^0:\d\d of 15:00$"))
    GateReview.objects.filter(pk=meeting.pk).update(current_since=timezone.now() - timedelta(minutes=16))
    presenter.reload()

    expect(presenter.get_by_role("timer")).to_have_text(re.compile(r"^16:\d\d of 15:00, 1:\d\d over$"))


def test_keys_do_nothing_once_they_are_switched_off(both):
    presenter, _ = both
    presenter.evaluate("localStorage.setItem('single-keys', 'off')")
    for key in ("ArrowRight", "4"):
        presenter.keyboard.press(key)
    asked_where_it_is(presenter)

    at_item(presenter, 1)
    expect(presenter.locator("[data-decide] [value=hold]")).not_to_be_checked()


@pytest.mark.parametrize("options", [ON_A_PHONE, {"java_script_enabled": False}], ids=["phone", "no script"])
def test_the_board_votes_and_decides(options, scene: Scene, meeting, opened):
    page = opened(scene.people["gatekeeper"], **options)
    page.goto(reverse("gates:meeting", args=[meeting.pk]))
    press(page.get_by_role("link", name="Join the meeting"), options)
    seen(page, re.compile(PILOTS[0]), options)
    press(page.locator("section[aria-labelledby=h-vote]").get_by_text("Hold", exact=True), options)
    press(page.get_by_role("button", name="Vote", exact=True), options)
    expect(page.get_by_text("Your vote: Hold.").first).to_be_visible()
    press(page.locator(".choice-card", has=page.locator("[value=hold]")), options)
    page.locator("[name=code_hold]").select_option(index=1)
    page.locator("[data-decide] [name=reason]").fill("Wait for the audit.")
    page.locator("[name=review_on]").fill(f"{NEXT_YEAR}-12-12")
    press(page.get_by_role("button", name="Record and next"), options)
    seen(page, re.compile("^Record this decision"), options)
    press(page.get_by_role("button", name="Record and next"), options)

    expect(page.get_by_text("Recorded: Hold, Invoice reading.")).to_be_visible()
    for pilot in PILOTS[1:]:
        seen(page, re.compile(pilot), options)
        press(page.get_by_role("button", name="Park item"), options)
    expect(page.get_by_text("Parked. It can still be decided here.")).to_be_visible()
    press(page.get_by_role("button", name="Close the meeting"), options)
    seen(page, re.compile("^Minutes: Board of November"), options)
    expect(page.locator("ol.minutes > li").first).to_contain_text("Ana Anders: Hold")
    assert scene.gate.decisions.get().outcome == Outcome.HOLD
