"""The portfolio's rows are written without the template engine, so they are checked for its safety."""

from dataclasses import replace
from datetime import date

import pytest

from gates.choices import Health
from gates.portfolio.queries import Row
from gates.portfolio.rows import draw_rows
from pilots.choices import PilotState
from tests.markup import HOSTILE, assert_harmless

ROW = Row(
    pk=1,
    key="PIL-001",
    title="Contract review",
    unit="Legal",
    programme="Group",
    state=PilotState.ACTIVE,
    phase_name="Pilot",
    phase_number=2,
    phase_count=5,
    days=12,
    owner="Olga Owner",
    health=Health.AT_RISK,
    gate_key="G2",
    gate_name="Value proven",
    gate_status="open",
    planned_on=date(2026, 11, 20),
    forecast_on=None,
    score=68,
    blockers=2,
    must_met=7,
    must_total=9,
    should_met=3,
    should_total=7,
    overdue_days=0,
)


@pytest.mark.parametrize("field", ["key", "title", "unit", "phase_name", "owner", "gate_key", "gate_name"])
def test_words_from_people_stay_words(field):
    assert_harmless(draw_rows([replace(ROW, **{field: HOSTILE})]))


def test_a_programme_stands_in_for_a_missing_unit_and_stays_words_too():
    assert_harmless(draw_rows([replace(ROW, unit="", programme=HOSTILE)]))
