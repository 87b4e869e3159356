"""Each role comes in through the sign-in page and does the one job it came for."""

import re

import pytest
from django.core import mail
from django.urls import reverse
from playwright.sync_api import Page, expect

from gates.models import Decision, Evidence
from pilots.models import Membership, Pilot, User
from tests.browser.keys import tab_to
from tests.builders import days_ago, sign_all
from tests.flows.doors import DOORS
from tests.flows.scene import PASSWORD, Scene

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

IN_THE_LIST = [
    "Call summaries",
    "Contract clause review",
    "Invoice reading",
    "Lease abstracts",
    "Meeting notes",
]


def sign_in(page: Page, person: User, password: str = PASSWORD) -> Page:
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".user-box")).to_contain_text(person.name)
    return page


def gate_url(pilot: Pilot) -> str:
    gate = pilot.gates.current().get()
    return reverse("gates:gate", args=[pilot.key, gate.definition.key])


def lists(page: Page, *titles: str) -> None:
    """The list has come with these pilots, in this order."""
    expect(page.locator("[data-rows] a.name")).to_have_text(titles)


# --- Programme manager -------------------------------------------------------------------------
def test_the_manager_finds_what_is_stuck_and_moves_a_date(scene: Scene, opened):
    page = sign_in(opened(), scene.people["programme_manager"])
    expect(page).to_have_url(re.compile(r"/pilots/$"))
    expect(page.locator(".count")).to_have_text("5 pilots")

    page.get_by_label("Gate overdue").check()
    expect(page.locator(".count")).to_have_text("1 pilot")
    page.get_by_label("Blocked", exact=True).check()
    expect(page).to_have_url(re.compile("overdue=true.*blocked=true|blocked=true.*overdue=true"))
    lists(page, "Invoice reading")

    page.get_by_role("link", name="Invoice reading").click()
    blockers = page.locator("#blockers")
    expect(blockers).to_contain_text("things block this gate")
    expect(blockers).to_contain_text("With Olga Owner since")
    page.get_by_role("link", name="Change dates").click()
    page.get_by_label("Planned").fill(days_ago(-21).isoformat())
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".error-summary")).to_contain_text("Why the plan moves")
    page.get_by_label("Why the plan moves").fill("The audit takes longer.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The dates are set.")).to_be_visible()
    scene.gate.refresh_from_db()
    assert scene.gate.planned_on == days_ago(-21)


def test_the_portfolio_is_narrowed_by_text_sorted_and_comes_back_with_the_back_button(scene, opened):
    page = opened(scene.people["programme_manager"])
    page.goto("/pilots/")
    for sort, downwards in (("title", False), ("-title", True)):
        page.get_by_role("link", name="Pilot", exact=True).click()
        expect(page).to_have_url(re.compile(f"sort={sort}$"))
        lists(page, *sorted(IN_THE_LIST, reverse=downwards))
    page.get_by_label("Filter by text").fill("call")
    page.keyboard.press("Enter")
    expect(page.locator(".count")).to_have_text("1 pilot")
    asked = page.url
    page.get_by_role("link", name="Call summaries").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Call summaries")

    page.go_back()

    expect(page).to_have_url(asked)
    expect(page.get_by_label("Filter by text")).to_have_value("call")
    lists(page, "Call summaries")
    page.go_back()
    expect(page.locator(".count")).to_have_text("5 pilots")


