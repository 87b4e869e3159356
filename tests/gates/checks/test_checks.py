"""Each check's truth table, its cost, and that a set changes no answer."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from gates.checks import CHECKS, evaluate
from gates.models import Condition, Decision
from metrics.choices import Direction, KpiKind
from metrics.models import Kpi
from pilots.choices import RiskTier, Role
from pilots.models import Pilot
from pilots.registers.table import REGISTERS
from tests.builders import (
    bring,
    join,
    make_benefit,
    make_budget,
    make_entry,
    make_gate,
    make_kpi,
    make_overlap,
    make_pilot,
    make_programme,
    make_user,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)
B, A, T, G = KpiKind.BUSINESS, KpiKind.ADOPTION, KpiKind.TECHNICAL, KpiKind.GUARDRAIL


def reason(name: str, pilot: Pilot) -> str | None:
    """Why this pilot fails the check; None when it passes."""
    return evaluate([name], Pilot.objects.filter(pk=pilot.pk), today=TODAY)[name].get(pilot.pk)


def read(kpi: Kpi, value, *, days_left: int = 0) -> Kpi:
    """A KPI with this newest reading, fresh for so many days yet."""
    kpi.latest_value, kpi.latest_at = Decimal(value), "2026-02-20T12:00:00Z"
    kpi.fresh_until = TODAY + timedelta(days_left)
    kpi.save()
    return kpi


def test_every_check_says_by_name_what_it_is():
    assert set(CHECKS) >= {
        "accountable_owner",
        "adoption_at_target",
        "baselines_taken",
        "business_kpi_defined",
        "business_kpis_at_target",
        "business_kpis_measured",
        "kpis_fresh",
        "no_condition_open",
        "no_guardrail_broken",
        "risk_tier_recorded",
        "sponsor_named",
    }


def test_a_name_nobody_wrote_a_check_for_is_an_error():
    with pytest.raises(KeyError, match="made_up"):
        evaluate(["made_up"], Pilot.objects.all(), today=TODAY)


# --- The pilot itself --------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("check", "field", "nobody", "left"),
    [
        (
            "accountable_owner",
            "owner",
            "Nobody owns this pilot.",
            "Olga Owner owned it and has left; name a new owner.",
        ),
        (
            "sponsor_named",
            "sponsor",
            "No sponsor is named.",
            "Olga Owner sponsored it and has left; name a new sponsor.",
        ),
    ],
)
def test_a_person_must_answer_for_it(check, field, nobody, left):
    person = make_user("Olga Owner")

    assert reason(check, make_pilot()) == nobody
    assert reason(check, make_pilot(**{field: person})) is None
    person.is_active = False
    person.save()
    assert reason(check, make_pilot(**{field: person})) == left


@pytest.mark.parametrize(
    ("tier", "rationale", "answer"),
    [
        ("", "", "No risk tier is recorded."),
        ("", "Because.", "No risk tier is recorded."),
        (RiskTier.HIGH, "", "The risk tier has no rationale."),
        (RiskTier.HIGH, "Decides on credit.", None),
    ],
)
def test_the_risk_tier_needs_its_rationale(tier, rationale, answer):
    pilot = make_pilot(risk_tier=tier, risk_rationale=rationale)

    assert reason("risk_tier_recorded", pilot) == answer


def with_condition(pilot: Pilot, text: str, due_on: date, met: bool = False) -> None:
    ana = make_user("Ana Anders")
    gate = pilot.gates.first() or make_gate(pilot=pilot)
    decision = Decision.objects.create(
        gate=gate, outcome="conditional_go", reason="So.", decided_by=ana, decided_at="2026-02-01T12:00:00Z"
    )
    Condition.objects.create(
        decision=decision,
        text=text,
        due_on=due_on,
        met_at="2026-02-20T12:00:00Z" if met else None,
        met_by=ana if met else None,
    )


def test_an_open_condition_is_named_the_most_urgent_first():
    pilot = make_pilot()
    assert reason("no_condition_open", pilot) is None

    with_condition(pilot, "Met long ago", date(2026, 1, 1), met=True)
    assert reason("no_condition_open", pilot) is None

    with_condition(pilot, "Later", date(2026, 6, 1))
    with_condition(pilot, "Soon", date(2026, 3, 9))
    assert reason("no_condition_open", pilot) == "Condition still open, due 9 Mar 2026: Soon"


# --- KPIs: defined, with a baseline ------------------------------------------------------------
AIMLESS = {"kind": B, "target": None}


@pytest.mark.parametrize(
    ("kpis", "answer"),
    [
        ([], "No business KPI is defined."),
        ([{"kind": T}], "Only technical KPIs are defined."),
        ([AIMLESS], "No target with a date is set for K0."),
        ([AIMLESS, AIMLESS], "No target with a date is set for K0, K1."),
        ([AIMLESS, {"kind": B}], None),
        ([{"kind": B}, AIMLESS | {"kind": T}], None),
    ],
)
def test_success_in_business_terms_is_defined(kpis, answer):
    pilot = make_pilot()
    for number, facts in enumerate(kpis):
        make_kpi(pilot, f"K{number}", **facts)

    assert reason("business_kpi_defined", pilot) == answer


def test_other_kinds_alone_are_not_called_technical():
    pilot = make_pilot()
    make_kpi(pilot, kind=A)

    assert reason("business_kpi_defined", pilot) == "No business KPI is defined."


def test_every_kpi_needs_its_baseline():
    pilot = make_pilot()
    assert reason("baselines_taken", pilot) == "There is no KPI yet, so no baseline."

    make_kpi(pilot, "Speed")
    assert reason("baselines_taken", pilot) is None

    make_kpi(pilot, "Accuracy", kind=T, baseline=None)
    make_kpi(pilot, "Use", kind=A, baseline=None)
    assert reason("baselines_taken", pilot) == "No baseline for Accuracy, Use."


# --- KPIs: measured ----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("check", "none"),
    [("business_kpis_measured", "No business KPI is defined."), ("kpis_fresh", "No KPI is defined.")],
)
def test_kpis_are_measured_at_their_cadence(check, none):
    pilot = make_pilot()
    assert reason(check, pilot) == none

    speed = make_kpi(pilot, "Speed")
    make_kpi(pilot, "Cost")
    read(speed, 12, days_left=-1)
    assert reason(check, pilot) == "Not measured yet: Cost."

    read(Kpi.objects.get(name="Cost"), 12)
    assert reason(check, pilot) == "Not measured at its cadence: Speed."

    read(speed, 12)
    assert reason(check, pilot) is None


def test_a_stale_technical_kpi_matters_only_where_all_must_be_fresh():
    pilot = make_pilot()
    read(make_kpi(pilot, "Speed"), 12)
    read(make_kpi(pilot, "Accuracy", kind=T), 12, days_left=-1)

    assert reason("business_kpis_measured", pilot) is None
    assert reason("kpis_fresh", pilot) == "Not measured at its cadence: Accuracy."


# --- KPIs: at target ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("check", "kind", "none"),
    [
        ("business_kpis_at_target", B, "No business KPI is defined."),
        ("adoption_at_target", A, "No adoption KPI is defined."),
    ],
)
def test_kpis_of_a_kind_are_judged_at_target_and_fresh(check, kind, none):
    pilot = make_pilot()
    read(make_kpi(pilot, "Of another kind", kind=T), 0)
    assert reason(check, pilot) == none

    kpi = make_kpi(pilot, "Rate", kind=kind, unit="%")
    assert reason(check, pilot) == "Rate has not been measured yet."
    read(kpi, 20)
    assert reason(check, pilot) == "Rate has not been judged yet."
    kpi.judgement = "Needs 8 readings since 3 Feb 2026; has 5."
    read(kpi, 20)
    assert reason(check, pilot) == "Rate: Needs 8 readings since 3 Feb 2026; has 5."
    kpi.at_target_since = date(2026, 2, 3)
    read(kpi, 19)  # one reading off target ends nothing
    assert reason(check, pilot) is None
    read(kpi, 30, days_left=-1)
    assert reason(check, pilot) == "Rate was last measured on 20 Feb 2026, expected every 30 days."
    kpi.highest = Decimal(25)
    read(kpi, 30)
    assert reason(check, pilot) == "Rate is 30%, outside what is acceptable: ≤ 25%."
    Kpi.objects.filter(pk=kpi.pk).update(target=None, highest=None)
    assert reason(check, pilot) == "Rate has no target."


@pytest.mark.parametrize(
    ("check", "kind", "none"), [("no_guardrail_broken", G, "No guardrail KPI is defined.")]
)
def test_kpis_of_a_kind_are_within_their_limits(check, kind, none):
    pilot = make_pilot()
    read(make_kpi(pilot, "Of another kind", kind=T), 0)
    assert reason(check, pilot) == none

    kpi = make_kpi(pilot, "Rate", kind=kind, unit="%")
    assert reason(check, pilot) == "Rate has not been measured yet."
    read(kpi, "19.5")
    assert reason(check, pilot) == "Rate is 19.5% and must be at least 20%."
    read(kpi, 20)
    assert reason(check, pilot) is None
    read(kpi, 30, days_left=-1)
    assert reason(check, pilot) == "Rate was last measured on 20 Feb 2026, expected every 30 days."
    Kpi.objects.filter(pk=kpi.pk).update(direction=Direction.LOWER, fresh_until=TODAY)
    assert reason(check, pilot) == "Rate is 30% and must be at most 20%."
    Kpi.objects.filter(pk=kpi.pk).update(target=None)
    assert reason(check, pilot) == "Rate has no target."


def test_archived_kpis_are_not_asked_about():
    pilot = make_pilot()
    make_kpi(pilot, archived_at="2026-02-01T12:00:00Z")

    assert reason("kpis_fresh", pilot) == "No KPI is defined."


# --- A set of pilots ---------------------------------------------------------------------------
def banded(facts: dict) -> dict:
    """A band has both edges."""
    return facts | {"target_high": facts["target"] if facts["direction"] == Direction.WITHIN else None}


kpis = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(KpiKind.values),
        "direction": st.sampled_from(Direction.values),
        "baseline": st.sampled_from([None, Decimal(10)]),
        "target": st.sampled_from([None, Decimal(20)]),
        "latest": st.sampled_from([None, 10, 20, 30]),
        "days_left": st.sampled_from([-1, 0, 9]),
        "at_target_since": st.sampled_from([None, date(2026, 2, 3)]),
    }
).map(banded)
people = st.sampled_from(["nobody", "here", "left"])
worlds = st.lists(
    st.fixed_dictionaries(
        {
            "owner": people,
            "sponsor": people,
            "risk_tier": st.sampled_from(["", "high"]),
            "risk_rationale": st.sampled_from(["", "So."]),
            "kpis": st.lists(kpis, max_size=3),
            "conditions": st.lists(st.tuples(st.integers(1, 3), st.booleans()), max_size=2),
        }
    ),
    min_size=1,
    max_size=4,
)


def build(world) -> list[Pilot]:
    programme = make_programme()
    cast = {"nobody": None, "here": make_user(), "left": make_user(is_active=False)}
    pilots = []
    for facts in world:
        named = {word: cast[facts[word]] for word in ("owner", "sponsor")}
        pilot = make_pilot(
            programme, risk_tier=facts["risk_tier"], risk_rationale=facts["risk_rationale"], **named
        )
        for number, terms in enumerate(facts["kpis"]):
            terms = dict(terms)
            latest, days_left = terms.pop("latest"), terms.pop("days_left")
            kpi = make_kpi(pilot, f"K{number}", **terms)
            if latest is not None:
                read(kpi, latest, days_left=days_left)
        for day, met in facts["conditions"]:
            with_condition(pilot, f"Due on {day}", date(2026, 4, day), met)
        pilots.append(pilot)
    return pilots


@settings(max_examples=25)
@given(worlds)
def test_a_pilot_gets_the_same_answer_alone_as_in_a_set(world):
    pilots = build(world)
    together = evaluate(CHECKS, Pilot.objects.filter(pk__in=[pilot.pk for pilot in pilots]), today=TODAY)

    for pilot in pilots:
        alone = evaluate(CHECKS, Pilot.objects.filter(pk=pilot.pk), today=TODAY)
        assert {name: failures.get(pilot.pk) for name, failures in together.items()} == {
            name: failures.get(pilot.pk) for name, failures in alone.items()
        }


def test_checks_ask_the_same_few_queries_of_any_number_of_pilots():
    programme, owner = make_programme(), make_user()
    join(owner, programme, Role.OWNER)
    pilots = [make_pilot(programme, owner=owner) for _ in range(60)]
    for pilot in pilots:
        read(make_kpi(pilot), 12)
        with_condition(pilot, "Open", TODAY)
        for register in REGISTERS:
            make_entry(pilot, register)
        make_budget(pilot, "pilot", 10_000)
        bring(make_benefit(pilot), TODAY - timedelta(days=90), 12, by=owner)
    make_overlap(*pilots[:2])
    make_overlap(*pilots[-2:])

    few, many = asked_by_check(pilots[:3]), asked_by_check(pilots)

    assert many == few
    assert {name: number for name, number in few.items() if number > 2} == {}


def asked_by_check(pilots: list[Pilot]) -> dict[str, int]:
    """The name of each check → how many queries it asks of these pilots."""
    asked, counts = Pilot.objects.filter(pk__in=[pilot.pk for pilot in pilots]), {}
    for name in CHECKS:
        with CaptureQueriesContext(connection) as captured:
            CHECKS[name](asked, TODAY)
        counts[name] = len(captured)
    return counts


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_a_check_names_its_fix_and_the_page_of_it(name, client_of, pilot, olga):
    fix = CHECKS[name].fix

    assert fix.says.endswith(".")
    assert fix.says == f"{fix.words}."
    assert len(fix.says) <= 60
    assert client_of(olga).get(fix.address(pilot.key), follow=True).status_code == 200


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_a_check_speaks_only_of_the_pilots_asked_about(name):
    asked, other = make_pilot(), make_pilot()
    with_condition(asked, "Open", TODAY)
    with_condition(other, "Open", TODAY)

    failures = CHECKS[name](Pilot.objects.filter(pk=asked.pk), TODAY)

    assert set(failures) <= {asked.pk}
    assert all(reason.endswith((".", "Open")) for reason in failures.values())
