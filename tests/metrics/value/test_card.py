"""A pilot's money on its first page: the same sums as the plan, in the query that loads the pilot."""

from datetime import date
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.choices import Band, BudgetKind
from metrics.models import Benefit, BenefitPeriod, BudgetLine, BudgetPeriod
from metrics.value.queries.card import money_card_of, with_money_card
from metrics.value.queries.plan import plan_of
from metrics.value.queries.suggestion import USUAL_HORIZON, suggestion_of
from metrics.value.rules import money, months_from
from pilots.models import Pilot
from tests.builders import make_budget, make_outlook, make_pilot

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)


def loaded(pilot) -> Pilot:
    return with_money_card(Pilot.objects.select_related("programme"), today=TODAY).get(pk=pilot.pk)


def anything(random: Random, pilot) -> None:
    """Budget lines and benefits around today, counted and not, with and without plan, actual and rate."""
    Benefit.objects.all().delete()
    BudgetLine.objects.all().delete()
    months = months_from(date(2026, 6, 1), 48)
    archived = [None, None, None, "2026-11-01T12:00Z"]
    for number in range(random.randint(0, 4)):
        line = BudgetLine.objects.create(
            pilot=pilot,
            kind=random.choice(BudgetKind.values),
            name=f"{number}",
            archived_at=random.choice(archived),
        )
        for month in random.sample(months, random.randint(0, 9)):
            plan, actual = (random.choice([None, Decimal(random.randint(0, 99_999)) / 100]) for _ in range(2))
            BudgetPeriod.objects.create(line=line, month=month, plan=plan, actual=actual)
    for number in range(random.randint(0, 4)):
        hours = random.random() < 0.3
        rated = hours and random.random() < 0.5
        benefit = Benefit.objects.create(
            pilot=pilot,
            name=f"{number}",
            unit="hours" if hours else "money",
            rate=Decimal(40) if rated else None,
            rate_source="Controlling" if rated else "",
            pattern="recurring",
            reckoning="x",
            is_disbenefit=random.random() < 0.3,
            archived_at=random.choice(archived),
        )
        for month in random.sample(months, random.randint(0, 9)):
            counted = Decimal(random.randint(0, 99_999)) / 100
            BenefitPeriod.objects.create(
                benefit=benefit, month=month, expected=counted, expected_counts=counted, actual=counted,
                actual_counts=counted, band=Band.ASSERTED,
            )  # fmt: skip


@given(seed=st.integers(0, 2**32))
def test_it_says_what_the_plan_says(pilot, seed):
    anything(Random(seed), pilot)
    told = suggestion_of(pilot, horizon=USUAL_HORIZON, today=TODAY)
    plan = plan_of(pilot, horizon=USUAL_HORIZON, today=TODAY)
    assert (plan.to_go if plan else None) == told

    card = money_card_of(loaded(pilot))

    if told is None:
        assert card is None
        return
    if card.cost_to_go:
        assert card.cost_to_go == money(told.cost_to_go, "EUR")
    if card.value_to_go:
        assert card.is_loss == told.is_loss
        assert told.is_loss or card.value_to_go == money(told.value_to_go, "EUR")
    if card.spent:
        assert card.spent == f"EUR {plan.total.actual}"


def test_without_a_plan_there_is_no_card(pilot):
    assert money_card_of(loaded(pilot)) is None


def test_the_first_page_shows_it_with_what_was_stated_below(pilot, olga, client_of):
    make_budget(pilot, "pilot", 1_000)
    make_outlook(pilot)

    page = client_of(olga).get(f"/pilots/{pilot.key}/").content.decode()

    assert page.index("EUR 1,000") < page.index("Said for the decision") < page.index("EUR 100,000")
    assert f"/pilots/{pilot.key}/value/#h-budget" in page


def test_a_pilot_with_nothing_but_what_was_stated_shows_that(programme, olga, client_of):
    pilot = make_pilot(programme, owner=olga)
    make_outlook(pilot)

    page = client_of(olga).get(f"/pilots/{pilot.key}/").content.decode()

    assert "EUR 100,000" in page
    assert "Said for the decision" not in page