# --- Owner -------------------------------------------------------------------------------------
def test_the_owner_clears_a_blocker_in_place_and_asks_for_a_review(scene: Scene, opened, tmp_path):
    page = sign_in(opened(), scene.people["owner"])
    page.get_by_role("link", name="Invoice reading").click()
    page.get_by_role("link", name="Gate", exact=True).click()
    page.wait_for_url(re.compile("/gates/G1/$"))
    before = page.locator("#blockers li").count()
    page.evaluate("window.stays = true")  # gone as soon as the page is loaded anew

    page.locator("#c-T1 .criterion-title").click()
    row = page.locator("#c-T1")
    row.get_by_text("Add evidence").first.click()
    row.get_by_label("Link").fill("https://example.com/load-test")
    row.get_by_role("button", name="Add evidence").click()
    expect(
        row.get_by_role("link", name="https://example.com/load-test (opens in a new window)")
    ).to_be_visible()
    row.get_by_text("Add evidence").first.click()
    file = tmp_path / "load.pdf"
    file.write_bytes(b"%PDF-1.7 load")
    row.locator("input[type=file]").set_input_files(file)
    row.get_by_role("button", name="Add evidence").click()
    expect(row.get_by_role("link", name="load.pdf", exact=True)).to_be_visible()
    row.get_by_label("State").select_option(label="Met")
    row.get_by_label("Note").first.fill("Tried at 600 invoices an hour.")
    row.get_by_role("button", name="Save").click()
    expect(row.locator(".pill")).to_have_text("Met")

    expect(page.locator("#blockers li")).to_have_count(before - 1)
    gate = scene.gate
    gate.refresh_from_db()
    expect(page.locator("#readiness")).to_contain_text(f"{gate.score}%")
    expect(page.locator("#announcer")).to_contain_text(f"{gate.score}% ready")
    assert page.evaluate("window.stays")
    assert Evidence.objects.filter(assessments__criterion__key="T1", pilot=scene.pilot).count() == 2

    page.get_by_role("link", name="Request review").first.click()
    expect(
        page.get_by_text("The gatekeepers will see them").or_(page.get_by_text("You may ask"))
    ).to_be_visible()
    page.get_by_role("button", name="Request with conditions").click()
    expect(page.get_by_text("The gatekeepers have been asked for a decision.")).to_be_visible()
    assert any("Ana" in str(m.body) or "ana@example.com" in m.to for m in mail.outbox)
    assert page.complaints == []


def test_the_owner_records_a_measurement(scene: Scene, opened):
    page = opened(scene.people["owner"])
    page.goto(reverse("metrics:kpi", args=[scene.pilot.key, scene.kpi.pk]))

    page.get_by_role("button", name="Save measurement").click()
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page).to_have_title(re.compile("^Error: "))
    page.get_by_label("Value").fill("21.5")
    page.get_by_label("Sample size").fill("400")
    page.get_by_role("button", name="Save measurement").click()

    expect(page.get_by_text("Recorded for Invoices per hour.")).to_be_visible()
    expect(page.locator("main dd").first).to_contain_text("Not proven yet")  # one good reading shows nothing
    expect(page.locator("table tbody tr").first).to_contain_text("21.5")


def test_the_owner_works_without_javascript(scene: Scene, opened):
    page = sign_in(opened(java_script_enabled=False), scene.people["owner"])
    page.goto(gate_url(scene.pilot))
    before = page.locator("#blockers li").count()

    page.locator("#c-T1 .criterion-title").click()
    page.get_by_label("State").select_option(label="Met")
    page.get_by_label("Note").first.fill("Tried at 600 invoices an hour.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.locator("#blockers li")).to_have_count(before - 1)
    page.locator("#c-T1 .criterion-title").click()
    page.get_by_text("Add evidence").first.click()
    page.get_by_label("Link").fill("not a link")
    page.get_by_role("button", name="Add evidence").click()
    expect(page.locator(".error-summary")).to_contain_text("https://")
    expect(page.get_by_label("Link")).to_have_value("not a link")
    page.get_by_label("Link").fill("https://example.com/load-test")
    page.get_by_role("button", name="Add evidence").click()
    expect(page.get_by_text("Evidence added.")).to_be_visible()
    page.get_by_role("link", name="Request review").first.click()
    page.get_by_role("button", name="Request with conditions").click()
    expect(page.get_by_text("The gatekeepers have been asked for a decision.")).to_be_visible()


def test_the_owner_works_with_the_keyboard_alone(scene: Scene, opened):
    page = opened(scene.people["owner"])
    page.goto("/pilots/?owner=me&sort=title")

    tab_to(page, "a.name", "Invoice reading")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(rf"/pilots/{scene.pilot.key}/$"))
    tab_to(page, ".tabs a", "Gate")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/gates/G1/"))
    tab_to(page, "#c-T1 .criterion-title")
    page.keyboard.press("Enter")
    page.wait_for_selector("#c-T1 .criterion-detail")
    tab_to(page, "#c-T1 select[name=state]")
    page.keyboard.press("M")  # Met
    tab_to(page, "#c-T1 textarea[name=note]")
    page.keyboard.press("Control+A")
    page.keyboard.type("Tried at 600 invoices an hour.")
    tab_to(page, "#c-T1 button", "Save")
    page.keyboard.press("Enter")

    expect(page.locator("#c-T1 .pill")).to_have_text("Met")
    expect(page.locator("#c-T1 .criterion-title")).to_be_focused()


