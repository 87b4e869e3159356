"""What the Value pages say: totals that add up, what is not money, what was verified, files, and their cost."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from metrics.choices import Band
from metrics.models import Benefit, BenefitPeriod, BudgetLine, BudgetPeriod
from metrics.value.actions import archive_benefit, create_pool, expect_benefit, record_actual, record_spending
from metrics.value.queries.benefits import benefits_of
from metrics.value.queries.portfolio import ValueChoice, by_sort, pilots_chosen, sections, values_of
from metrics.value.rules import has_ended
from metrics.value.totals import Totals
from pilots.choices import Role
from pilots.models import Pilot, Programme
from tests.builders import bring, days_ago, join, make_benefit, make_budget, make_pilot, make_programme

pytestmark = pytest.mark.django_db
TODAY = days_ago(0)
MONTH, AHEAD = days_ago(40).replace(day=1), days_ago(-70).replace(day=1)


def page(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def told(pilot, olga, ana):
    """A benefit with a verified and an expected month, a dis-benefit, hours, and a budget."""
    benefit = make_benefit(pilot, "Fewer reworks")
    bring(benefit, MONTH, 900, band="verified", by=olga, verifier=ana)
    expect_benefit(benefit=benefit, first=AHEAD, months=1, amount=Decimal(5_000), by=olga)
    bring(make_benefit(pilot, "Slower start", is_disbenefit=True), MONTH, 100, by=olga)
    bring(make_benefit(pilot, "Hours", unit="hours"), MONTH, 77, by=olga)
    record_spending(line=make_budget(pilot, "pilot", 400), month=MONTH, actual=Decimal(450), by=olga)
    return benefit


def test_the_page_of_a_pilot_subtracts_and_keeps_hours_apart(told, pilot, adam, client_of):
    found = benefits_of(Pilot.objects.select_related("programme").get(), today=TODAY)
    assert (found.money.actual, found.money.expected, found.money.due) == ("800", "5,000", "0")
    assert [(row.label, row.gained, row.lost, row.net) for row in found.money.rows] == [
        ("Asserted", "0", "−100", "−100"),
        ("Measured", "0", "0", "0"),
        ("Attributed", "0", "0", "0"),
        ("Verified", "900", "0", "900"),
    ]
    assert (found.money.total.net, found.hours.total.net, found.hours.unit) == ("800", "77", "hours")
    shown = page(client_of(adam), f"/pilots/{pilot.key}/value/")
    assert "Hours, because nobody has said what one is worth." in shown
    assert "New benefit" not in shown
    assert "+50 against 400 planned" in shown
    assert "Nothing is budgeted for infrastructure" in shown


def test_what_is_no_longer_counted_is_in_no_total_but_named(told, pilot, olga, client_of):
    archive_benefit(benefit=told, by=olga)
    found = benefits_of(Pilot.objects.select_related("programme").get(), today=TODAY)
    assert (found.money.actual, found.money.verified) == ("−100", "0")
    assert found.former == [told]
    assert "900" in page(client_of(olga), f"/pilots/{pilot.key}/value/benefits/{told.pk}/")


def test_the_page_of_a_month_shows_what_was_corrected(told, pilot, olga, client_of):
    record_actual(benefit=told, month=MONTH, actual=Decimal(850), reason="Counted twice.", by=olga)
    shown = page(client_of(olga), f"/pilots/{pilot.key}/value/benefits/{told.pk}/{MONTH:%Y-%m}/")
    for text in ("850", "900", "Counted twice.", "Checked against the ledger.", "Ana Anders"):
        assert text in shown
    for year, month in ((MONTH.year, 13), (9999, 1), (MONTH.year + 5, 1)):
        address = f"/pilots/{pilot.key}/value/benefits/{told.pk}/{year}-{month}/"
        assert client_of(olga).get(address).status_code == 404


def test_who_may_verify_is_told_why_not_yet(pilot, olga, ana, client_of):
    benefit = make_benefit(pilot)
    bring(benefit, MONTH, 900, by=olga)
    address = f"/pilots/{pilot.key}/value/benefits/{benefit.pk}/{MONTH:%Y-%m}/"
    assert "First somebody has to say what shows the number" in page(client_of(ana), address)
    assert "First somebody" not in page(client_of(olga), address)
    answer = client_of(ana).post(f"{address}verify/", {"note": "Fine."})
    assert answer.status_code == 422
    assert "First somebody has to say" in answer.content.decode()


def test_a_verified_month_is_not_recorded_anew_without_a_reason(told, pilot, olga, client_of):
    address = f"/pilots/{pilot.key}/value/benefits/{told.pk}/record/"
    answer = client_of(olga).post(address, {"month": f"{MONTH:%Y-%m}", "actual": "1"})
    assert answer.status_code == 422
    assert answer.context["form"].errors["month"] == [f"{MONTH:%b %Y} is verified. Say why it is corrected."]
    assert 'name="reason"' in answer.content.decode()


def rows(answer) -> list[list[str]]:
    """The head of the table and its rows, without what stands above it."""
    found = list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    return found[found.index([]) + 1 :]


def test_the_file_of_a_pilot_holds_every_month_and_no_formula(told, pilot, olga, client_of):
    make_benefit(pilot, "=1+1")
    bring(Benefit.objects.latest("pk"), MONTH, 5, by=olga)
    head, *found = rows(client_of(olga).get(f"/pilots/{pilot.key}/value/csv/"))
    table = [dict(zip(head, row, strict=True)) for row in found]
    assert [(row["What"], row["Name"], row["Actual, counted"]) for row in table] == [
        ("Benefit", "'=1+1", "5.00"),
        ("Benefit", "Fewer reworks", "900.00"),
        ("Benefit", "Fewer reworks", ""),
        ("Benefit", "Hours", "77.00"),
        ("Dis-benefit", "Slower start", "-100.00"),
        ("Budget: pilot", "For pilot", "450.00"),
    ]


# --- Shared savings ----------------------------------------------------------------------------
def test_the_page_of_shared_savings_says_what_is_left(pilot, petra, adam, client_of):
    pool = create_pool(programme=pilot.programme, name="Fewer calls", by=petra)
    make_benefit(pilot, pool=pool, share=Decimal("62.5"))
    address = f"/programmes/{pilot.programme.slug}/shared-savings/"
    assert "37.50 % not claimed" in page(client_of(adam), address)
    answer = client_of(petra).post(address, {"name": "fewer CALLS"})
    assert (answer.status_code, "already has" in answer.content.decode()) == (422, True)


# --- The portfolio -----------------------------------------------------------------------------
@pytest.fixture
def second(olga, ana):
    """A pilot of another programme, in Swiss francs."""
    programme = make_programme("Swiss")
    Programme.objects.filter(pk=programme.pk).update(currency="CHF")
    join(olga, programme, Role.OWNER)
    pilot = make_pilot(programme, owner=olga, title="Claims")
    bring(make_benefit(pilot), MONTH, 50, by=olga)
    return pilot


def test_the_portfolio_has_one_total_per_currency(told, second, olga, client_of):
    chosen = values_of(pilots_chosen(olga, ValueChoice()), today=TODAY)
    found = sections(chosen)
    assert [(one.currency, one.money.actual, one.pilots) for one in found] == [
        ("CHF", "50", 1), ("EUR", "800", 1),
    ]  # fmt: skip
    assert found[1].hours.actual == "77"
    shown = page(client_of(olga), "/value/")
    assert "2 pilots with value" in shown
    assert "850" not in shown
    assert "1 pilot with value" in page(client_of(olga), "/value/?programme=swiss")
    assert "No pilot matches" in page(client_of(olga), "/value/?currency=SEK")


def test_others_pilots_are_not_in_it(told, nils, client_of):
    assert "No benefit and no budget yet" in page(client_of(nils), "/value/")
    assert len(rows(client_of(nils).get("/value/csv/"))) == 1


def test_the_file_of_the_portfolio_is_the_page(told, second, olga, client_of):
    head, *found = rows(client_of(olga).get("/value/csv/?sort=title"))
    table = [dict(zip(head, row, strict=True)) for row in found]
    assert [
        (row["Pilot"], row["Currency"], row["Actual"], row["Verified"], row["Spent"]) for row in table
    ] == [
        ("Claims", "CHF", "50.00", "0.00", "0.00"),
        ("Invoice reading", "EUR", "800.00", "900.00", "450.00"),
    ]


def test_pilots_come_by_what_they_bring(pilot, olga):
    for title, amount in (("A", 5), ("B", 50), ("C", 20)):
        one = make_pilot(pilot.programme, owner=olga, title=title)
        bring(make_benefit(one), MONTH, amount, by=olga)
    values = values_of(pilots_chosen(olga, ValueChoice()), today=TODAY)
    assert [one.title for one in by_sort(values, "actual")] == ["B", "C", "A"]
    assert [one.title for one in by_sort(values, "")] == ["B", "C", "A"]
    assert [one.title for one in by_sort(values, "title")] == ["A", "B", "C"]


MONTHS = st.lists(
    st.tuples(
        st.integers(0, 2),  # which pilot
        st.booleans(),  # a dis-benefit
        st.sampled_from(["money", "hours"]),
        st.sampled_from(["", *Band.values]),
        st.decimals(0, 10**7, places=2),
        st.integers(-3, 3),  # months from now
    ),
    max_size=12,
)


def month_ahead(ahead: int) -> date:
    return days_ago(-31 * ahead).replace(day=1)


@given(months=MONTHS)
def test_the_portfolio_is_the_sum_of_its_pilots_and_each_of_its_months(pilot, olga, months):
    made = [pilot, *(make_pilot(pilot.programme, owner=olga, title=title) for title in "AB")]
    for number, (which, minus, unit, band, amount, ahead) in enumerate(months):
        facts = {"pilot": made[which], "name": f"B{number}", "unit": unit, "is_disbenefit": minus}
        benefit = Benefit.objects.create(pattern="recurring", reckoning="x", **facts)
        said = {"actual": amount, "actual_counts": amount} if band else {}
        verified = {"verified_by": olga, "verified_at": benefit.created_at} if band == "verified" else {}
        BenefitPeriod.objects.create(
            benefit=benefit,
            month=month_ahead(ahead),
            expected=amount,
            expected_counts=amount,
            band=band,
            basis="x",
            comparison="x",
            **said,
            **verified,
        )

    values = values_of(pilots_chosen(olga, ValueChoice()), today=TODAY)

    sums = sum((one.numbers.money for one in values), Totals())
    signed = [
        (-amount if minus else amount, band, has_ended(month_ahead(ahead), TODAY))
        for _, minus, unit, band, amount, ahead in months
        if unit == "money"
    ]
    assert sums.actual.net == sum(amount for amount, band, ended in signed if band and ended)
    assert sums.expected.net == sum(amount for amount, _, _ in signed)
    assert sums.due.net == sum(amount for amount, _, ended in signed if ended)
    for band, total in sums.bands.items():
        assert total.net == sum(amount for amount, of, ended in signed if of == band and ended)
    for one in values:
        own = benefits_of(Pilot.objects.select_related("programme").get(pk=one.pk), today=TODAY)
        assert own.money_totals == one.numbers.money
    Benefit.objects.all().delete()
    Pilot.objects.filter(pk__in=[one.pk for one in made[1:]]).delete()


def fill(programme, count: int) -> None:
    pilots = Pilot.objects.bulk_create(
        Pilot(programme=programme, key=f"V{count}-{n}", title=f"Pilot {n}") for n in range(count)
    )
    benefits = Benefit.objects.bulk_create(
        Benefit(pilot=one, name="B", unit="money", pattern="recurring", reckoning="x") for one in pilots
    )
    BenefitPeriod.objects.bulk_create(
        BenefitPeriod(benefit=one, month=MONTH, actual=5, actual_counts=5, band="asserted")
        for one in benefits
    )
    lines = BudgetLine.objects.bulk_create(BudgetLine(pilot=one, kind="pilot", name="L") for one in pilots)
    BudgetPeriod.objects.bulk_create(BudgetPeriod(line=one, month=MONTH, plan=3) for one in lines)


def cost(client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_the_portfolio_costs_the_same_with_ten_and_a_thousand_pilots(programme, petra, client_of):
    client, few = client_of(petra), {}
    fill(programme, 10)
    addresses = ("/value/", "/value/?sort=title&page=1", f"/value/?programme={programme.slug}", "/value/csv/")
    for address in addresses:
        few[address] = cost(client, address)
    fill(programme, 1_000)
    assert {address: cost(client, address) for address in addresses} == few
    assert max(few.values()) <= 9


def test_the_page_of_a_pilot_costs_the_same_with_one_and_many_benefits(told, pilot, olga, client_of):
    client, address = client_of(olga), f"/pilots/{pilot.key}/value/"
    few = cost(client, address)
    for number in range(8):
        bring(make_benefit(pilot, f"B{number}", owner=olga), MONTH, 5, by=olga)
        make_budget(pilot, "running", 5) if not number else None
    assert cost(client, address) == few
