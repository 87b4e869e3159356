"""`make screenshots`: pictures of the main pages on the demo portfolio, to look at beside the design."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
os.environ["DEMO"] = "1"
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright keeps an event loop in this thread

import django

django.setup()

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.management import call_command
from django.db.models import Q
from django.test import Client
from django.test.testcases import LiveServerThread
from django.utils import timezone
from playwright.sync_api import Browser, Page, sync_playwright

from gates.amendments.actions import ask_amendment
from gates.checks import CHECKS
from gates.choices import AmendedField, AssessmentState, CriterionKind, GateStatus, Outcome, VersionStatus
from gates.demo import accounts
from gates.meetings.actions.calling import call_meeting, close_meeting, start_meeting
from gates.meetings.actions.sitting import cast_vote, park
from gates.models import Gate, GateReview, PlaybookVersion
from gates.playbooks.actions import publish_draft
from gates.playbooks.drafting import draft_from_version, write_draft
from gates.waivers.actions import ask_waiver
from metrics.models import Kpi
from pilots.choices import Role
from pilots.models import User
from tests.everything.browser import find_browser

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "screenshots"
README_PICTURE = ROOT / "docs" / "images" / "summary.png"
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
LOOKS = {
    "light": {"viewport": DESKTOP, "color_scheme": "light"},
    "dark": {"viewport": DESKTOP, "color_scheme": "dark"},
    "phone": {"viewport": PHONE, "color_scheme": "light"},
}


def main() -> int:
    """Take every picture; returns the exit code."""
    path = find_browser()
    if path is None:
        print("There is no Chromium on this machine, and none could be installed.")
        return 1
    FOLDER.mkdir(exist_ok=True)
    README_PICTURE.parent.mkdir(parents=True, exist_ok=True)
    with demo_server() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        prepare()
        for look, options in LOOKS.items():
            take_pictures(browser, url, look, options)
        print_summary(browser, url)
        browser.close()
    print(f"The pictures are in {FOLDER}/, the one for the README is {README_PICTURE}.")
    return 0


@contextmanager
def demo_server() -> Iterator[str]:
    """A server on the demo portfolio, in a place of its own unless DATA_DIR names one; its address."""
    call_command("migrate", verbosity=0)
    print("Making the demo portfolio.", flush=True)
    call_command("seed_demo", verbosity=0)
    server = LiveServerThread("127.0.0.1", StaticFilesHandler, connections_override={})
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    yield f"http://127.0.0.1:{server.port}"
    server.terminate()


def person(role: str) -> User:
    """The demo's person of this role."""
    email = next(account.email for account in accounts() if account.role == Role(role).label)
    return User.objects.get(email=email)


def prepare() -> None:
    """What the demo does not tell by itself: a waiver and an amendment asked for, three meetings,
    a new version of a playbook and a draft of the next."""
    manager, keeper = person(Role.PROGRAMME_MANAGER), person(Role.GATEKEEPER)
    late = late_gate()
    row = late.assessments.filter(must_rows()).order_by("pk").first()
    ask_waiver(
        assessment=row,
        reason="The figures come with the next budget round.",
        expires_on=timezone.localdate() + timedelta(days=30),
        by=manager,
    )
    ask_amendment(
        gate=late,
        assessment=late.assessments.filter(must_rows()).order_by("pk").last(),
        field=AmendedField.KIND,
        after=CriterionKind.SHOULD_MEET,
        reason="Nothing runs at volume in this phase.",
        by=manager,
    )
    gates = list(Gate.objects.current().filter(pilot__programme=late.pilot.programme)[:4])
    for title in ("Gate board", "Board of today", "Extra board"):
        review = call_meeting(
            programme=late.pilot.programme,
            title=title,
            starts_at=timezone.now() + timedelta(days=7),
            gates=gates,
            by=manager,
        )
        if title != "Gate board":
            start_meeting(review=review, by=manager)
        if title == "Extra board":
            for item in review.items.all():
                cast_vote(item=item, outcome=Outcome.HOLD, comment="Not yet.", by=keeper)
                park(item=item, by=manager)
            close_meeting(review=review, by=manager)
    draft = draft_from_version(version=late.definition.phase.version, by=manager)
    lighter = draft.source.replace("weight: 3", "weight: 2", 1)
    draft = write_draft(
        draft=draft, source=lighter, seen=draft.digest, known_checks=frozenset(CHECKS), by=manager
    )
    newer = publish_draft(draft=draft, seen=draft.digest, known_checks=frozenset(CHECKS), by=manager)
    draft_from_version(version=newer, by=manager)


def must_rows() -> Q:
    return Q(kind=CriterionKind.MUST_MEET, check_name="", state=AssessmentState.UNKNOWN)


