"""The truth tables of the checks over what pilots taught."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gates.checks import CHECKS
from pilots.models import Lesson, Pilot
from tests.builders import days_ago, make_entry, make_pilot

pytestmark = [pytest.mark.django_db, pytest.mark.either]

NONE = "No lesson is written down yet."


def reason(name: str, pilot: Pilot) -> str | None:
    return CHECKS[name](Pilot.objects.filter(pk=pilot.pk), days_ago(0)).get(pilot.pk)


@pytest.mark.parametrize(
    ("published", "removed", "written", "told"),
    [
        ([], False, NONE, NONE),
        ([None], False, None, "A lesson is written, but not published."),
        ([None, None], False, None, "None of 2 lessons is published."),
        ([days_ago(-9)], False, None, "A lesson is written, but not published."),
        ([days_ago(0)], False, None, None),
        ([None, days_ago(9)], False, None, None),
        ([days_ago(9)], True, NONE, NONE),
    ],
)
def test_a_lesson_is_written_and_published(published, removed, written, told, pilot):
    for day in published:
        make_entry(pilot, "lessons", title=f"Lesson of {day} {Lesson.objects.count()}", published_on=day)
    if removed:
        Lesson.objects.update(removed_at=timezone.now())

    assert (reason("learnings_written", pilot), reason("lessons_published", pilot)) == (written, told)


@pytest.mark.parametrize(("name", "queries"), [("learnings_written", 1), ("lessons_published", 2)])
def test_the_cost_does_not_grow_with_the_pilots(name, queries, pilot):
    for many in (1, 20):
        for _ in range(many):
            make_entry(make_pilot(pilot.programme, owner=pilot.owner), "lessons", published_on=None)
        with CaptureQueriesContext(connection) as asked:
            CHECKS[name](Pilot.objects.all(), days_ago(0))
        assert len(asked) == queries
