"""Each filter of the portfolio against plain Python, sorts with gaps, pages."""

from datetime import timedelta

import pytest

from gates.choices import CURRENT, Health
from gates.models import Gate
from gates.portfolio.filters import SORTS, ordering, sort_keys
from gates.portfolio.queries import PAGE_SIZE, choices
from pilots.choices import PilotState
from pilots.models import Pilot
from tests.builders import PHASES
from tests.gates.portfolio.world import TODAY, ask, everything

pytestmark = pytest.mark.django_db


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
    "started=true&archived=false": lambda p, g: p.state != "intake",
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
def test_a_filter_finds_what_its_words_say(world, query):
    pilots = Pilot.objects.filter(programme=world.programme, archived_at=None).select_related("owner")
    wanted = {
        pilot.key
        for pilot in pilots.prefetch_related("gates", "kpis")
        if FILTERS[query](pilot, current_gate(pilot))
    }

    found = ask(world.olga, query)

    assert {row.key for row in everything(world.olga, query)} == wanted
    assert found.matching == len(wanted)


def test_the_world_of_these_tests_tells_the_filters_apart(world):
    """Each filter that can match finds some pilots and leaves some out."""
    total = ask(world.olga).matching
    for query in FILTERS:
        if query in ("", "phase=nonsense", "owner=999999") or query.startswith("programme"):
            continue
        assert 0 < ask(world.olga, query).matching < total, query


def test_health_is_what_its_definition_says(world):
    pilots = {pilot.key: pilot for pilot in Pilot.objects.prefetch_related("gates")}
    rows = everything(world.olga)

    assert {row.key: row.health for row in rows} == {
        row.key: expected_health(pilots[row.key]) for row in rows
    }
    assert {row.health for row in rows} == {*Health.values, ""}


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
def test_an_address_full_of_nonsense_is_no_error(world, query):
    found = ask(world.olga, query)

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
def test_a_sort_puts_what_is_missing_last_both_ways(world, key):
    up = [VALUES[key](row) for row in everything(world.olga, f"sort={key}")]
    down = [VALUES[key](row) for row in everything(world.olga, f"sort=-{key}")]
    present = [value for value in up if value is not None]

    assert up == sorted(present) + [None] * (len(up) - len(present))
    assert down == sorted(present, reverse=True) + [None] * (len(up) - len(present))


@pytest.mark.parametrize("sort", ["", *SORTS, *(f"-{key}" for key in SORTS), "phase,-ready"])
def test_pages_neither_overlap_nor_lose_a_pilot(world, sort):
    keys = [row.key for row in everything(world.olga, f"sort={sort}")]

    assert len(keys) == len(set(keys)) == ask(world.olga).matching
    assert len(keys) > 2 * PAGE_SIZE


def test_sorts_work_within_each_other(world):
    rows = everything(world.olga, "sort=phase,-blockers,title")
    placed = [(row.phase_number, not row.has_gate, -row.blockers, row.title) for row in rows]

    assert placed == sorted(placed)


def test_the_words_of_a_sort_are_read_forgivingly():
    assert sort_keys("-blockers, title") == ["-blockers", "title"]
    assert sort_keys("nonsense,--title,title") == ["title"]
    assert sort_keys("title,phase,gate,ready") == ["title", "phase", "gate"]
    assert sort_keys("") == []
    assert ordering([])[-1] == "pk"


def test_filters_offer_only_what_can_be_seen(world):
    offered = choices(world.olga)

    assert offered.programmes == [("customer-service", "Customer service")]
    assert [value for value, _ in offered.phases] == list(PHASES)
    assert [label for _, label in offered.owners] == ["Ana Anders", "Olga Owner"]
    assert choices(world.nils).owners == []