# --- Gatekeeper --------------------------------------------------------------------------------
def test_the_gatekeeper_opens_what_waits_and_says_go(scene: Scene, opened):
    sign_all(scene.waiting.gates.current().get())
    page = sign_in(opened(), scene.people["gatekeeper"])
    expect(page).to_have_url(re.compile("submitted=true"))
    lists(page, "Contract clause review")

    page.get_by_role("link", name="Contract clause review").click()
    page.get_by_role("link", name="Decide").click()
    page.get_by_role("radio", name=re.compile("^Go")).check()
    page.locator("[name=code_go]").select_option("ready")
    page.get_by_label("Reason", exact=True).fill("Everything is there.")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Is this what you decide?")
    expect(page.locator(".confirm-sentence")).to_contain_text("“Everything is there.”")
    page.get_by_role("button", name="Record decision").click()

    expect(page.get_by_text("Recorded: Go at G1 Ready to pilot.")).to_be_visible()
    scene.waiting.refresh_from_db()
    assert scene.waiting.phase == "pilot"
    page.get_by_role("link", name="Overview").click()
    expect(page.locator(".stepper .current")).to_contain_text("Pilot")


def test_a_go_is_refused_while_something_blocks_and_nothing_typed_is_lost(scene: Scene, opened):
    page = opened(scene.people["gatekeeper"])
    page.goto(reverse("gates:decide", args=[scene.pilot.key, "G1"]))
    go = page.get_by_role("radio", name=re.compile("^Go"))
    expect(go).to_be_disabled()
    expect(page.locator(".choice-card.unavailable").first).to_contain_text("must-meet")

    page.get_by_label("Reason", exact=True).fill("They work well together.")
    go.evaluate("radio => { radio.disabled = false; radio.checked = true; }")
    page.get_by_role("button", name="Continue").click()

    expect(page.locator(".error-summary")).to_contain_text("must-meet")
    expect(page.get_by_label("Reason", exact=True)).to_have_value("They work well together.")
    assert not Decision.objects.filter(gate=scene.gate).exists()


def test_only_what_the_outcome_needs_is_asked(scene: Scene, opened):
    page = opened(scene.people["gatekeeper"])
    page.goto(reverse("gates:decide", args=[scene.pilot.key, "G1"]))
    expect(page.locator("[name=lesson]")).to_be_hidden()

    page.get_by_role("radio", name=re.compile("^Stop")).check()

    expect(page.locator("[name=lesson]")).to_be_visible()
    expect(page.locator("[name=review_on]")).to_be_hidden()


