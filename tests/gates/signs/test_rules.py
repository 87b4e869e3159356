"""Whom a sign concerns, what an answer says, and that the table of signs is whole."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gates.choices import FailureMode, Point, Question, Sign
from gates.signs.rules import Place, Said, answer_blockers, concerns, is_asked_again, why_open
from gates.signs.table import KPI_SIGNS, SIGNS, signs_of
from pilots.choices import PilotState

TODAY = date(2026, 3, 2)
ACTIVE = Place(PilotState.ACTIVE, 1, in_production=False)
places = st.builds(
    Place, st.sampled_from(PilotState.values), st.integers(0, 9), st.booleans(), is_archived=st.booleans()
)


@pytest.mark.parametrize(
    ("place", "points"),
    [
        (Place(PilotState.INTAKE, 0, in_production=False), 1),
        (Place(PilotState.ACTIVE, 0, in_production=False), 2),  # nobody has told in which phase
        (ACTIVE, 2),
        (Place(PilotState.ON_HOLD, 2, in_production=False), 3),
        (Place(PilotState.ACTIVE, 3, in_production=False), 4),
        (Place(PilotState.ACTIVE, 2, in_production=True), 5),
        (Place(PilotState.ACTIVE, 4, in_production=True), 5),
        (Place(PilotState.STOPPED, 3, in_production=False), 0),
        (Place(PilotState.RETIRED, 4, in_production=True), 0),
        (Place(PilotState.ACTIVE, 4, in_production=True, is_archived=True), 0),
    ],
)
def test_the_further_a_pilot_is_the_more_signs_concern_it(place, points):
    assert [point for point in Point if concerns(point, place)] == list(Point)[:points]


@given(places)
def test_what_concerns_a_pilot_later_concerned_it_before(place):
    said = [concerns(point, place) for point in Point]
    assert said == sorted(said, reverse=True)


@given(places)
def test_nothing_concerns_what_is_over(place):
    assert not any(concerns(point, replace(place, is_archived=True)) for point in Point)


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (None, "Nobody has answered yet: Has it been tried under the load of production?"),
        (Said(False, "In May.", "Ana Anders", TODAY), "Ana Anders said no on 2 Mar 2026: In May."),
        (Said(True, "So.", "Ana Anders", TODAY - timedelta(days=90)), ""),
        (
            Said(True, "So.", "Ana Anders", TODAY - timedelta(days=91)),
            "Ana Anders said yes on 1 Dec 2025; after 90 days it is asked again.",
        ),
    ],
)
def test_a_question_stands_until_it_is_answered_with_yes_and_again_after_90_days(said, answer):
    assert why_open(Question.LOAD_TESTED, said, today=TODAY) == answer
    assert said is None or is_asked_again(said.on, today=TODAY) == (said.on == TODAY - timedelta(days=91))


def test_an_answer_says_what_it_rests_on_and_is_about_a_pilot_that_goes_on():
    assert answer_blockers(place=ACTIVE, note="Tried in May.") == []
    assert answer_blockers(place=ACTIVE, note=" ") == ["Say what the answer rests on."]
    assert answer_blockers(place=replace(ACTIVE, state=PilotState.STOPPED), note="So.") == [
        "This pilot is over, so nothing is asked about it any more."
    ]


def test_the_table_has_every_sign_and_every_way_to_fail():
    assert list(SIGNS) == Sign.values
    assert {key for mode in FailureMode for key in signs_of(mode)} == set(SIGNS)
    assert all(sign.fix.says.endswith(".") and len(sign.fix.says) <= 60 for sign in SIGNS.values())


def test_a_reading_can_move_only_signs_that_look_at_kpis():
    assert {"no_business_kpi", "no_next_step", "technical_kpi_falling", "adoption_below_plan"} == KPI_SIGNS