def late_gate() -> Gate:
    return Gate.objects.current().filter(planned_on__isnull=False).order_by("planned_on").first()


def places() -> list[tuple[str, str, str]]:
    """Name of the picture, whose eyes, address."""
    late = late_gate()
    asked = Gate.objects.filter(status=GateStatus.SUBMITTED).first() or late
    kpi = Kpi.objects.filter(pilot=late.pilot).order_by("pk").first()
    gate = f"/pilots/{late.pilot.key}/gates/{late.definition.key}/"
    decided = f"/pilots/{asked.pilot.key}/gates/{asked.definition.key}/decision/"
    criterion = asked.assessments.select_related("criterion").order_by("pk").first().criterion.key
    reviewed = f"/pilots/{asked.pilot.key}/gates/{asked.definition.key}/review"
    meeting = {one.title: f"/meetings/{one.pk}/" for one in GateReview.objects.all()}
    draft = PlaybookVersion.objects.filter(status=VersionStatus.DRAFT).select_related("playbook").last()
    version = f"/playbooks/{draft.playbook.key}/v"
    return [
        ("summary", Role.EXECUTIVE, "/summary/"),
        ("portfolio", Role.PROGRAMME_MANAGER, "/pilots/"),
        ("portfolio-filtered", Role.PROGRAMME_MANAGER, "/pilots/?overdue=true&blocked=true"),
        ("overview", Role.PROGRAMME_MANAGER, f"/pilots/{late.pilot.key}/"),
        ("gate", Role.PROGRAMME_MANAGER, gate),
        ("criterion", Role.PROGRAMME_MANAGER, gate),
        ("kpi", Role.PROGRAMME_MANAGER, f"/pilots/{late.pilot.key}/kpis/{kpi.pk}/"),
        ("decision-form", Role.GATEKEEPER, decided),
        ("reviews", Role.GATEKEEPER, "/reviews/"),
        ("review", Role.GATEKEEPER, f"{reviewed}/criteria/{criterion}/"),
        ("review-end", Role.GATEKEEPER, f"{reviewed}/end/"),
        ("meetings", Role.PROGRAMME_MANAGER, "/meetings/"),
        ("meeting-agenda", Role.PROGRAMME_MANAGER, meeting["Gate board"]),
        ("meeting-mode", Role.GATEKEEPER, meeting["Board of today"] + "run/1/"),
        ("meeting-minutes", Role.AUDITOR, meeting["Extra board"]),
        ("waivers", Role.GATEKEEPER, f"{gate}waivers/"),
        ("waivers-all", Role.GATEKEEPER, "/waivers/"),
        ("amendments", Role.GATEKEEPER, f"{gate}amendments/"),
        ("documents", Role.PROGRAMME_MANAGER, f"/pilots/{late.pilot.key}/evidence/"),
        ("playbook-editor", Role.PROGRAMME_MANAGER, f"{version}{draft.number}/edit/"),
        ("upgrade", Role.PROGRAMME_MANAGER, f"{version}{draft.number - 1}/upgrade/"),
        ("decisions", Role.AUDITOR, f"/pilots/{asked.pilot.key}/decisions/"),
        ("audit-log", Role.AUDITOR, "/audit/"),
        ("pilot-form", Role.PROGRAMME_MANAGER, f"/pilots/{late.pilot.key}/edit/"),
        ("people", Role.ADMINISTRATOR, "/settings/people/"),
        ("sign-in", "", "/accounts/login/"),
    ]


def take_pictures(browser: Browser, url: str, look: str, options: dict) -> None:
    for name, role, address in places():
        with page_of(browser, url, role, options) as page:
            page.goto(url + address)
            if name == "criterion":
                page.locator(".criterion-title").first.click()
                page.wait_for_selector(".criterion-detail")
            page.screenshot(path=FOLDER / f"{name}-{look}.png")
            page.screenshot(path=FOLDER / f"{name}-{look}-full.png", full_page=True)
            if (name, look) == ("summary", "light"):
                page.screenshot(path=README_PICTURE)


def print_summary(browser: Browser, url: str) -> None:
    with page_of(browser, url, Role.EXECUTIVE, LOOKS["light"]) as page:
        page.goto(f"{url}/summary/")
        page.pdf(path=FOLDER / "summary.pdf", prefer_css_page_size=True, print_background=True)


@contextmanager
def page_of(browser: Browser, url: str, role: str, options: dict) -> Iterator[Page]:
    """A page in which the demo's person of this role has signed in; nobody without a role."""
    context = browser.new_context(**options, locale="en-GB")
    if role:
        client = Client()
        client.force_login(person(role))
        cookie = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": url}])
    yield context.new_page()
    context.close()


if __name__ == "__main__":
    sys.exit(main())
