"""What was expected and what came are compared over the same months: those that have ended, and everywhere."""

import csv
import io
from decimal import Decimal

import pytest

from gates.packs.numbers import plan
from gates.summary.queries import executive_summary
from metrics.value.actions import expect_benefit, record_spending
from metrics.value.queries.benefits import benefits_of
from metrics.value.queries.budgets import budget_of
from metrics.value.queries.card import money_card_of, with_money_card
from metrics.value.queries.portfolio import sections, values_of
from pilots.models import Pilot
from tests.api.world import program_of
from tests.builders import bring, days_ago, make_benefit, make_budget


@pytest.fixture
def told(pilot, olga, on):
    """100 a month expected and 50 planned from September on; all came and was spent, of November a part."""
    with on("2026-09-15"):
        benefit = make_benefit(pilot)
        first = days_ago(0).replace(day=1)
        expect_benefit(benefit=benefit, first=first, months=4, amount=Decimal(100), by=olga)
        line = make_budget(pilot, "pilot", 50, first=first, months=4)
    with on("2026-11-21"):
        for days, came, spent in ((80, 100, 50), (40, 100, 50), (0, 30, 20)):
            bring(benefit, days_ago(days), came, by=olga)
            month = days_ago(days).replace(day=1)
            record_spending(line=line, month=month, actual=Decimal(spent), by=olga)
    return Pilot.objects.select_related("programme").get(pk=pilot.pk)


def everywhere(pilot, reader, client, today) -> dict[str, tuple]:
    """Each place → what came of what was expected, and what was spent of what was planned."""
    benefits, budget = benefits_of(pilot, today=today).money, budget_of(pilot, today=today).total
    [section] = sections(values_of(Pilot.objects.all(), today=today))
    [row] = executive_summary(reader, chosen="", today=today).money
    pack = plan(pilot, today)
    [sent] = program_of(reader).get("/api/v1/summary/").json()["money"]
    file = io.StringIO(client.get("/value/csv/").getvalue().decode("utf-8-sig"))
    cells = [cells for cells in csv.reader(file) if len(cells) > 4]
    line = dict(zip(*cells, strict=True))

    def whole(*amounts) -> tuple:
        return tuple(int(Decimal(amount)) for amount in amounts)

    card = money_card_of(with_money_card(Pilot.objects.select_related("programme"), today=today).get())
    assert whole(card.spent.removeprefix("EUR ")) == whole(budget.actual)
    return {
        "the pilot": whole(benefits.actual, benefits.due, budget.actual, budget.due),
        "all pilots": whole(
            section.money.actual, section.money.due, section.spending.actual, section.spending.due
        ),
        "the summary": whole(row.money.actual, row.money.due, row.spending.actual, row.spending.due),
        "a pack": whole(
            pack["benefits"][0]["actual"], pack["benefits"][0]["expected"], pack["spent"], pack["spent_due"]
        ),
        "the API": whole(
            sent["benefits"]["actual"], sent["benefits"]["expected"], sent["spending"]["actual"],
            sent["spending"]["due"],
        ),
        "a file": whole(
            line["Actual"], line["Expected to date"], line["Spent"], line["Planned to date"]
        ),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("day", "numbers"),
    [
        ("2026-11-21", (200, 200, 100, 100)),
        ("2026-11-30", (200, 200, 100, 100)),
        ("2026-12-01", (230, 300, 120, 150)),
    ],
)
def test_a_month_counts_once_it_has_ended_and_the_same_everywhere(day, numbers, told, petra, client_of, on):
    with on(day):
        found = everywhere(told, petra, client_of(petra), days_ago(0))

    assert found == dict.fromkeys(found, numbers)


def test_nobody_looks_behind_for_a_month_that_still_runs_and_pages_say_so(told, petra, client_of, on):
    with on("2026-11-21"):
        found = benefits_of(told, today=days_ago(0))
        reader = client_of(petra)
        pages = {
            address: reader.get(address).content.decode()
            for address in (f"/pilots/{told.key}/value/", "/value/", "/summary/")
        }

    assert (found.money.gap, found.money.is_behind) == ("0", False)
    assert {address for address, page in pages.items() if "to the end of October 2026" in page} == set(pages)
    assert "to_date" not in "".join(pages.values())


def test_what_came_in_a_month_that_still_runs_stands_in_the_list_of_months(told):
    months = {month.label: month.actual for month in benefits_of(told, today=days_ago(0)).months}

    assert months["Nov 2026"] == "30"