# --- Executive ---------------------------------------------------------------------------------
def test_every_number_of_the_summary_leads_to_as_many(scene: Scene, opened):
    page = sign_in(opened(), scene.people["executive"])
    expect(page).to_have_url(re.compile("/summary/$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("started pilots")
    page.wait_for_load_state()
    numbers = page.evaluate(NUMBERS)
    assert len(numbers) >= 12

    for text, address in numbers:
        if "%" in text or address.startswith(reverse("metrics:value_portfolio")):
            continue  # a share; an amount of money
        count = int(re.search(r"[\d,]+", text).group().replace(",", ""))
        page.goto(address if address.startswith("/") else f"/summary/{address}")
        assert counted(page) == count, f"{text!r} leads to {address}"


# The text and address of every link to a list; the number of a bar stands beside its link.
NUMBERS = r"""() => [...document.querySelectorAll('main a[href*="?"]')]
  .map((link) => [(link.closest('.bars li')?.querySelector('.num') ?? link).innerText, link.getAttribute('href')])
  .filter(([text]) => /\d/.test(text))"""


def counted(page: Page) -> int:
    """How many things the list on this page says it holds."""
    words = page.locator(".count").first.inner_text()
    return int(re.search(r"[\d,]+", words).group().replace(",", ""))


# --- Auditor -----------------------------------------------------------------------------------
def test_the_auditor_sees_what_was_seen_and_changes_nothing(scene: Scene, opened, client):
    page = sign_in(opened(), scene.people["auditor"])
    expect(page).to_have_url(re.compile("/audit/"))
    page.goto("/audit/?type=gates.gate_decided")
    expect(page.locator(".audit-log")).to_contain_text("Gate decided")

    page.goto(reverse("gates:decisions", args=[scene.conditional.key]))
    page.get_by_role("link", name="Conditional go at").first.click()
    expect(page.get_by_role("cell", name=re.compile("V1 "))).to_be_visible()
    for address in (gate_url(scene.pilot), f"/pilots/{scene.pilot.key}/", "/pilots/"):
        page.goto(address)
        assert page.locator("main form[method=post]").count() == 0, address
        for words in ("Edit", "Decide", "Request review", "Change dates", "New pilot"):
            assert page.get_by_role("link", name=words, exact=True).count() == 0, (address, words)
    client.force_login(scene.people["auditor"])
    for door in DOORS:
        if door.method == "post" and "auditor" not in door.allowed and door.refused == 403:
            assert door.by(client, scene).status_code == 403, door


# --- Administrator -----------------------------------------------------------------------------
def test_a_new_person_chooses_a_password_through_the_mail_and_signs_in(scene: Scene, opened):
    page = sign_in(opened(), scene.people["administrator"])
    page.get_by_role("link", name="People", exact=True).click()
    page.get_by_role("link", name="New person").click()
    page.get_by_label("Name").fill("Nora New")
    page.get_by_label("E-mail address").fill("nora@example.com")
    page.get_by_label("Role").select_option(label="Pilot owner")
    page.get_by_label("Where").select_option(label="Customer service")
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_text("A link to choose a password goes to nora@example.com.")).to_be_visible()

    newcomer = opened()
    choose_password(newcomer, "nora@example.com", "my own long passphrase")
    sign_in(newcomer, User.objects.get(email="nora@example.com"), "my own long passphrase")

    page.goto(reverse("pilots:programme", args=[scene.programme.slug]))
    page.get_by_role("button", name="Remove Nora New as pilot owner").click()
    expect(page.get_by_text("Nora New is no longer pilot owner here.")).to_be_visible()
    page.get_by_label("E-mail address").fill("nora@example.com")
    page.get_by_label("Role").select_option(label="Auditor")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("Nora New is now auditor here.")).to_be_visible()
    assert Membership.objects.get(user__email="nora@example.com").role == "auditor"


def choose_password(page: Page, address: str, password: str) -> None:
    """Follow the link of the newest mail to this address and choose a password."""
    sent = [message for message in mail.outbox if address in message.to][-1]
    page.goto(re.search(r"https?://[^/]+(/\S+)", sent.body).group(1))
    page.get_by_label("New Password", exact=True).fill(password)
    page.get_by_label("New Password (again)").fill(password)
    page.get_by_role("button", name="Save the new password").click()
    expect(page.get_by_role("heading", name="Your password is changed")).to_be_visible()


def test_a_forgotten_password_is_replaced_by_mail(scene: Scene, opened):
    page = opened()
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill("olga@example.com")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".error-summary")).to_be_visible()
    page.get_by_role("link", name="Forgot your password?").click()
    page.locator("input[name=email]").fill("olga@example.com")
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_role("heading", name="Check your mail")).to_be_visible()

    choose_password(page, "olga@example.com", "a fresh long passphrase")

    sign_in(page, scene.people["owner"], "a fresh long passphrase")


# --- Anybody -----------------------------------------------------------------------------------
def test_two_clicks_make_one(scene: Scene, opened):
    page = opened(scene.people["owner"])
    page.goto(reverse("pilots:create"))
    page.get_by_label("Title").fill("Clicked twice")
    page.get_by_role("button", name="Create pilot").dblclick()
    expect(page.get_by_text("is created.")).to_be_visible()
    assert Pilot.objects.filter(title="Clicked twice").count() == 1

    page.goto(gate_url(scene.pilot))
    page.locator("#c-T1 .criterion-title").click()
    page.locator("#c-T1").get_by_text("Add evidence").first.click()
    page.locator("#c-T1").get_by_label("Link").fill("https://example.com/once")
    page.locator("#c-T1").get_by_role("button", name="Add evidence").dblclick()
    expect(page.locator("#c-T1").get_by_role("link", name="https://example.com/once").first).to_be_visible()
    assert Evidence.objects.filter(current__link="https://example.com/once").count() == 1


def test_on_a_phone_the_first_blocker_is_on_the_first_screen(scene: Scene, opened):
    page = opened(scene.people["owner"], viewport={"width": 390, "height": 844})
    page.goto(gate_url(scene.pilot))

    box = page.locator("#blockers li").first.bounding_box()
    bar = page.locator("#mobile-bar").bounding_box()

    assert box["y"] + box["height"] <= bar["y"]
