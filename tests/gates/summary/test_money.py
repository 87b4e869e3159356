"""Money on the executive page: to date, by band, and never over several currencies."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from gates.summary.counting import count_facts
from gates.summary.money import add_money, money_rows
from gates.summary.queries import executive_summary
from metrics.value.rules import last_day_counted
from pilots.choices import Role
from tests.builders import bring, join, make_benefit, make_budget, make_pilot, make_programme

pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def month(today):
    """The newest that has ended."""
    return last_day_counted(today).replace(day=1)


def in_currency(name: str, currency: str, olga, ana, month: date):
    """A programme with a pilot that brought 70, of it 40 verified, and spent 5 of 8."""
    programme = make_programme(name)
    type(programme).objects.filter(pk=programme.pk).update(currency=currency)
    programme.refresh_from_db()
    for person in (olga, ana):
        join(person, programme, Role.OWNER, Role.GATEKEEPER)
    pilot = make_pilot(programme, owner=olga, title=f"Pilot of {name}")
    for name, amount, band in (("Time", 30, "asserted"), ("Reworks", 40, "verified")):
        bring(make_benefit(pilot, name, by=olga), month, amount, band=band, by=olga, verifier=ana)
    make_budget(pilot, "pilot", 8)
    return programme


def test_several_currencies_stand_apart(olga, ana, erik, today, month):
    for name, currency in (("Alps", "CHF"), ("Coast", "EUR"), ("Hills", "EUR")):
        join(erik, in_currency(name, currency, olga, ana, month), Role.EXECUTIVE)

    found = executive_summary(erik, chosen="", today=today).money

    assert [(row.currency, row.pilots, row.money.actual, row.money.verified) for row in found] == [
        ("CHF", 1, "70", "40"),
        ("EUR", 2, "140", "80"),
    ]
    assert [row.spending.due for row in found] == ["8", "16"]
    assert found[1].url == "/value/?currency=EUR"


def test_it_says_what_the_value_page_says(client, olga, ana, erik, today, month):
    programme = in_currency("Alps", "CHF", olga, ana, month)
    join(erik, programme, Role.EXECUTIVE)
    client.force_login(erik)

    row = executive_summary(erik, chosen=programme.slug, today=today).money[0]
    page = client.get(row.url)

    section = page.context["sections"][0]
    assert (section.money, section.spending.actual) == (row.money, row.spending.actual)
    assert "70" in client.get(f"/summary/?programme={programme.slug}").content.decode()


def test_facts_read_again_are_the_same(olga, ana, today, month):
    facts = count_facts(in_currency("Alps", "CHF", olga, ana, month), today=today)["money"]

    assert add_money([facts]) == facts
    twice = money_rows(add_money([facts, facts]), programme="")[0]
    assert twice.numbers.money.actual.net == 2 * Decimal(70)


def test_without_numbers_there_is_no_money(programme, today):
    make_pilot(programme)

    assert count_facts(programme, today=today)["money"] == {}
