"""Two people at once. SQLite takes one write at a time: PostgreSQL only."""

from decimal import Decimal

import pytest

from metrics.models import Benefit, BenefitPeriod
from metrics.value.actions import create_pool, record_actual
from pilots.actions.programmes import edit_programme
from pilots.models import Programme
from pilots.rules import RuleViolation
from tests.builders import days_ago, make_benefit, make_pilot
from tests.gates.test_concurrency import at_once, errors

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_of_two_who_take_the_rest_of_a_shared_saving_one_wins(pilot, olga, petra):
    pool = create_pool(programme=pilot.programme, name="Fewer calls", by=petra)
    other = make_pilot(pilot.programme, owner=olga, title="Letters")

    results = at_once(
        lambda: make_benefit(pilot, pool=pool, share=Decimal(60), by=olga),
        lambda: make_benefit(other, pool=pool, share=Decimal(60), by=petra),
    )

    assert [type(error) for error in errors(results)] == [RuleViolation]
    assert Benefit.objects.get().share == 60


def test_two_numbers_for_one_month_leave_one_row(pilot, olga, petra):
    benefit = make_benefit(pilot)

    results = at_once(
        lambda: record_actual(benefit=benefit, month=days_ago(40), actual=Decimal(1), by=olga),
        lambda: record_actual(benefit=benefit, month=days_ago(40), actual=Decimal(2), by=petra),
    )

    assert errors(results) == []
    assert BenefitPeriod.objects.count() == 1


def test_an_amount_and_another_currency_at_once_leave_one_meaning(pilot, olga, ida):
    programme = pilot.programme
    facts = {"name": programme.name, "description": "", "currency": "CHF"}

    results = at_once(
        lambda: make_benefit(pilot, by=olga),
        lambda: edit_programme(programme=programme, by=ida, **facts),
    )

    # Either the currency came first and the amount is in it, or the amount did and the currency stays.
    refused = errors(results)
    assert Programme.objects.get(pk=programme.pk).currency == ("EUR" if refused else "CHF")
    assert all(isinstance(error, RuleViolation) for error in refused)
    assert Benefit.objects.exists()
