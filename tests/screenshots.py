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
from django.test import Client
from django.test.testcases import LiveServerThread
from django.utils import timezone
from playwright.sync_api import Browser, Page, sync_playwright

from gates.choices import AssessmentState, GateStatus, MeetingState, Outcome, VersionStatus
from gates.demo import accounts
from gates.meetings.actions.calling import call_meeting, start_meeting
from gates.meetings.actions.sitting import cast_vote
from gates.models import Gate, GateReview, PlaybookVersion
from metrics.models import Kpi
from pilots.choices import Role
from pilots.models import User
from tests.everything.browser import find_browser

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "screenshots"
NOW = "Board of today"
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
    """What the demo does not tell by itself: a meeting that is being held at this moment."""
    asked, manager = asked_gate(), person(Role.PROGRAMME_MANAGER)
    beside = Gate.objects.current().filter(pilot__programme=asked.pilot.programme).exclude(pk=asked.pk)
    review = call_meeting(
        programme=asked.pilot.programme,
        title=NOW,
        starts_at=timezone.now() + timedelta(minutes=1),
        gates=[asked, *beside[:3]],
        by=manager,
    )
    start_meeting(review=review, by=manager)
    vote = {"item": review.items.first(), "by": person(Role.EXECUTIVE)}
    cast_vote(outcome=Outcome.GO, comment="Users ask for it at every site.", **vote)


def late_gate() -> Gate:
    return Gate.objects.current().filter(planned_on__isnull=False).order_by("planned_on").first()


def asked_gate() -> Gate:
    """The gate in review that asks for most."""
    return Gate.objects.filter(status=GateStatus.SUBMITTED).order_by("-definition__key").first()


def address_of(gate: Gate) -> str:
    return f"/pilots/{gate.pilot.key}/gates/{gate.definition.key}/"


def places() -> list[tuple[str, str, str]]:
    """Name of the picture, whose eyes, address."""
    late, asked = late_gate(), asked_gate()
    kpi = Kpi.objects.filter(pilot=late.pilot).order_by("pk").first()
    gate, reviewed = address_of(late), address_of(asked)
    criterion = asked.assessments.select_related("criterion").order_by("pk").first().criterion.key
    waived = address_of(Gate.objects.filter(assessments__state=AssessmentState.WAIVED).order_by("pk").first())
    amended = address_of(Gate.objects.filter(amendments__isnull=False).order_by("pk").first())
    meeting = {one.state: f"/meetings/{one.pk}/" for one in GateReview.objects.all()}
    draft = PlaybookVersion.objects.filter(status=VersionStatus.DRAFT).select_related("playbook").last()
    newer = PlaybookVersion.objects.filter(status=VersionStatus.PUBLISHED, number__gt=1).last()
    version = f"/playbooks/{draft.playbook.key}/v{draft.number}/"
    return [
        ("summary", Role.EXECUTIVE, "/summary/"),
        ("portfolio", Role.PROGRAMME_MANAGER, "/pilots/"),
        ("portfolio-filtered", Role.PROGRAMME_MANAGER, "/pilots/?overdue=true&blocked=true"),
        ("overview", Role.PROGRAMME_MANAGER, f"/pilots/{late.pilot.key}/"),
        ("gate", Role.PROGRAMME_MANAGER, gate),
        ("criterion", Role.PROGRAMME_MANAGER, gate),
        ("kpi", Role.PROGRAMME_MANAGER, f"/pilots/{late.pilot.key}/kpis/{kpi.pk}/"),
        ("gate-in-review", Role.GATEKEEPER, reviewed),
        ("pack", Role.GATEKEEPER, f"{reviewed}pack/"),
        ("pack-compared", Role.GATEKEEPER, f"{reviewed}pack/2/compare/1/"),
        ("decision-form", Role.GATEKEEPER, f"{reviewed}decision/"),
        ("reviews", Role.GATEKEEPER, "/reviews/"),
        ("review", Role.GATEKEEPER, f"{reviewed}review/criteria/{criterion}/"),
        ("review-end", Role.GATEKEEPER, f"{reviewed}review/end/"),
        ("meetings", Role.PROGRAMME_MANAGER, "/meetings/"),
        ("meeting-agenda", Role.PROGRAMME_MANAGER, meeting[MeetingState.PLANNED]),
        ("meeting-mode", Role.GATEKEEPER, meeting[MeetingState.RUNNING] + "run/1/"),
        ("meeting-minutes", Role.AUDITOR, meeting[MeetingState.HELD]),
        ("waivers", Role.GATEKEEPER, f"{waived}waivers/"),
        ("waivers-all", Role.GATEKEEPER, "/waivers/"),
        ("amendments", Role.GATEKEEPER, f"{amended}amendments/"),
        *places_of_registers_and_signs(asked.pilot.key),
        ("documents", Role.PROGRAMME_MANAGER, f"/pilots/{asked.pilot.key}/evidence/"),
        ("playbook-editor", Role.PROGRAMME_MANAGER, f"{version}edit/"),
        ("playbooks", Role.PROGRAMME_MANAGER, "/playbooks/"),
        ("playbook-diff", Role.PROGRAMME_MANAGER, f"/playbooks/{draft.playbook.key}/diff/"),
        ("upgrade", Role.PROGRAMME_MANAGER, f"/playbooks/{newer.playbook.key}/v{newer.number}/upgrade/"),
        ("decisions", Role.AUDITOR, f"/pilots/{asked.pilot.key}/decisions/"),
        ("audit-log", Role.AUDITOR, "/audit/"),
        ("pilot-form", Role.PROGRAMME_MANAGER, f"/pilots/{late.pilot.key}/edit/"),
        ("people", Role.ADMINISTRATOR, "/settings/people/"),
        ("sign-in", "", "/accounts/login/"),
    ]


def places_of_registers_and_signs(key: str) -> list[tuple[str, str, str]]:
    """The same of what is kept of a pilot besides its gates, and of the portfolio."""
    return [
        ("signs", Role.PROGRAMME_MANAGER, "/signs/"),
        ("signs-by-pilot", Role.PROGRAMME_MANAGER, "/signs/?view=pilots"),
        ("registers", Role.PROGRAMME_MANAGER, "/registers/"),
        ("risks", Role.PROGRAMME_MANAGER, "/registers/risks/"),
        ("registers-of-pilot", Role.OWNER, f"/pilots/{key}/registers/"),
        ("change-plan", Role.OWNER, f"/pilots/{key}/registers/change/"),
        ("overlaps", Role.PROGRAMME_MANAGER, "/overlaps/"),
        ("hand-over", Role.OWNER, "/handover/"),
        ("audit-document", Role.AUDITOR, f"/pilots/{key}/audit-document/"),
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
