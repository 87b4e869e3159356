"""What procedures, steps of change and options must not say of themselves."""

import pytest

from pilots.rules import RuleViolation, change_problems, option_problems, procedure_problems
from tests.builders import days_ago, make_entry


@pytest.mark.parametrize(
    ("problems", "facts", "fields"),
    [
        (procedure_problems, {"state": "planned", "link": ""}, []),
        (procedure_problems, {"state": "in_place", "link": ""}, ["link"]),
        (procedure_problems, {"state": "tried", "link": "https://example.com"}, []),
        (change_problems, {"kind": "feedback", "is_done": True, "outcome": ""}, ["outcome"]),
        (change_problems, {"kind": "feedback", "is_done": False, "outcome": ""}, []),
        (change_problems, {"kind": "training", "is_done": True, "outcome": ""}, []),
        (option_problems, {"verdict": "considered", "fit": "", "reason": ""}, []),
        (option_problems, {"verdict": "rejected", "fit": "x", "reason": ""}, ["reason"]),
        (option_problems, {"verdict": "chosen", "fit": "", "reason": "x"}, ["fit"]),
        (option_problems, {"verdict": "chosen", "fit": "x", "reason": ""}, []),
    ],
)
def test_what_contradicts_itself_is_said_at_its_field(problems, facts, fields):
    assert list(problems(**facts)) == fields


HAPPENED = [
    ("debt", "paid_on"),
    ("waves", "actual_on"),
    ("waves", "tried_on"),
    ("change", "done_on"),
    ("options", "decided_on"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("register", "day"), HAPPENED)
def test_nothing_took_place_on_a_day_to_come(pilot, register, day):
    entry = make_entry(pilot, register, **{day: days_ago(0)})

    setattr(entry, day, days_ago(-1))
    assert entry.problems() == {day: "This day has not come yet."}


@pytest.mark.django_db
def test_only_what_is_planned_goes_live_on_a_day_to_come(pilot):
    system = make_entry(pilot, "integrations", state="planned", live_on=days_ago(-1))
    assert system.problems() == {}

    system.state = "live"
    assert system.problems() == {"live_on": "This day has not come yet."}


@pytest.mark.django_db
def test_a_lesson_is_published_from_its_day_on(pilot):
    lesson = make_entry(pilot, "lessons", published_on=days_ago(-3))

    assert lesson.mark(days_ago(-2)) == ("wait", "Not published yet")
    assert lesson.mark(days_ago(-3)) == ("ok", "Published")


@pytest.mark.django_db
def test_one_option_is_chosen(pilot):
    make_entry(pilot, "options")

    with pytest.raises(RuleViolation, match="Another option is chosen already"):
        make_entry(pilot, "options", name="Another")
    make_entry(pilot, "options", name="Another", verdict="rejected")


@pytest.mark.django_db
def test_a_chosen_option_that_is_not_what_the_pilot_says_is_marked(pilot, on):
    option = make_entry(pilot, "options")
    assert option.mark(option.written_at.date()) == ("ok", "Chosen")

    pilot.approach = "custom"
    option.pilot = pilot

    assert option.mark(option.written_at.date()) == ("warn", "Chosen, but the pilot says Custom build")
