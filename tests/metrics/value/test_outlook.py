"""What going on costs and brings: said by the owner, shown to everybody, what is spent kept apart."""

from datetime import timedelta
from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from metrics import events
from metrics.models import Outlook
from metrics.value.actions import expect_benefit, record_spending
from metrics.value.queries import money_of
from metrics.value.queries.suggestion import suggestion_of
from metrics.value.rules import amount_problem, money, outlook_is_stale, outlook_problems
from pilots.models import Event, Pilot, Programme
from pilots.rules import RuleViolation
from tests.builders import days_ago, make_benefit, make_budget, make_outlook, make_pilot, make_programme

pytestmark = pytest.mark.django_db
BODY = {
    "cost_to_go": "120000.50",
    "value_to_go": "400000",
    "horizon_months": "36",
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
        ({"horizon_months": 0}, "horizon_months"),
        ({"horizon_months": 121}, "horizon_months"),
        ({"as_of": days_ago(-9)}, "as_of"),
        ({"basis": "  "}, "basis"),
        ({"amounts": {"spent": Decimal(-1)}}, "spent"),
    ],
)
def test_each_problem_is_said_at_its_field(changed, field):
    facts = {"amounts": {}, "horizon_months": 12, "as_of": days_ago(0), "basis": "Said."}
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
    with pytest.raises(RuleViolation, match="counts its money in EUR"):
        make_outlook(pilot, by=olga, currency="CHF")
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

    Programme.objects.update(currency="CHF")
    answer = client_of(olga).post(f"/pilots/{pilot.key}/outlook/", BODY)

    assert (answer.status_code, answer["Location"]) == (302, f"/pilots/{pilot.key}/")
    page = client_of(adam).get(f"/pilots/{pilot.key}/").content.decode()
    assert "CHF 120,000.50" in page
    assert "CHF 279,999.50" in page
    assert Programme.objects.get().currency_is_fixed
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


def test_the_form_begins_with_what_was_said_and_names_the_currency_of_the_programme(pilot, olga, client_of):
    Programme.objects.update(currency="SEK")
    page = client_of(olga).get(f"/pilots/{pilot.key}/outlook/").content.decode()
    assert "All amounts are in SEK." in page
    make_outlook(pilot, by=olga)
    page = client_of(olga).get(f"/pilots/{pilot.key}/outlook/").content.decode()
    assert 'value="100000.00"' in page


def test_a_form_that_fails_says_why_and_keeps_what_was_typed(pilot, olga, client_of):
    body = BODY | {"horizon_months": "0", "as_of": days_ago(-9).isoformat(), "cost_to_go": "-3"}
    answer = client_of(olga).post(f"/pilots/{pilot.key}/outlook/", body)
    assert answer.status_code == 422
    assert {"horizon_months", "cost_to_go"} <= set(answer.context["form"].errors)
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


def test_programmes_that_had_outlooks_count_in_the_currency_most_of_them_were_said_in(programme, olga):
    for currency in ("CHF", "CHF", "EUR"):
        make_outlook(make_pilot(programme, owner=olga))
        Outlook.objects.filter(pk=Outlook.objects.latest("pk").pk).update(currency=currency)
    other = make_programme()
    Programme.objects.update(currency="EUR", currency_is_fixed=False)

    import_module("metrics.migrations.0004_currency_of_programmes").follow_outlooks(apps, None)

    rows = Programme.objects.values_list("currency", "currency_is_fixed")
    assert (rows.get(pk=programme.pk), rows.get(pk=other.pk)) == (("CHF", True), ("EUR", False))


# --- What the plan says ------------------------------------------------------------------------
def planned(pilot, olga):
    today = days_ago(0).replace(day=1)
    benefit = make_benefit(pilot)
    expect_benefit(benefit=benefit, first=days_ago(70), months=48, amount=Decimal(1_000), by=olga)
    minus = make_benefit(pilot, "Slower", is_disbenefit=True)
    expect_benefit(benefit=minus, first=today, months=2, amount=Decimal(300), by=olga)
    hours = make_benefit(pilot, "Hours", unit="hours")
    expect_benefit(benefit=hours, first=today, months=2, amount=Decimal(7), by=olga)
    make_budget(pilot, "running", 100, first=today, months=60)
    make_budget(pilot, "pilot", 4_000, first=days_ago(70), months=1)
    return make_budget(pilot, "integration", 500, first=today, months=4)


def test_the_plan_offers_what_is_still_to_come_and_leaves_out_what_is_spent(pilot, olga):
    line = planned(pilot, olga)
    pilot = Pilot.objects.select_related("programme").get(pk=pilot.pk)

    found = suggestion_of(pilot, horizon=36, today=days_ago(0))
    assert (found.cost_to_go, found.value_to_go, found.spent) == (2_000, 36_000 - 600 - 3_600, None)
    assert found.cost_sum == "integration EUR 2,000 = EUR 2,000"
    assert "EUR 36,000 − dis-benefits EUR 600 − running EUR 3,600 = EUR 31,800" in found.value_sum

    record_spending(line=line, month=days_ago(0), actual=Decimal(450), by=olga)
    later = suggestion_of(pilot, horizon=36, today=days_ago(0))
    assert (later.cost_to_go, later.value_to_go, later.spent) == (1_550, found.value_to_go, 450)


def test_without_a_plan_nothing_is_offered(pilot, olga, client_of):
    pilot = Pilot.objects.select_related("programme").get(pk=pilot.pk)
    assert suggestion_of(pilot, horizon=36, today=days_ago(0)) is None
    page = client_of(olga).get(f"/pilots/{pilot.key}/outlook/?from_plan=1").content.decode()
    assert "What the plan says" not in page


def test_the_sums_go_into_the_form_only_when_asked_and_are_said_by_a_person(pilot, olga, client_of):
    planned(pilot, olga)
    client, address = client_of(olga), f"/pilots/{pilot.key}/outlook/"
    plain = client.get(address).content.decode()
    assert "Put these sums into the form" in plain
    assert 'value="31800' not in plain

    filled = client.get(f"{address}?from_plan=1").content.decode()

    assert 'value="31800' in filled
    assert 'value="2000' in filled
    assert not Outlook.objects.exists()


def test_a_plan_that_takes_more_than_it_brings_says_so(pilot, olga):
    make_budget(pilot, "running", 100, first=days_ago(0), months=3)
    pilot = Pilot.objects.select_related("programme").get(pk=pilot.pk)
    found = suggestion_of(pilot, horizon=36, today=days_ago(0))
    assert (found.is_loss, found.value_to_go) == (True, 0)
    assert found.value_sum.endswith("− running EUR 300 = −EUR 300")
