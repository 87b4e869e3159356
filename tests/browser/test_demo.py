"""The executive page on the demo portfolio: one screen, one sheet."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from gates.demo import accounts
from gates.demo.seed import seed
from pilots.choices import Role
from pilots.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_summary_fits_a_screen_and_one_sheet(opened, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    seed(timezone.localdate())
    email = next(account.email for account in accounts() if account.role == Role.EXECUTIVE.label)
    page = opened(User.objects.get(email=email))

    page.goto("/summary/")
    assert page.evaluate("document.documentElement.scrollHeight") <= 900
    expect(page.get_by_role("button", name="Print one page")).to_be_visible()
    sheet = page.pdf(prefer_css_page_size=True, print_background=True)

    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1
