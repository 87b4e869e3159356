"""Where KPIs stand today."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.choices import Direction, KpiKind, KpiState
from metrics.models import Kpi
from metrics.queries import standing_of, standings, with_unit
from metrics.rules import improves, kpi_state
from tests.builders import make_kpi, make_pilot, make_programme

pytestmark = pytest.mark.django_db


TODAY = date(2026, 3, 2)


# --- The database and the rules agree ----------------------------------------------------------
numbers = st.sampled_from([None, *map(Decimal, ("-1", "0", "9.999999", "10", "10.000001", "20"))])


def sound(facts) -> dict:
    """These facts as a KPI can have them: edges the right way round, a band's both or none."""
    low, high = facts["target"], facts["target_high"]
    if facts["direction"] != Direction.WITHIN or low is None:
        high = None
    elif high is None or high < low:
        low, high = (low, low) if high is None else (high, low)
    lowest, highest = facts["lowest"], facts["highest"]
    if lowest is not None and highest is not None and highest < lowest:
        lowest, highest = highest, lowest
    return facts | {"target": low, "target_high": high, "lowest": lowest, "highest": highest}


kpis = st.lists(
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from((KpiKind.BUSINESS, KpiKind.GUARDRAIL)),
            "direction": st.sampled_from(Direction.values),
            "baseline": numbers,
            "target": numbers,
            "target_high": numbers,
            "lowest": numbers,
            "highest": numbers,
            "latest_value": numbers,
            "at_target_since": st.sampled_from([None, TODAY]),
            "degrading_since": st.sampled_from([None, TODAY]),
            "days_left": st.integers(-2, 2),
            "archived": st.booleans(),
        }
    ).map(sound),
    min_size=1,
    max_size=12,
)


def build(world) -> list[Kpi]:
    pilot = make_pilot(make_programme())
    rows = []
    for number, facts in enumerate(world):
        measured = facts["latest_value"] is not None
        rows.append(
            Kpi(
                pilot=pilot,
                name=f"K{number}",
                kind=facts["kind"],
                unit="%",
                direction=facts["direction"],
                baseline=facts["baseline"],
                baseline_on=TODAY,
                target=facts["target"],
                target_on=TODAY,
                target_high=facts["target_high"],
                lowest=facts["lowest"],
                highest=facts["highest"],
                latest_value=facts["latest_value"],
                latest_at=datetime(2026, 3, 1, tzinfo=UTC) if measured else None,
                fresh_until=TODAY + timedelta(facts["days_left"]) if measured else None,
                at_target_since=facts["at_target_since"],
                degrading_since=facts["degrading_since"],
                archived_at=datetime(2026, 3, 1, tzinfo=UTC) if facts["archived"] else None,
            )
        )
    return Kpi.objects.bulk_create(rows)


def state(kpi: Kpi) -> KpiState:
    return kpi_state(
        kind=kpi.kind,
        latest=kpi.latest_value,
        fresh_until=kpi.fresh_until,
        aim=kpi.aim,
        at_target_since=kpi.at_target_since,
        is_degrading=kpi.degrading_since is not None,
        today=TODAY,
    )


def is_fresh(kpi: Kpi) -> bool:
    return kpi.archived_at is None and state(kpi) not in (KpiState.NO_DATA, KpiState.STALE)


@given(kpis)
def test_the_database_finds_every_state_as_the_rules_do(world):
    built = build(world)
    asked = Kpi.objects.filter(pk__in=[kpi.pk for kpi in built])
    followed = {kpi for kpi in built if kpi.archived_at is None}

    for one in KpiState:
        assert set(asked.in_state(one, TODAY)) == {kpi for kpi in followed if state(kpi) == one}
    assert set(asked.fresh(TODAY)) == {kpi for kpi in built if is_fresh(kpi)}


@given(kpis)
def test_the_database_finds_what_is_at_target_as_pages_and_checks_do(world):
    built = build(world)
    asked = Kpi.objects.filter(pk__in=[kpi.pk for kpi in built])
    by_pk = {kpi.pk: kpi for kpi in built}
    standing = standings(asked, today=TODAY)

    found = set(asked.at_target(TODAY))

    assert found == {by_pk[one.pk] for one in standing if one.at_target}
    for one in standing:
        assert one.tone != "ok" or (one.at_target and is_fresh(by_pk[one.pk]))
        assert one.at_target == (
            one.state in (KpiState.ON_TARGET, KpiState.DEGRADING)
            and (one.kind == KpiKind.GUARDRAIL or one.at_target_since is not None)
        ), "a guardrail in either state meets its target by its newest reading"


