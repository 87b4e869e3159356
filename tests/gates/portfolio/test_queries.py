"""The portfolio: each filter against plain Python, sorts with gaps, pages, who sees what, and its cost."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from gates.choices import CURRENT, AssessmentState, GateStatus, Health
from gates.models import Assessment, Criterion, Gate
from gates.portfolio.filters import SORTS, ordering, sort_keys
from gates.portfolio.queries import PAGE_SIZE, choices, portfolio
from metrics.models import Kpi
from pilots.choices import PilotState, Role
from pilots.models import Pilot
from tests.builders import (
    PHASES,
    criterion,
    join,
    make_gate,
    make_kpi,
    make_pilot,
    make_playbook,
    make_programme,
    make_user,
)

pytestmark = pytest.mark.django_db
S = AssessmentState
TODAY = date(2026, 3, 2)
NOW = "2026-03-02T12:00:00Z"


def ask(user, query: str = "", **facts):
    request = RequestFactory().get("/")
    request.user = user
    return portfolio(user, QueryDict(query), today=TODAY, request=request, **facts)


def everything(user, query: str = "") -> list:
    """The rows of all pages."""
    rows, page = [], 1
    while True:
        found = ask(user, f"{query}&page={page}")
        rows += found.rows
        if page >= found.pages:
            return rows
        page += 1


# --- A world with everything in it -------------------------------------------------------------
def populate(programme, number: int, *, seed: int = 1, people=()) -> None:
    """Pilots in every state, with and without phase, owner, gate, plan, forecast, blockers and value."""
    random = Random(seed)
    version = make_playbook(phases=PHASES, criteria=[criterion("V1"), criterion("O1", kind="should_meet")])
    phases = list(version.phases.select_related("gate"))
    pilots = Pilot.objects.bulk_create(
        _pilot(random, programme, place, phases, people, seed) for place in range(number)
    )
    gates = Gate.objects.bulk_create(
        gate for pilot in pilots if (gate := _gate(random, pilot, phases)) is not None
    )
    rows = {phase.gate.pk: list(phase.gate.criteria.all()) for phase in phases}
    Assessment.objects.bulk_create(
        Assessment(
            gate=gate,
            criterion=row,
            area=row.area,
            kind=row.kind,
            weight=1,
            state=random.choice(S.values),
            stale_on=random.choice([None, TODAY, TODAY + timedelta(1)]),
        )
        for gate in gates
        for row in rows[gate.definition_id]
    )
    Kpi.objects.bulk_create(_kpi(random, pilot) for pilot in pilots if random.random() < 0.9)


def _pilot(random: Random, programme, place: int, phases, people, seed: int) -> Pilot:
    state = random.choice(PilotState.values + [PilotState.ACTIVE] * 6)
    phase = random.choice([*phases, None]) if state != PilotState.INTAKE else None
    return Pilot(
        programme=programme,
        key=f"T{seed}-{place}",
        title=random.choice(["Invoice reading", "Call notes", "Fraud alarm"]),
        unit=random.choice(["", "Claims"]),
        state=state,
        owner=random.choice([None, *people]),
        priority=random.randint(1, 4),
        phase=phase.key if phase else "",
        phase_name=phase.name if phase else "",
        phase_number=phase.position if phase else 0,
        phase_count=5 if phase else 0,
        phase_entered_on=random.choice([None, TODAY - timedelta(random.randint(0, 300))]),
        in_production=bool(phase and phase.in_production and state == PilotState.ACTIVE),
        archived_at=random.choice([None, NOW]) if state in (PilotState.INTAKE, PilotState.STOPPED) else None,
    )


def _gate(random: Random, pilot: Pilot, phases) -> Gate | None:
    if pilot.state not in (PilotState.ACTIVE, PilotState.ON_HOLD) or random.random() < 0.15:
        return None
    planned = random.choice([None, TODAY + timedelta(random.randint(-40, 40))])
    status = random.choice([GateStatus.OPEN, GateStatus.OPEN, GateStatus.SUBMITTED, GateStatus.DECIDED])
    return Gate(
        pilot=pilot,
        definition=phases[max(0, pilot.phase_number - 1)].gate,
        status=status,
        decided_at=NOW if status == GateStatus.DECIDED else None,
        planned_on=planned,
        forecast_on=planned and random.choice([None, planned, planned + timedelta(9)]),
        score=random.randint(0, 100),
        blocker_count=random.choice([0, 0, 1, 5]),
        score_threshold=60,
        floor_threshold=0,
    )


def _kpi(random: Random, pilot: Pilot) -> Kpi:
    return Kpi(
        pilot=pilot,
        name="Speed",
        kind=random.choice(["business", "business", "technical"]),
        unit="%",
        direction="higher",
        baseline=random.choice([None, Decimal(10), Decimal(10)]),
        baseline_on=TODAY,
        latest_value=random.choice([Decimal(9), Decimal(10), Decimal(11), Decimal(12)]),
        latest_at=NOW,
        fresh_until=TODAY + timedelta(random.choice([-1, 0, 0, 30])),
    )


@pytest.fixture
def world(programme, olga, ana, nils):
    populate(programme, 150, people=(olga, ana))
    populate(make_programme("Logistics two"), 20, seed=2)
    return programme


def current_gate(pilot: Pilot) -> Gate | None:
    return next((gate for gate in pilot.gates.all() if gate.status in CURRENT), None)


def expected_health(pilot: Pilot) -> str:
    """The words of `with_health`, in Python."""
    gate = current_gate(pilot)
    if pilot.state == PilotState.ON_HOLD:
        return Health.PAUSED
    if pilot.state != PilotState.ACTIVE:
        return ""
    if gate is None or gate.planned_on is None:
        return Health.NO_DATA
    late = (TODAY - gate.planned_on).days
    if late > 14:
        return Health.OFF_TRACK
    slips = gate.forecast_on is not None and gate.forecast_on > gate.planned_on
    if late > 0 or slips or (late >= -14 and gate.blocker_count > 0):
        return Health.AT_RISK
    return Health.ON_TRACK


def delivers(pilot: Pilot) -> bool:
    return pilot.in_production and any(
        kpi.kind == "business"
        and kpi.fresh_until >= TODAY
        and kpi.baseline is not None
        and kpi.latest_value > kpi.baseline
        for kpi in pilot.kpis.all()
    )


FILTERS = {
    "": lambda p, g: True,
    "q=invoice": lambda p, g: p.title == "Invoice reading",
    "q=READING+claims": lambda p, g: p.title == "Invoice reading" and p.unit == "Claims",
    "q=T1-14": lambda p, g: p.key.startswith("T1-14"),
    "phase=pilot": lambda p, g: p.phase == "pilot",
    "phase=pilot&phase=scaled_adoption": lambda p, g: p.phase in ("pilot", "scaled_adoption"),
    "phase=unknown": lambda p, g: not p.phase and p.state in ("active", "on_hold"),
    "phase=unknown&phase=pilot": lambda p, g: p.phase == "pilot" or p.phase_is_unknown,
    "phase=nonsense": lambda p, g: False,
    "state=active&state=on_hold": lambda p, g: p.state in ("active", "on_hold"),
    "state=intake": lambda p, g: p.state == "intake",
    "owner=none": lambda p, g: p.owner_id is None,
    "owner=me": lambda p, g: p.owner_id and p.owner.name == "Olga Owner",
    "owner=me&owner=none": lambda p, g: p.owner_id is None or p.owner.name == "Olga Owner",
    "owner=999999": lambda p, g: False,
    "overdue=true": lambda p, g: g and g.planned_on and g.planned_on < TODAY,
    "overdue=false": lambda p, g: not (g and g.planned_on and g.planned_on < TODAY),
    "blocked=true": lambda p, g: g and g.blocker_count,
    "blocked=false": lambda p, g: not (g and g.blocker_count),
    "submitted=true": lambda p, g: g and g.status == "submitted",
    "submitted=false": lambda p, g: not (g and g.status == "submitted"),
    "waiting=owner": lambda p, g: g and g.waiting_on == "owner",
    "waiting=gatekeepers&waiting=owner": lambda p, g: g and g.waiting_on in ("gatekeepers", "owner"),
    "due=0": lambda p, g: g and g.planned_on and g.planned_on <= TODAY,
    "due=30": lambda p, g: g and g.planned_on and g.planned_on <= TODAY + timedelta(30),
    "production=true": lambda p, g: p.in_production,
    "value=measured": lambda p, g: delivers(p),
    "health=paused": lambda p, g: expected_health(p) == Health.PAUSED,
    "health=at_risk&health=off_track": lambda p, g: expected_health(p) in ("at_risk", "off_track"),
    "health=on_track": lambda p, g: expected_health(p) == Health.ON_TRACK,
    "overdue=true&blocked=true&owner=none": lambda p, g: (
        g and g.planned_on and g.planned_on < TODAY and g.blocker_count and p.owner_id is None
    ),
    "programme=customer-service": lambda p, g: True,
    "programme=logistics-two": lambda p, g: False,
}


@pytest.mark.parametrize("query", FILTERS)
def test_a_filter_finds_what_its_words_say(world, olga, query):
    pilots = Pilot.objects.filter(programme=world, archived_at=None).select_related("owner")
    wanted = {
        pilot.key
        for pilot in pilots.prefetch_related("gates", "kpis")
        if FILTERS[query](pilot, current_gate(pilot))
    }

    found = ask(olga, query)

    assert {row.key for row in everything(olga, query)} == wanted
    assert found.matching == len(wanted)


def test_the_world_of_these_tests_tells_the_filters_apart(world, olga):
    """Each filter that can match finds some pilots and leaves some out."""
    total = ask(olga).matching
    for query in FILTERS:
        if query in ("", "phase=nonsense", "owner=999999") or query.startswith("programme"):
            continue
        assert 0 < ask(olga, query).matching < total, query


def test_health_is_what_its_definition_says(world, olga):
    pilots = {pilot.key: pilot for pilot in Pilot.objects.prefetch_related("gates")}
    rows = everything(olga)

    assert {row.key: row.health for row in rows} == {
        row.key: expected_health(pilots[row.key]) for row in rows
    }
    assert {row.health for row in rows} == {*Health.values, ""}


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", {None}),
        ("archived=", {None}),
        ("archived=false", {None}),
        ("archived=true", {"archived"}),
        ("archived=nonsense", set()),
    ],
)
def test_archived_pilots_are_shown_only_when_asked_for(programme, olga, query, wanted):
    make_pilot(programme, title="Listed")
    make_pilot(programme, title="archived", archived_at=NOW)

    assert {row.title if row.title == "archived" else None for row in ask(olga, query).rows} == wanted


def test_blocked_by_a_criterion_means_a_must_meet_in_the_way(programme, olga):
    version = make_playbook(phases=["pilot"], criteria=[criterion("V1"), criterion("S1", kind="should_meet")])
    must, should = Criterion.objects.filter(gate__phase__version=version).order_by("position")
    cases = {
        "Unknown": {"state": S.UNKNOWN},
        "Expired": {"state": S.MET, "stale_on": TODAY},
        "Lapsed waiver": {"state": S.WAIVED, "stale_on": TODAY},
        "Met": {"state": S.MET, "stale_on": TODAY + timedelta(1)},
        "Waived": {"state": S.WAIVED},
        "Not applicable": {"state": S.NOT_APPLICABLE, "stale_on": TODAY},
    }
    for title, standing in cases.items():
        gate = make_gate([criterion("V1")], pilot=make_pilot(programme, title=title))
        gate.assessments.update(criterion=must, **standing)
        Assessment.objects.create(gate=gate, criterion=should, area="value", kind="should_meet", weight=1)

    assert {row.title for row in ask(olga, f"blocker={must.pk}").rows} == {
        "Unknown",
        "Expired",
        "Lapsed waiver",
    }
    assert ask(olga, f"blocker={should.pk}").matching == 0


@pytest.mark.parametrize(
    "query",
    [
        "owner=%00",
        "programme=%00&programme=x",
        "phase=%00",
        "q=%00",
        "q=%25_%5C%27%22",
        "blocker=99999999999999999999999",
        "blocker=-1",
        "due=1e400",
        "due=NaN",
        "due=99999999",
        "page=99999999999",
        "page=-3",
        "page=%D9%A3",
        "page=x",
        "sort=--title",
        "sort=-,,-",
        "sort=title,title,title,title",
        "sort=%00",
        "state=nonsense",
        "health=nonsense",
        "value=nonsense",
        "overdue=perhaps",
        "owner=²",
        "owner=-1",
        "q=" + "x+" * 200,
    ],
)
def test_an_address_full_of_nonsense_is_no_error(world, olga, query):
    found = ask(olga, query)

    assert 1 <= found.page <= found.pages


# --- Order and pages ---------------------------------------------------------------------------
VALUES = {
    "title": lambda row: row.title,
    "phase": lambda row: row.phase_number,
    "gate": lambda row: row.planned_on,
    "ready": lambda row: row.score if row.has_gate else None,
    "blockers": lambda row: row.blockers if row.has_gate else None,
    "owner": lambda row: row.owner or None,
    "days": lambda row: row.days,
}


def test_every_sort_is_tried():
    assert set(VALUES) | {"priority"} == set(SORTS)


@pytest.mark.parametrize("key", VALUES)
def test_a_sort_puts_what_is_missing_last_both_ways(world, olga, key):
    up = [VALUES[key](row) for row in everything(olga, f"sort={key}")]
    down = [VALUES[key](row) for row in everything(olga, f"sort=-{key}")]
    present = [value for value in up if value is not None]

    assert up == sorted(present) + [None] * (len(up) - len(present))
    assert down == sorted(present, reverse=True) + [None] * (len(up) - len(present))


@pytest.mark.parametrize("sort", ["", *SORTS, *(f"-{key}" for key in SORTS), "phase,-ready"])
def test_pages_neither_overlap_nor_lose_a_pilot(world, olga, sort):
    keys = [row.key for row in everything(olga, f"sort={sort}")]

    assert len(keys) == len(set(keys)) == ask(olga).matching
    assert len(keys) > 2 * PAGE_SIZE


def test_sorts_work_within_each_other(world, olga):
    rows = everything(olga, "sort=phase,-blockers,title")
    placed = [(row.phase_number, not row.has_gate, -row.blockers, row.title) for row in rows]

    assert placed == sorted(placed)


def test_the_words_of_a_sort_are_read_forgivingly():
    assert sort_keys("-blockers, title") == ["-blockers", "title"]
    assert sort_keys("nonsense,--title,title") == ["title"]
    assert sort_keys("title,phase,gate,ready") == ["title", "phase", "gate"]
    assert sort_keys("") == []
    assert ordering([])[-1] == "pk"


def test_a_page_says_where_it_is(programme, olga):
    populate(programme, PAGE_SIZE * 2, people=(olga,))
    Pilot.objects.update(archived_at=None)

    second, beyond = ask(olga, "page=2"), ask(olga, "page=9")

    assert (second.first, second.last, second.pages) == (51, 100, 2)
    assert (beyond.page, len(beyond.rows)) == (2, 50)


def test_nothing_found_is_one_empty_page(olga):
    found = ask(olga)

    assert (found.rows, found.matching, found.pages, found.first, found.last) == ([], 0, 1, 0, 0)


# --- One row -----------------------------------------------------------------------------------
def test_a_row_says_what_the_page_shows(programme, olga):
    pilot = make_pilot(programme, owner=olga, title="Invoice reading", unit="Claims")
    make_gate(
        [criterion("V1", state=S.MET), criterion("V2"), criterion("S1", kind="should_meet", state=S.MET)],
        pilot=pilot,
        planned_on=TODAY - timedelta(3),
        forecast_on=TODAY + timedelta(4),
    )
    Pilot.objects.update(phase_entered_on=TODAY - timedelta(40))

    (row,) = ask(olga).rows

    assert (row.title, row.owner, row.where, row.days) == (
        "Invoice reading",
        "Olga Owner",
        "Proof of concept",
        40,
    )
    assert (row.gate_key, row.gate_status, row.score, row.blockers) == ("G1", "open", 66, 1)
    assert (row.must_met, row.must_total, row.should_met, row.should_total) == (1, 2, 1, 1)
    assert (row.overdue_days, row.slip_days, row.health, row.tone) == (3, 7, "at_risk", "warn")


@pytest.mark.parametrize(
    ("facts", "where"),
    [
        ({}, "Intake"),
        ({"state": "active"}, "Phase unknown"),
        ({"state": "stopped"}, "Stopped"),
        ({"state": "active", "phase": "pilot", "phase_name": "Pilot", "phase_number": 2}, "Pilot"),
    ],
)
def test_a_row_says_where_the_pilot_is_in_any_case(programme, olga, facts, where):
    make_pilot(programme, **facts)

    (row,) = ask(olga).rows

    assert (row.where, row.has_gate, row.score) == (where, False, 0)


def test_days_in_a_phase_end_with_the_pilot(programme, olga):
    make_pilot(programme, state="stopped", phase_entered_on=date(2026, 1, 1), ended_on=date(2026, 1, 11))

    assert ask(olga).rows[0].days == 10


def test_a_pilot_with_many_decided_gates_is_one_row(programme, olga):
    gate = make_gate(pilot=make_pilot(programme))
    Gate.objects.update(status=GateStatus.DECIDED, decided_at=NOW)
    for attempt in (2, 3):
        Gate.objects.create(
            pilot=gate.pilot,
            definition=gate.definition,
            attempt=attempt,
            status=GateStatus.DECIDED if attempt == 2 else GateStatus.OPEN,
            decided_at=NOW if attempt == 2 else None,
            score_threshold=0,
            floor_threshold=0,
        )

    assert len(ask(olga).rows) == ask(olga).matching == 1


# --- Who sees what -----------------------------------------------------------------------------
@pytest.mark.parametrize("role", Role)
def test_each_role_sees_the_pilots_of_its_programme_and_no_other(role):
    mine, other = make_pilot(), make_pilot()
    user = join(make_user(), mine.programme, role)
    everywhere = join(make_user(), None, role)

    assert [row.key for row in ask(user).rows] == [mine.key]
    assert {row.key for row in ask(everywhere).rows} == {mine.key, other.key}
    assert ask(user, f"q={other.key}").matching == 0
    assert ask(user, f"programme={other.programme.slug}").matching == 0


def test_who_belongs_nowhere_sees_nothing():
    make_pilot()

    assert ask(make_user()).matching == 0


def test_filters_offer_only_what_can_be_seen(world, olga, nils):
    offered = choices(olga)

    assert offered.programmes == [("customer-service", "Customer service")]
    assert [value for value, _ in offered.phases] == list(PHASES)
    assert [label for _, label in offered.owners] == ["Ana Anders", "Olga Owner"]
    assert choices(nils).owners == []


def test_a_phase_two_playbooks_place_differently_is_offered_once(programme, olga):
    for phases in (PHASES[:4], ["production_deployment"]):
        make_playbook(phases=phases)
    make_pilot(programme, state="active", phase="production_deployment", phase_number=4)

    assert choices(olga).phases == [("production_deployment", "Production deployment")]


# --- Cost --------------------------------------------------------------------------------------
def queries(user, query: str) -> int:
    user.__dict__.pop("access", None)  # as in a new request
    with CaptureQueriesContext(connection) as captured:
        ask(user, query)
        choices(user)
    return len(captured)


def test_the_page_costs_the_same_at_ten_and_a_thousand_pilots_for_every_role(programme):
    cast = [join(make_user(), programme, role) for role in Role] + [join(make_user(), None, Role.EXECUTIVE)]
    asked = ["", "sort=-blockers,gate", "overdue=true&value=measured&health=at_risk&owner=me&q=a&page=1"]
    populate(programme, 10, people=cast)
    few = [queries(user, query) for user in cast for query in asked]
    populate(programme, 990, seed=3, people=cast)

    assert [queries(user, query) for user in cast for query in asked] == few
    assert set(few) == {4}  # roles, count, rows, choices


def test_a_kpi_of_another_pilot_is_no_value_of_this_one(programme, olga):
    make_pilot(programme, in_production=True)
    kpi = make_kpi(make_pilot(programme))
    kpi.latest_value, kpi.latest_at, kpi.fresh_until = 99, NOW, TODAY
    kpi.save()

    assert ask(olga, "value=measured").matching == 0
