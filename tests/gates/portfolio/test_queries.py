"""The portfolio: what a row says, who sees what, and its cost."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gates.choices import GateStatus
from gates.models import Assessment, Criterion, Gate
from gates.portfolio.queries import PAGE_SIZE, choices
from pilots.choices import Role
from pilots.models import Pilot
from tests.builders import PHASES, criterion, join, make_gate, make_kpi, make_pilot, make_playbook, make_user
from tests.gates.portfolio.world import NOW, TODAY, S, ask, populate

pytestmark = pytest.mark.django_db


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


# --- What is asked for -------------------------------------------------------------------------
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


def test_a_page_says_where_it_is(programme, olga):
    populate(programme, PAGE_SIZE * 2, people=(olga,))
    Pilot.objects.update(archived_at=None)

    second, beyond = ask(olga, "page=2"), ask(olga, "page=9")

    assert (second.first, second.last, second.pages) == (51, 100, 2)
    assert (beyond.page, len(beyond.rows)) == (2, 50)


def test_nothing_found_is_one_empty_page(olga):
    found = ask(olga)

    assert (found.rows, found.matching, found.pages, found.first, found.last) == ([], 0, 1, 0, 0)