@given(kpis)
def test_the_database_finds_what_is_better_than_its_baseline_as_the_rules_do(world):
    built = build(world)

    assert set(Kpi.objects.filter(pk__in=[kpi.pk for kpi in built]).better_than_baseline(TODAY)) == {
        kpi
        for kpi in built
        if is_fresh(kpi)
        and kpi.baseline is not None
        and improves(kpi.latest_value, kpi.baseline, kpi.direction, kpi.target, kpi.target_high)
    }


@given(kpis)
def test_standings_say_of_each_listed_kpi_what_the_rules_say(world):
    built = build(world)
    found = standings(Kpi.objects.filter(pk__in=[kpi.pk for kpi in built]), today=TODAY)

    assert {standing.pk: standing.state for standing in found} == {
        kpi.pk: state(kpi) for kpi in built if kpi.archived_at is None
    }
    by_pk = {kpi.pk: kpi for kpi in built}
    assert all(standing == standing_of(by_pk[standing.pk], today=TODAY) for standing in found)


# --- Standings ---------------------------------------------------------------------------------
def test_standings_take_one_query_for_any_number(django_assert_num_queries):
    pilot = make_pilot()
    for number in range(20):
        make_kpi(pilot, f"K{number}")

    with django_assert_num_queries(1):
        assert len(standings(Kpi.objects.all(), today=TODAY)) == 20


@pytest.mark.parametrize(
    ("facts", "sentence", "tone"),
    [
        ({"latest_value": None}, "Speed has not been measured yet.", "none"),
        ({}, "Speed is 15 per hour and must be at least 20 per hour.", "bad"),
        (
            {"latest_value": Decimal(20), "at_target_since": TODAY},
            "Speed is 20 per hour, as wanted: at least 20 per hour.",
            "ok",
        ),
        (
            {"latest_value": Decimal(20)},
            "Speed is 20 per hour, as wanted: at least 20 per hour. It is not proven yet.",
            "none",
        ),
        (
            {"latest_value": Decimal(19), "at_target_since": TODAY},
            "Speed is 19 per hour and must be at least 20 per hour; it is still at target, which one such "
            "reading does not end.",
            "ok",
        ),
        (
            {"direction": Direction.LOWER, "latest_value": Decimal("20.5")},
            "Speed is 20.5 per hour and must be at most 20 per hour.",
            "bad",
        ),
        ({"target": None}, "Speed has no target.", "none"),
        (
            {"fresh_until": TODAY - timedelta(1)},
            "Speed was last measured on 1 Feb 2026, expected every 30 days.",
            "none",
        ),
    ],
)
def test_a_standing_says_in_a_sentence_what_is_the_matter(facts, sentence, tone):
    facts = {"latest_value": Decimal(15), "fresh_until": TODAY} | facts
    facts["latest_at"] = datetime(2026, 2, 1, 12, tzinfo=UTC)
    if facts["latest_value"] is None:
        facts |= {"fresh_until": None, "latest_at": None}

    standing = standing_of(make_kpi(make_pilot(), "Speed", **facts), today=TODAY)

    assert (standing.sentence, standing.tone) == (sentence, tone)


def test_a_standing_knows_whether_it_improved_and_how_far_it_came():
    kpi = make_kpi(make_pilot(), baseline=Decimal(10), target=Decimal(20))
    kpi.latest_value, kpi.latest_at, kpi.fresh_until = Decimal(15), datetime(2026, 3, 1, tzinfo=UTC), TODAY

    standing = standing_of(kpi, today=TODAY)

    assert (standing.is_better_than_baseline, standing.progress, standing.target_text) == (
        True,
        50,
        "≥ 20 per hour",
    )


# --- Numbers for people ------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, "%", "–"),
        ("95.000000", "%", "95%"),
        ("95.5", "% of cases", "95.5% of cases"),
        ("1234567.25", "€", "€1,234,567.25"),
        ("12", "minutes", "12 minutes"),
        ("100.000000", "", "100"),
        ("0.000001", "s", "0.000001 s"),
        ("-0.0000001", "s", "0 s"),
        ("-12.50", "h", "-12.5 h"),
        ("-5", "€", "-€5"),
        ("1E+3", "h", "1,000 h"),
    ],
)
def test_numbers_are_written_for_people(value, unit, text):
    assert with_unit(None if value is None else Decimal(value), unit) == text
