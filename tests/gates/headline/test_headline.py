"""The headline: what its words mean, that the database counts the same, and that every number has its list."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import example, given
from hypothesis import strategies as st

from gates.headline.queries import shares, started, started_in
from gates.headline.rules import (
    KpiFacts,
    PilotFacts,
    Share,
    delivers_value,
    has_started,
    is_in_production,
    quarter_days,
    quarter_of,
    shows_value,
)
from gates.models import PhaseEntry
from metrics.choices import Direction, KpiKind
from metrics.models import Kpi
from metrics.rules import Aim
from pilots.choices import PilotState
from pilots.models import Pilot
from tests.builders import make_pilot, make_playbook
from tests.gates.portfolio.world import NOW, TODAY, everything

GOOD = KpiFacts("business", False, Decimal(10), Decimal(11), TODAY, Aim(Direction.HIGHER))


def changed(facts, **fields):
    return type(facts)(**{**vars(facts), **fields})


RUNS = PilotFacts("active", False, True, (GOOD,))


# --- The words ---------------------------------------------------------------------------------
def test_a_pilot_in_production_with_a_better_business_kpi_delivers():
    assert has_started(RUNS)
    assert is_in_production(RUNS)
    assert delivers_value(RUNS, today=TODAY)


@pytest.mark.parametrize("state", ["intake", "stopped", "retired"])
def test_only_a_pilot_under_way_or_on_hold_delivers(state):
    assert delivers_value(changed(RUNS, state="on_hold"), today=TODAY)
    assert not delivers_value(changed(RUNS, state=state), today=TODAY)


def test_neither_before_production_nor_archived():
    assert not delivers_value(changed(RUNS, in_production=False), today=TODAY)
    assert not delivers_value(changed(RUNS, is_archived=True), today=TODAY)
    assert has_started(changed(RUNS, is_archived=True, state="stopped"))


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": KpiKind.TECHNICAL},
        {"is_archived": True},
        {"baseline": None},
        {"latest": None},
        {"fresh_until": None},
        {"fresh_until": TODAY - timedelta(1)},
        {"latest": Decimal(10)},
        {"aim": Aim(Direction.LOWER)},
    ],
    ids=str,
)
def test_what_is_no_measured_value(fields):
    assert not shows_value(changed(GOOD, **fields), today=TODAY)


# --- The share ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("share", "text"),
    [
        (Share(), "–"),
        (Share(3), "0%"),
        (Share(1000, 1, 1), "<1%"),
        (Share(22, 7, 5), "22%"),
        (Share(1000, 999, 999), "99%"),
        (Share(2, 2, 2), "100%"),
    ],
)
def test_the_share_is_never_rounded_up_nor_down_to_nothing(share, text):
    assert share.text == text


@given(st.dates(date(1950, 1, 1), date(2199, 12, 31)))
@example(date(2026, 12, 31))
def test_a_day_lies_in_its_quarter_and_in_no_other(day):
    first, after = quarter_days(quarter_of(day))

    assert first <= day < after
    assert quarter_of(first) == quarter_of(after - timedelta(1)) == quarter_of(day)
    assert quarter_of(after) != quarter_of(day)


# --- The database counts the same --------------------------------------------------------------
def anything(random: Random, programme, phase) -> Pilot:
    """A pilot in any state, even in one that no action leads to, with up to three KPIs and two stays."""
    pilot = make_pilot(
        programme,
        state=random.choice(PilotState.values + [PilotState.ACTIVE] * 4),
        in_production=random.random() < 0.7,
        archived_at=random.choice([None, None, NOW]),
    )
    for number in range(random.randint(0, 3)):
        Kpi.objects.create(pilot=pilot, name=f"KPI {number}", unit="%", **kpi(random))
    for _ in range(random.randint(0, 2)):
        entered = random.choice([None, TODAY - timedelta(random.randint(-40, 700))])
        PhaseEntry.objects.create(pilot=pilot, phase=phase, entered_on=entered, is_current=False)
    return pilot


def kpi(random: Random) -> dict:
    direction = random.choice(Direction.values)
    target = random.choice([None, Decimal(20)])
    band = direction == Direction.WITHIN and target is not None
    measured = random.random() < 0.9
    baseline = random.choice([None, *(Decimal(value) for value in (5, 10, 20, 25, 30, 40))])
    return {
        "kind": random.choice([KpiKind.BUSINESS] * 4 + [KpiKind.TECHNICAL]),
        "direction": direction,
        "target": target,
        "target_on": target and TODAY,
        "target_high": Decimal(30) if band else None,
        "baseline": baseline,
        "baseline_on": baseline and TODAY,
        "latest_value": Decimal(random.randint(0, 45)) if measured else None,
        "latest_at": NOW if measured else None,
        "fresh_until": TODAY + timedelta(random.choice([-1, 0, 5])) if measured else None,
        "archived_at": random.choice([None, None, None, NOW]),
    }


def facts_of(pilot: Pilot) -> PilotFacts:
    return PilotFacts(
        state=pilot.state,
        is_archived=pilot.archived_at is not None,
        in_production=pilot.in_production,
        kpis=[
            KpiFacts(
                one.kind,
                one.archived_at is not None,
                one.baseline,
                one.latest_value,
                one.fresh_until,
                one.aim,
            )
            for one in pilot.kpis.all()
        ],
    )


def plainly(pilots) -> dict[str, Share]:
    """The headline by the definition alone, one pilot after the other."""
    found: dict[str, Share] = {}
    for pilot in pilots:
        facts = facts_of(pilot)
        if not has_started(facts):
            continue
        days = [one.entered_on for one in pilot.phase_entries.all() if one.entered_on]
        quarter = quarter_of(min((day for day in days if day <= TODAY), default=None))
        one = Share(1, int(is_in_production(facts)), int(delivers_value(facts, today=TODAY)))
        found[quarter] = found.get(quarter, Share()) + one
    return found


@pytest.mark.django_db
@given(seed=st.integers(0, 2**32))
def test_the_database_counts_what_the_definition_says(programme, seed):
    random = Random(seed)
    Pilot.objects.all().delete()
    phase = make_playbook(phases=["pilot"], criteria=[]).phases.get()
    for _ in range(12):
        anything(random, programme, phase)

    assert shares(Pilot.objects.all(), today=TODAY) == plainly(Pilot.objects.all())


@pytest.fixture
def crowd(programme, olga):
    random = Random(7)
    phase = make_playbook(phases=["pilot"], criteria=[]).phases.get()
    for _ in range(60):
        anything(random, programme, phase)


@pytest.mark.django_db
def test_it_takes_one_query(crowd):
    with CaptureQueriesContext(connection) as queries:
        found = shares(Pilot.objects.all(), today=TODAY)

    assert len(queries) == 1
    whole = sum(found.values(), Share())
    assert 0 < whole.delivering < whole.in_production < whole.started


@pytest.mark.django_db
def test_the_portfolio_lists_the_pilots_behind_each_number(crowd, olga):
    found = shares(Pilot.objects.all(), today=TODAY)
    whole = sum(found.values(), Share())

    assert len(everything(olga, "started=true")) == whole.started
    assert len(everything(olga, "value=measured")) == whole.delivering
    production = "production=true&state=active&state=on_hold"
    assert len(everything(olga, production)) == whole.in_production
    for quarter, share in found.items():
        assert len(everything(olga, f"started={quarter}")) == share.started
        assert len(everything(olga, f"value=measured&started={quarter}")) == share.delivering
        assert started_in(Pilot.objects.all(), quarter, today=TODAY).count() == share.started


@pytest.mark.django_db
@pytest.mark.parametrize("asked", ["false", "2026", "2026-Q5", "2026-Q1x", "1850-Q1", "nonsense"])
def test_a_quarter_that_is_none_finds_nothing(crowd, olga, asked):
    assert everything(olga, f"started={asked}") == []


@pytest.mark.django_db
def test_archived_pilots_have_started_too(programme, olga):
    make_pilot(programme, state="stopped", archived_at=NOW)

    assert started(Pilot.objects.all()).count() == len(everything(olga, "started=true")) == 1
    assert everything(olga) == []
