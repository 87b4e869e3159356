"""The fixes of checks over what pilots taught, done through their page."""

import pytest
from django.urls import reverse

from tests.builders import days_ago, make_entry
from tests.gates.checks.walk import Walker, passes

pytestmark = [pytest.mark.django_db, pytest.mark.either]


def test_a_lesson_is_written_down(pilot, olga, client_of):
    assert not passes("learnings_written", pilot)

    walker = Walker(client_of(olga), "learnings_written", pilot)
    walker.follow(reverse("pilots:entry_new", args=[pilot.key, "lessons"]))
    walker.send({"title": "Clerks were asked too late", "kind": "did_not"})

    assert passes("learnings_written", pilot)


def test_a_lesson_is_published(pilot, olga, client_of):
    lesson = make_entry(pilot, "lessons", published_on=None)
    assert not passes("lessons_published", pilot)

    walker = Walker(client_of(olga), "lessons_published", pilot)
    walker.follow(reverse("pilots:entry", args=[pilot.key, "lessons", lesson.pk]))
    walker.follow(reverse("pilots:entry_edit", args=[pilot.key, "lessons", lesson.pk]))
    walker.send({"published_on": days_ago(0).isoformat()})

    assert passes("lessons_published", pilot)
