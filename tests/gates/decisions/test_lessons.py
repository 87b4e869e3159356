"""What a stop taught becomes a lesson of the pilot; the decision stays as it was recorded."""

from datetime import date
from importlib import import_module

import pytest
from django.apps import apps

from gates.decisions.corrections import correct_decision
from gates.models import Decision
from pilots.choices import Area, LessonKind
from pilots.models import Event, Lesson
from pilots.registers.actions import edit_entry, remove_entry
from tests.gates.decisions.deciding import DAY, hold, stop

pytestmark = pytest.mark.django_db
migration = import_module("gates.migrations.0038_lessons_of_stops")


def lessons(pilot) -> list[tuple]:
    found = Lesson.objects.standing().filter(pilot=pilot)
    return list(found.values_list("title", "advice", "kind", "area", "published_on"))


def test_a_stop_publishes_what_happened_and_what_to_do_differently(gate, pilot, ana):
    decision = stop(gate, ana, lesson=" The data came too late. ", advice="Ask for it first.")

    told = ("The data came too late.", "Ask for it first.", LessonKind.DID_NOT, Area.DATA, DAY)
    assert lessons(pilot) == [told]
    assert (decision.lesson, decision.advice) == (" The data came too late. ", "Ask for it first.")
    assert Event.objects.filter(type="pilots.entry_added", pilot=pilot, actor=ana).count() == 1


def test_a_stop_that_archives_the_pilot_publishes_too(gate, pilot, ana):
    stop(gate, ana, archive=True)

    assert [row[0] for row in lessons(pilot)] == ["Ask for the data first."]


def test_a_long_story_stands_whole_below_its_beginning(gate, pilot, ana):
    story = "It was a long way. " * 40
    stop(gate, ana, lesson=story, advice="Stop sooner.", reason_code="other")

    ((title, advice, _, area, _),) = lessons(pilot)
    assert (len(title), title[-1], area) == (300, "…", "")
    assert advice == f"{story.strip()}\n\nStop sooner."


def test_no_other_decision_publishes_anything(gate, pilot, ana):
    hold(gate, ana, lesson="Not now.", advice="Later.")

    assert lessons(pilot) == []
    assert Decision.objects.get().advice == ""


def correct(decision, by, **facts) -> Decision:
    return correct_decision(decision=decision, correction_reason="It was put wrongly.", by=by, **facts)


def test_the_lesson_follows_a_correction_of_the_stop(gate, pilot, ana, sven):
    decision = stop(gate, ana)

    correct(decision, sven, advice="Ask twice.", reason_code="cost")

    assert lessons(pilot) == [
        ("Ask for the data first.", "Ask twice.", LessonKind.DID_NOT, Area.FINANCE, DAY)
    ]
    assert Decision.objects.get(pk=decision.pk).advice == ""


@pytest.mark.parametrize(
    "change", [lambda entry, by: edit_entry(entry=entry, by=by, title="My words."), remove_entry]
)
def test_a_lesson_that_people_rewrote_or_removed_is_theirs(change, gate, pilot, ana, sven):
    decision = stop(gate, ana)
    change(entry=Lesson.objects.get(), by=sven)
    before = lessons(pilot)

    correct(decision, sven, lesson="Other words.")

    assert lessons(pilot) == before


def test_a_stop_of_an_archived_pilot_can_be_corrected(gate, pilot, ana, sven):
    decision = stop(gate, ana, archive=True)

    assert correct(decision, sven, lesson="Other words.").lesson == "Other words."
    assert [row[0] for row in lessons(pilot)] == ["Ask for the data first."]


def test_stops_from_before_there_were_lessons_are_published(gate, pilot, ana, sven):
    """What was recorded last counts, and stays where it is."""
    correct(stop(gate, ana), sven, lesson="Other words.", reason_code="risk")
    Lesson.objects.all().delete()

    migration.publish_what_stops_taught(apps, None)

    assert lessons(pilot) == [
        ("Other words.", "", LessonKind.DID_NOT, Area.RISK, date(DAY.year, DAY.month, DAY.day))
    ]
    lesson = Lesson.objects.get()
    assert (lesson.written_by, lesson.written_at) == (ana, Decision.objects.latest("pk").decided_at)
