"""Defining the KPIs of a pilot."""

from datetime import date
from decimal import Decimal

import pytest

from metrics import events
from metrics.choices import Direction, KpiKind
from metrics.kpis.actions import archive_kpi, create_kpi, edit_kpi
from metrics.models import Kpi
from pilots.models import Event
from pilots.rules import RuleViolation
from tests.builders import make_kpi, measure

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(on):
    with on("2026-03-02"):
        yield


@pytest.fixture
def kpi(pilot) -> Kpi:
    return make_kpi(pilot)


def newest(kpi: Kpi) -> tuple:
    kpi.refresh_from_db()
    return kpi.latest_value, kpi.latest_at and kpi.latest_at.date(), kpi.fresh_until


# --- Definitions -------------------------------------------------------------------------------
FACTS = {"name": "Cost", "kind": KpiKind.BUSINESS, "unit": "€", "direction": Direction.LOWER}


def test_a_kpi_is_defined_and_this_is_recorded(pilot, olga):
    kpi = create_kpi(pilot=pilot, by=olga, **FACTS)

    told = Event.objects.get(type=events.KPI_CREATED)
    assert (told.subject, told.data) == (f"metrics.Kpi:{kpi.pk}", {"name": "Cost", "kind": "business"})


@pytest.mark.parametrize("number", ["99999999999999.999999", "1E14", "NaN"])
@pytest.mark.parametrize("name", ["baseline", "target"])
def test_a_number_no_database_can_give_back_is_refused(pilot, olga, name, number):
    facts = {name: Decimal(number), f"{name}_on": date(2026, 3, 1)}

    with pytest.raises(RuleViolation, match=f"^{name.capitalize()}: "):
        create_kpi(pilot=pilot, by=olga, **FACTS, **facts)
    with pytest.raises(RuleViolation, match=f"^{name.capitalize()}: "):
        edit_kpi(kpi=make_kpi(pilot), by=olga, **facts)


def test_the_largest_number_is_read_back_as_it_was_written(pilot, olga):
    largest = Decimal("99999999999999.9")

    kpi = create_kpi(pilot=pilot, by=olga, **FACTS, target=largest, target_on=date(2026, 3, 1))
    measure(kpi, largest)

    kpi.refresh_from_db()
    assert kpi.target == kpi.latest_value == largest


def test_a_pilot_has_one_kpi_of_a_name_whatever_the_case(pilot, olga):
    cost = create_kpi(pilot=pilot, by=olga, **FACTS)
    other = create_kpi(pilot=pilot, by=olga, **FACTS | {"name": "Speed"})

    with pytest.raises(RuleViolation, match="already has a KPI of this name"):
        create_kpi(pilot=pilot, by=olga, **FACTS | {"name": "COST"})
    with pytest.raises(RuleViolation, match="already has a KPI of this name"):
        edit_kpi(kpi=other, by=olga, name="cost")
    edit_kpi(kpi=cost, by=olga, name="COST")

    archive_kpi(kpi=cost, by=olga)
    assert create_kpi(pilot=pilot, by=olga, **FACTS).pk != cost.pk


def test_another_cadence_moves_the_day_from_which_it_is_stale(kpi, olga):
    measure(kpi, 12)

    edit_kpi(kpi=kpi, by=olga, cadence_days=7)

    assert newest(kpi)[2] == date(2026, 3, 12)
    assert Event.objects.get(type=events.KPI_EDITED).changes == {"cadence_days": [30, 7]}


def test_an_edit_that_changes_nothing_is_not_recorded(kpi, olga):
    edit_kpi(kpi=kpi, by=olga, name=kpi.name, target=Decimal("20.000000"))

    assert not Event.objects.filter(type=events.KPI_EDITED).exists()


def test_archiving_twice_changes_nothing(kpi, olga, on):
    archive_kpi(kpi=kpi, by=olga)
    with on("2026-03-09"):
        again = archive_kpi(kpi=kpi, by=olga)

    assert again.archived_at.date() == date(2026, 3, 2)
    assert Event.objects.filter(type=events.KPI_ARCHIVED).count() == 1
