"""Pages on the demo portfolio that must fit: the executive page one screen and one sheet, a pack one sheet."""

import re

import pytest
from django.db.models import Count, Q
from django.utils import timezone
from playwright.sync_api import expect

from gates.demo import accounts
from gates.demo.seed import seed
from gates.models import DecisionPack, Gate
from gates.packs.actions import freeze_pack
from pilots.choices import Role
from pilots.models import User
from tests.browser.looks import sideways
from tests.gates.packs.filling import fill

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def demo(transactional_db, settings, tmp_path, kept):
    """The demo portfolio as of today."""
    settings.MEDIA_ROOT = tmp_path
    kept.find("demo", lambda: seed(timezone.localdate()), files=tmp_path)


def test_the_summary_fits_a_screen_and_one_sheet(demo, opened):
    page = opened(_person(Role.EXECUTIVE))

    page.goto("/summary/")
    assert page.evaluate("document.documentElement.scrollHeight") <= 900
    expect(page.get_by_role("button", name="Print one page")).to_be_visible()
    sheet = page.pdf(prefer_css_page_size=True, print_background=True)

    assert _sheets(sheet) == 1


def test_a_full_pack_fits_one_upright_sheet(demo, opened):
    manager, filled = _person(Role.PROGRAMME_MANAGER), _untouched()
    fill(filled, _person(Role.GATEKEEPER))
    page = opened(manager, color_scheme="dark")

    for pack in (DecisionPack.objects.get(number=2), freeze_pack(gate=filled, by=manager)):
        pilot, definition = pack.gate.pilot, pack.gate.definition
        page.goto(f"/pilots/{pilot.key}/gates/{definition.key}/pack/{pack.number}/")
        whole = page.pdf(prefer_css_page_size=True, print_background=True)
        headings = page.locator(".pack-sheet h2").all_inner_texts()
        page.evaluate("document.querySelector('.pack-appendix').remove()")
        front = page.pdf(prefer_css_page_size=True, print_background=True)

        assert [heading[0] for heading in headings] == list("1234567"), pilot
        assert _sheets(front) == 1, pilot
        assert _sheets(whole) == 2, pilot
        width, height = re.search(rb"/MediaBox ?\[0 0 (\d+)[.\d]* (\d+)", whole).groups()
        assert (int(width), int(height)) == (594, 841)  # A4 upright, in points


def test_the_first_page_of_every_pilot_fits_a_phone(demo, opened):
    page = opened(_person(Role.PROGRAMME_MANAGER))
    found = {}

    for key in Gate.objects.current().values_list("pilot__key", flat=True):
        page.goto(f"/pilots/{key}/")
        found[key] = sideways(page, 390) + sideways(page, 320)

    assert len(found) > 10
    assert not any(found.values()), found


def _person(role: Role) -> User:
    email = next(account.email for account in accounts() if account.role == role.label)
    return User.objects.get(email=email)


def _untouched() -> Gate:
    """A gate with most KPIs, and enough for people to say, at which nothing was said, waived or frozen."""
    untouched = Gate.objects.current().filter(packs=None, feedback=None, amendments=None)
    found = untouched.exclude(assessments__waivers__isnull=False).select_related("pilot__owner", "definition")
    by_people = Count("assessments", filter=Q(assessments__check_name=""), distinct=True)
    enough = found.annotate(by_people=by_people).filter(by_people__gte=3)
    return enough.annotate(followed=Count("pilot__kpis", distinct=True)).order_by("-followed", "pk")[0]


def _sheets(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))
