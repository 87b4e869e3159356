"""Which lessons are offered to whom and why, and asking for one in two fields."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gates.choices import Sign
from gates.lessons.queries import lessons_of, offered_to
from gates.models import SignSpell
from gates.overlap.actions import tell_apart
from gates.overlap.indexing import refresh_all_overlaps
from pilots.choices import Area, LessonKind
from pilots.models import Lesson, Pilot
from tests.builders import days_ago, make_entry, make_overlap, make_pilot, make_programme

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(pilot):
    """A pilot that has learned something."""
    return make_pilot(pilot.programme, owner=pilot.owner, title="Lease abstracts", vendor="Papierlos GmbH")


def teach(pilot: Pilot, title: str = "Nobody used it", **facts) -> Lesson:
    return make_entry(pilot, "lessons", **{"title": title, "area": "", "published_on": days_ago(9)} | facts)


def offered(pilot, user, weak_area: str = "") -> dict[str, list[str]]:
    return {
        one.lesson.title: one.why for one in offered_to(pilot, user, weak_area=weak_area, today=days_ago(0))
    }


def show(pilot: Pilot, sign: str, *, until=None) -> None:
    SignSpell.objects.create(pilot=pilot, sign=sign, since=days_ago(30), until=until, reason="So it is.")


def test_a_lesson_of_a_pilot_that_is_alike_is_offered_until_they_are_told_apart(pilot, other, olga):
    teach(other)
    make_overlap(pilot, other, score=0.62)
    assert offered(pilot, olga) == {"Nobody used it": ["a pilot 62% alike"]}

    tell_apart(pilot=pilot, other=other, reason="Leases.", by=olga)
    assert offered(pilot, olga) == {}


def test_a_lesson_about_the_same_vendor_is_offered(pilot, other, olga):
    teach(other)
    assert offered(pilot, olga) == {}

    pilot.vendor = "papierlos gmbh"
    assert offered(pilot, olga) == {"Nobody used it": ["same vendor, Papierlos GmbH"]}


@pytest.mark.parametrize("until", [None, days_ago(3)])
def test_a_lesson_of_a_pilot_with_the_same_sign_is_offered(until, pilot, other, olga):
    teach(other)
    show(other, Sign.NO_SPONSOR, until=until)
    show(pilot, Sign.NO_WORKFLOW)
    assert offered(pilot, olga) == {}

    show(pilot, Sign.NO_SPONSOR)
    assert offered(pilot, olga) == {"Nobody used it": [f"same warning sign, “{Sign.NO_SPONSOR.label}”"]}


def test_a_sign_that_this_pilot_has_overcome_brings_no_lesson(pilot, other, olga):
    teach(other)
    show(other, Sign.NO_SPONSOR)
    show(pilot, Sign.NO_SPONSOR, until=days_ago(3))

    assert offered(pilot, olga) == {}


def test_a_lesson_about_the_weakest_area_is_offered(pilot, other, olga):
    teach(other, area=Area.DATA)

    assert offered(pilot, olga, Area.RISK) == offered(pilot, olga) == {}
    assert offered(pilot, olga, Area.DATA) == {"Nobody used it": ["about this gate's weakest area, data"]}


def test_what_is_closest_comes_first_and_more_reasons_count_more(pilot, other, olga):
    third = make_pilot(pilot.programme, owner=olga, title="Third")
    teach(third, "About data", area=Area.DATA)
    teach(other, "Same vendor")
    pilot.vendor = other.vendor
    assert list(offered(pilot, olga, Area.DATA)) == ["Same vendor", "About data"]

    make_overlap(pilot, third, score=0.5)
    assert list(offered(pilot, olga, Area.DATA)) == ["About data", "Same vendor"]


@pytest.mark.parametrize("published", [None, days_ago(-9)])
def test_drafts_are_nobodys_lesson(published, pilot, other, olga):
    make_overlap(pilot, other)
    teach(other, published_on=published)
    teach(pilot, "Its own")

    assert offered(pilot, olga) == {}
    assert lessons_of([other], olga, today=days_ago(0)) == []


def test_lessons_of_a_programme_that_the_reader_cannot_see_are_not_there(pilot, olga, ida):
    hidden = make_pilot(make_programme("Secret works"), owner=None, title="Hidden")
    make_overlap(pilot, hidden)
    make_entry(hidden, "lessons", by=ida, published_on=days_ago(1))

    assert offered(pilot, olga) == {}
    assert lessons_of([hidden], olga, today=days_ago(0)) == []
    assert len(offered(pilot, ida)) == 1


def test_offering_is_one_query_however_many_lessons_there_are(pilot, other, olga):
    olga.access  # noqa: B018 - read once per request, before
    for number in range(12):
        teach(other, f"Lesson {number}")
    make_overlap(pilot, other)

    with CaptureQueriesContext(connection) as asked:
        assert len(offered_to(pilot, olga, weak_area=Area.DATA, today=days_ago(0))) == 4
    assert len(asked) == 1


# --- Pages --------------------------------------------------------------------------------------
def test_the_overview_offers_the_lesson_and_says_why(pilot, other, olga, client_of):
    teach(other, advice="Ask the clerks first.")
    make_overlap(pilot, other)

    page = client_of(olga).get(reverse("gates:overview", args=[pilot.key])).content.decode()

    assert "Lessons from others" in page and "Ask the clerks first." in page
    assert "Offered because: a pilot 62% alike" in page


def test_the_form_of_a_new_pilot_tells_what_those_alike_taught(pilot, other, olga, client_of):
    Pilot.objects.filter(pk=other.pk).update(problem="Lawyers search leases for clauses.")
    teach(other, "Leases are scanned badly")
    refresh_all_overlaps()
    sent = {"title": "Lease clauses", "problem": "Lawyers search leases."}

    for headers in ({"HX-Request": "true"}, {}):
        answer = client_of(olga).post(reverse("gates:similar"), sent, headers=headers)
        assert "Leases are scanned badly" in answer.content.decode()


@pytest.mark.parametrize(("advice", "kind"), [("Ask first.", LessonKind.DID_NOT), (" ", LessonKind.WORKED)])
def test_two_fields_on_the_value_page_publish_a_lesson(advice, kind, pilot, olga, client_of):
    client = client_of(olga)
    address = reverse("gates:lesson_publish", args=[pilot.key])
    page = client.get(reverse("metrics:value", args=[pilot.key])).content.decode()
    assert f'action="{address}"' in page

    client.post(address, {"happened": "Two hours a day are saved.", "advice": advice})

    lesson = Lesson.objects.get()
    assert (lesson.title, lesson.advice, lesson.kind) == ("Two hours a day are saved.", advice.strip(), kind)
    assert (lesson.area, lesson.published_on, lesson.written_by) == (Area.VALUE, days_ago(0), olga)


def test_without_what_happened_the_form_says_so(pilot, olga, client_of):
    answer = client_of(olga).post(reverse("gates:lesson_publish", args=[pilot.key]), {"advice": "Ask."})

    assert answer.status_code == 422
    assert answer.content.decode().count("Say what happened.") == 2
    assert not Lesson.objects.exists()
