"""What going on costs and brings: said by the owner, shown to everybody, what is spent kept apart."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from metrics import events
from metrics.models import Outlook
from metrics.queries import money_of
from metrics.rules import amount_problem, money, outlook_is_stale, outlook_problems
from pilots.models import Event, Pilot
from pilots.rules import RuleViolation
from tests.builders import days_ago, make_outlook, make_pilot

pytestmark = pytest.mark.django_db
BODY = {
    "cost_to_go": "120000.50",
    "value_to_go": "400000",
    "horizon_months": "36",
    "currency": "chf",
    "spent": "",
    "as_of": days_ago(2).isoformat(),
    "basis": "Business case of October.",
}


# --- Rules -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (None, ""),
        ("0", ""),
        ("999999999999.99", ""),
        ("-0.01", "Enter an amount of zero or more."),
        ("1000000000000", "This amount is too large."),
        ("0.001", "Enter at most two decimals."),
        ("NaN", "Enter an amount; this is not one."),
        ("Infinity", "Enter an amount; this is not one."),
    ],
)
def test_what_an_amount_can_be(amount, said):
    assert amount_problem(None if amount is None else Decimal(amount)) == said


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"currency": "eur"}, "currency"),
        ({"currency": "EU"}, "currency"),
        ({"currency": "€€€"}, "currency"),
        ({"horizon_months": 0}, "horizon_months"),
        ({"horizon_months": 121}, "horizon_months"),
        ({"as_of": days_ago(-1)}, "as_of"),
        ({"basis": "  "}, "basis"),
        ({"amounts": {"spent": Decimal(-1)}}, "spent"),
    ],
)
def test_each_problem_is_said_at_its_field(changed, field):
    facts = {"currency": "EUR", "amounts": {}, "horizon_months": 12, "as_of": days_ago(0), "basis": "Said."}
    assert outlook_problems(today=days_ago(0), **facts) == {}
    assert list(outlook_problems(today=days_ago(0), **facts | changed)) == [field]


def test_numbers_are_stale_after_180_days():
    day = days_ago(0)
    assert not outlook_is_stale(as_of=day, today=day + timedelta(days=180))
    assert outlook_is_stale(as_of=day, today=day + timedelta(days=181))


@pytest.mark.parametrize(
    ("amount", "written"),
    [("1200000", "EUR 1,200,000"), ("80.5", "EUR 80.50"), ("-200", "−EUR 200"), ("0", "EUR 0")],
)
def test_money_in_words(amount, written):
    assert money(Decimal(amount), "EUR") == written


# --- Saying it ---------------------------------------------------------------------------------
def test_the_first_and_the_next_statement_leave_what_was_before(pilot, olga):
    make_outlook(pilot, by=olga)
    make_outlook(pilot, by=olga, cost_to_go=Decimal("90000.50"), spent=Decimal(10))

    assert Outlook.objects.get().cost_to_go == Decimal("90000.50")
    first, second = Event.objects.filter(type=events.OUTLOOK_STATED).order_by("pk")
    assert first.changes["cost_to_go"] == [None, "100000.00"]
    assert first.changes["basis"] == [None, "Business case of October."]
    assert second.changes == {"cost_to_go": ["100000.00", "90000.50"], "spent": [None, "10.00"]}
    assert (second.actor, second.pilot) == (olga, pilot)


def test_saying_the_same_again_changes_nothing(pilot, olga, petra):
    make_outlook(pilot, by=olga)
    make_outlook(pilot, by=petra)

    assert Outlook.objects.get().updated_by == olga
    assert Event.objects.filter(type=events.OUTLOOK_STATED).count() == 1


def test_nothing_is_said_of_an_archived_pilot_and_nothing_wrong_is_kept(pilot, olga):
    with pytest.raises(RuleViolation, match="zero or more"):
        make_outlook(pilot, by=olga, spent=Decimal(-1))
    Pilot.objects.filter(pk=pilot.pk).update(archived_at=timezone.now())
    with pytest.raises(RuleViolation, match="archived"):
        make_outlook(pilot, by=olga)
    assert not Outlook.objects.exists()


@given(spent=st.decimals(0, 10**9, places=2) | st.none())
def test_what_was_spent_changes_no_number_but_itself(pilot, olga, spent):
    make_outlook(pilot, by=olga, spent=spent)
    pilot.refresh_from_db()
    shown = money_of(pilot, today=days_ago(0))
    assert (shown.cost, shown.value, shown.net, shown.is_gain) == (
        "EUR 100,000", "EUR 250,000", "EUR 150,000", True,
    )  # fmt: skip


# --- Pages -------------------------------------------------------------------------------------
def test_the_owner_says_it_and_everybody_reads_it_on_the_overview(pilot, olga, adam, client_of):
    assert (
        "Nobody has said yet what going on costs"
        in client_of(adam).get(f"/pilots/{pilot.key}/").content.decode()
    )

    answer = client_of(olga).post(f"/pilots/{pilot.key}/outlook/", BODY)

    assert (answer.status_code, answer["Location"]) == (302, f"/pilots/{pilot.key}/")
    page = client_of(adam).get(f"/pilots/{pilot.key}/").content.decode()
    assert "CHF 120,000.50" in page
    assert "CHF 279,999.50" in page
    assert "older than 180 days" not in page
    assert "Change these numbers" not in page
    assert "Change these numbers" in client_of(olga).get(f"/pilots/{pilot.key}/").content.decode()


def test_what_was_spent_stands_behind_a_click_only(pilot, olga, client_of):
    make_outlook(pilot, by=olga, spent=Decimal(77_777))
    page = client_of(olga).get(f"/pilots/{pilot.key}/").content.decode()

    assert page.count("77,777") == 1
    before = page.split("77,777")[0]
    assert before.rindex("<details>") > before.rfind("</details>")


def test_old_numbers_say_that_they_are_old(pilot, olga, client_of):
    make_outlook(pilot, by=olga, as_of=days_ago(181))
    assert "older than 180 days" in client_of(olga).get(f"/pilots/{pilot.key}/").content.decode()


def test_a_reader_sees_the_numbers_on_their_page_without_a_form(pilot, olga, adam, client_of):
    make_outlook(pilot, by=olga)
    page = client_of(adam).get(f"/pilots/{pilot.key}/outlook/").content.decode()
    assert "EUR 150,000" in page
    assert 'name="cost_to_go"' not in page


def test_the_form_begins_with_what_was_said_or_the_currency_of_the_organisation(
    pilot, olga, client_of, settings
):
    settings.CURRENCY = "SEK"
    page = client_of(olga).get(f"/pilots/{pilot.key}/outlook/").content.decode()
    assert 'value="SEK"' in page
    make_outlook(pilot, by=olga)
    page = client_of(olga).get(f"/pilots/{pilot.key}/outlook/").content.decode()
    assert 'value="EUR"' in page
    assert 'value="100000.00"' in page


def test_a_form_that_fails_says_why_and_keeps_what_was_typed(pilot, olga, client_of):
    body = BODY | {"currency": "Euro", "as_of": days_ago(-1).isoformat(), "cost_to_go": "-3"}
    answer = client_of(olga).post(f"/pilots/{pilot.key}/outlook/", body)
    assert answer.status_code == 422
    assert {"currency", "cost_to_go"} <= set(answer.context["form"].errors)
    assert "Business case of October." in answer.content.decode()
    assert not Outlook.objects.exists()


def test_the_overview_asks_the_database_no_more_for_it(pilot, olga, programme, client_of):
    client = client_of(olga)

    def cost(one: Pilot) -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/pilots/{one.key}/")
        return len(captured)

    other = make_pilot(programme, owner=olga)
    make_outlook(other, by=olga)
    assert cost(other) == cost(pilot)
