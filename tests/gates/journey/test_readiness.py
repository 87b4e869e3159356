"""The batch is held to the definition; only changes are written; crossings are told once."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from gates import events
from gates.choices import CURRENT, Area, AssessmentState, CriterionKind, GateStatus
from gates.journey.readiness import SCORE_SQL, STORED, explain, refresh_gates, refresh_one, score_gates
from gates.journey.tasks import refresh_all_readiness
from gates.models import Assessment, Gate
from metrics.models import Kpi
from pilots.choices import PilotState
from pilots.models import Event, Pilot
from tests.builders import (
    criterion,
    make_gate,
    make_kpi,
    make_pilot,
    make_playbook,
    make_programme,
    start,
)

pytestmark = pytest.mark.django_db
S, K = AssessmentState, CriterionKind
TODAY = date(2026, 3, 2)
CROSSINGS = (events.GATE_BECAME_READY, events.GATE_LOST_READINESS)


# --- Random portfolios -------------------------------------------------------------------------
def random_gates(random: Random, number: int) -> list[int]:
    """That many gates at random thresholds whose criteria are in random states. Returns their ids."""
    programme = make_programme()
    definition = (
        make_playbook(phases=["pilot"], criteria=[criterion(f"C{place}") for place in range(12)])
        .phases.get()
        .gate
    )
    rows = list(definition.criteria.order_by("position"))
    pilots = Pilot.objects.bulk_create(
        Pilot(programme=programme, key=f"R-{programme.pk}-{place}"[:12], title="Any")
        for place in range(number)
    )
    gates = Gate.objects.bulk_create(
        Gate(
            pilot=pilot,
            definition=definition,
            status=GateStatus.OPEN,
            score_threshold=random.choice([0, 33, 50, 67, 80, 100]),
            floor_threshold=random.choice([0, 0, 25, 50, 100]),
            # What was stored before must not matter.
            score=random.randint(0, 100),
            passes=random.random() < 0.5,
        )
        for pilot in pilots
    )
    Assessment.objects.bulk_create(
        random_assessment(random, gate, row) for gate in gates for row in some(random, rows)
    )
    return [gate.pk for gate in gates]


def some(random: Random, rows: list) -> list:
    return random.sample(rows, random.choice([0, 1, 2, 3, 6, 12]))


def random_assessment(random: Random, gate: Gate, row) -> Assessment:
    likely = random.choice([S.values, [S.MET], [S.MET, S.MET, S.WAIVED, S.NOT_APPLICABLE]])
    return Assessment(
        gate=gate,
        criterion=row,
        area=random.choice(Area.values),
        kind=random.choice([K.MUST_MEET, K.MUST_MEET, K.SHOULD_MEET, K.SHOULD_MEET, K.KILL]),
        weight=random.choice([1, 1, 2, 3, 7, 100]),
        state=random.choice(likely),
        stale_on=random.choice([None, None, None, TODAY - timedelta(1), TODAY, TODAY + timedelta(1)]),
    )


def told_by_the_definition(gate: Gate) -> dict:
    """The stored fields as `gates.readiness` alone would have them."""
    rows = list(gate.assessments.select_related("criterion"))
    readiness = explain(gate, rows, today=TODAY)

    def count(kind, *, met):
        applying = [row for row in rows if row.kind == kind and row.state != S.NOT_APPLICABLE]
        return sum(not met or row.criterion.key not in readiness.gaps for row in applying)

    return {
        "score": int(readiness.score),
        "floor": int(readiness.floor),
        "floor_area": readiness.floor_area,
        "unknown": int(readiness.unknown),
        "blocker_count": len(readiness.blockers),
        "must_met": count(K.MUST_MEET, met=True),
        "must_total": count(K.MUST_MEET, met=False),
        "should_met": count(K.SHOULD_MEET, met=True),
        "should_total": count(K.SHOULD_MEET, met=False),
        "passes": readiness.passes,
    }


def assert_batch_equals_definition(ids: list[int]) -> None:
    score_gates(ids, today=TODAY)
    for gate in Gate.objects.filter(pk__in=ids).prefetch_related("assessments__criterion"):
        assert {name: getattr(gate, name) for name in STORED} == told_by_the_definition(gate)


@settings(max_examples=5)
@given(st.integers(0, 2**32))
def test_the_batch_equals_the_definition_on_random_portfolios(seed):
    assert_batch_equals_definition(random_gates(Random(seed), 200))


def test_the_batch_equals_the_definition_on_one_large_portfolio():
    ids = random_gates(Random(20260302), 1_000)

    assert_batch_equals_definition(ids)

    passing = Gate.objects.filter(pk__in=ids, passes=True).count()
    assert 50 < passing < 950, "the portfolio must try both answers"


@settings(max_examples=20)
@given(st.integers(0, 2**32))
def test_one_gate_scored_in_python_stores_what_the_batch_stores(seed):
    ids = random_gates(Random(seed), 3)
    score_gates(ids, today=TODAY)
    batch = {gate.pk: [getattr(gate, name) for name in STORED] for gate in Gate.objects.filter(pk__in=ids)}

    for gate in Gate.objects.filter(pk__in=ids):
        refresh_one(gate, today=TODAY)

    assert {g.pk: [getattr(g, name) for name in STORED] for g in Gate.objects.filter(pk__in=ids)} == batch


def test_scoring_no_gate_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        score_gates([], today=TODAY)


def test_gates_not_asked_for_are_left_alone():
    asked, other = random_gates(Random(1), 2)
    before = Gate.objects.filter(pk=other).values_list(*STORED).get()

    score_gates([asked], today=TODAY)

    assert Gate.objects.filter(pk=other).values_list(*STORED).get() == before


# --- Refreshing: checks, events, cost ----------------------------------------------------------
CHECKED = [
    criterion("V1", check_name="business_kpis_at_target"),
    criterion("O1", area=Area.ORGANISATIONAL, check_name="sponsor_named"),
]


def make_portfolio(number: int, criteria=CHECKED) -> None:
    """Pilots on one playbook, each with a KPI off target by an amount of its own."""
    programme, version = make_programme(), make_playbook(phases=["pilot", "retired"], criteria=criteria)
    for place in range(number):
        pilot = make_pilot(programme, title=f"Pilot {place}")
        start(pilot, version, on=TODAY)
        make_kpi(pilot)
    for place, kpi in enumerate(Kpi.objects.order_by("pk")):
        kpi.latest_value, kpi.latest_at = Decimal(place) / 100, "2026-03-01T12:00:00Z"
        kpi.fresh_until = TODAY + timedelta(days=9)
        kpi.save()


def everything_refreshed() -> CaptureQueriesContext:
    with CaptureQueriesContext(connection) as queries:
        refresh_gates(Gate.objects.all(), today=TODAY)
    return queries


def test_the_number_of_queries_does_not_depend_on_the_number_of_gates(on):
    with on(TODAY):
        make_portfolio(3)
        few = everything_refreshed()
        make_portfolio(60)
        many = everything_refreshed()

    assert len(many) == len(few)


def test_a_refresh_that_changes_nothing_writes_nothing(on):
    with on(TODAY):
        make_portfolio(3)
        everything_refreshed()
        again = everything_refreshed()

    touched = [q["sql"] for q in again if q["sql"].startswith(("UPDATE", "INSERT"))]
    assert touched == []
    assert count_rows_written_by_scoring() == 0


def count_rows_written_by_scoring() -> int:
    """How many rows the scoring statement itself writes when run once more."""
    ids = ",".join(str(pk) for pk in Gate.objects.values_list("pk", flat=True))
    with connection.cursor() as cursor:
        before = total_changes()
        cursor.execute(SCORE_SQL.format(ids=ids), {"today": TODAY.isoformat()})
        return cursor.rowcount if before is None else total_changes() - before


def total_changes() -> int | None:
    """SQLite counts the rows changed by a statement that begins with WITH only here."""
    return getattr(connection.connection, "total_changes", None)


def test_only_gates_whose_readiness_changed_are_written():
    ids = random_gates(Random(7), 20)
    score_gates(ids, today=TODAY)
    one = Assessment.objects.filter(gate__in=ids, state=S.MET, kind=K.SHOULD_MEET, stale_on=None).first()
    Assessment.objects.filter(pk=one.pk).update(state=S.NOT_MET)

    assert count_rows_written_by_scoring() == 1


def test_a_check_that_fails_differently_renews_the_note_but_not_since_when(on):
    with on("2026-03-02"):
        make_portfolio(1)
        everything_refreshed()
    row = Assessment.objects.get(check_name="business_kpis_at_target")
    Kpi.objects.update(judgement="Needs 8 readings since 2 Mar 2026; has 2.")

    with on("2026-03-04"):
        refresh_gates(Gate.objects.all(), today=date(2026, 3, 4))
    after = Assessment.objects.get(pk=row.pk)

    assert (row.note, after.note) == (
        "Invoices per hour has not been judged yet.",
        "Invoices per hour: Needs 8 readings since 2 Mar 2026; has 2.",
    )
    assert after.state_since == row.state_since


def test_a_check_that_turns_renews_since_when_and_forgets_who_spoke_before(on):
    with on("2026-03-02"):
        make_portfolio(1)
        everything_refreshed()
    Kpi.objects.update(at_target_since=date(2026, 3, 3))

    with on("2026-03-04"):
        refresh_gates(Gate.objects.all(), today=date(2026, 3, 4))

    row = Assessment.objects.get(check_name="business_kpis_at_target")
    assert (row.state, row.note, row.state_since.date()) == (S.MET, "", date(2026, 3, 4))


def test_checks_do_not_revive_what_does_not_apply():
    gate = make_gate([criterion("V1", check_name="sponsor_named", state=S.NOT_APPLICABLE), criterion("V2")])

    refresh_gates(Gate.objects.all(), today=TODAY)

    assert gate.assessments.get(criterion__key="V1").state == S.NOT_APPLICABLE


def test_crossing_the_line_is_told_once_each_way():
    gate = make_gate([criterion("V1", state=S.NOT_MET)], today=TODAY)

    def told() -> list[str]:
        refresh_gates(Gate.objects.all(), today=TODAY)
        return list(Event.objects.filter(type__in=CROSSINGS).order_by("pk").values_list("type", flat=True))

    assert told() == []
    gate.assessments.update(state=S.MET)
    assert told() == [events.GATE_BECAME_READY]
    assert told() == [events.GATE_BECAME_READY]
    gate.assessments.update(stale_on=TODAY)
    assert told() == [events.GATE_BECAME_READY, events.GATE_LOST_READINESS]
    assert told() == [events.GATE_BECAME_READY, events.GATE_LOST_READINESS]


def test_what_checks_turn_at_a_gate_is_one_event_with_before_and_after(programme, django_assert_num_queries):
    unknown = criterion("V1", check_name="sponsor_named", state=S.UNKNOWN)
    gates = [
        make_gate(
            [unknown, criterion("V2", check_name="accountable_owner", state=S.MET), criterion("V3")],
            pilot=make_pilot(programme),
        )
        for _ in range(3)
    ]

    refresh_gates(Gate.objects.all(), today=TODAY)
    refresh_gates(Gate.objects.all(), today=TODAY)

    told = Event.objects.filter(type=events.CRITERIA_CHECKED).order_by("pk")
    assert [event.pilot for event in told] == [gate.pilot for gate in gates]
    for event in told:
        assert event.changes == {"V1": ["unknown", "not_met"], "V2": ["met", "not_met"]}
        assert event.data["why"].startswith("V1: ")
        assert "V2: " in event.data["why"]
        assert event.actor is None


def test_a_crossing_names_the_gate_its_pilot_and_the_score():
    gate = make_gate([criterion("V1", state=S.MET)], today=TODAY)
    Gate.objects.update(passes=False)

    refresh_gates(Gate.objects.all(), today=TODAY)

    told = Event.objects.get(type=events.GATE_BECAME_READY)
    assert (told.subject, told.pilot, told.data) == (f"gates.Gate:{gate.pk}", gate.pilot, {"score": 100})


def test_time_alone_makes_a_gate_lose_readiness():
    gate = make_gate([criterion("V1", state=S.MET, stale_on=TODAY + timedelta(1))], today=TODAY)
    assert gate.passes

    refresh_gates(Gate.objects.all(), today=TODAY + timedelta(1))

    gate.refresh_from_db()
    assert (gate.passes, gate.blocker_count, gate.score) == (False, 1, 0)


@pytest.mark.parametrize("status", [status for status in GateStatus if status not in CURRENT])
def test_only_current_gates_are_refreshed(status):
    gate = make_gate([criterion("V1", check_name="sponsor_named", state=S.MET)])
    decided_at = "2026-03-01T12:00:00Z" if status == GateStatus.DECIDED else None
    Gate.objects.update(status=status, decided_at=decided_at)

    looked_at = refresh_gates(Gate.objects.all(), today=TODAY)

    gate.refresh_from_db()
    assert (looked_at, gate.score, gate.assessments.get().state) == (0, 100, S.MET)


def test_work_in_chunks_covers_every_gate(monkeypatch):
    monkeypatch.setattr("gates.journey.readiness.CHUNK", 2)
    ids = random_gates(Random(3), 5)

    assert refresh_gates(Gate.objects.all(), today=TODAY) == 5

    for gate in Gate.objects.filter(pk__in=ids):
        assert {name: getattr(gate, name) for name in STORED} == told_by_the_definition(gate)


def test_the_nightly_run_leaves_archived_pilots_alone():
    gate = make_gate([criterion("V1", state=S.MET)])
    Gate.objects.update(score=1)
    Pilot.objects.update(state=PilotState.INTAKE, archived_at="2026-03-01T12:00:00Z")

    refresh_all_readiness()

    gate.refresh_from_db()
    assert gate.score == 1
