"""Rows of another table as one value: in order, of the right types, nothing for nobody."""

from datetime import UTC, date, datetime

import pytest
from django.db.models import F, OuterRef

from pilots.models import Event, Membership, Pilot, User
from pilots.models.lists import ListOf
from tests.builders import make_entry, make_pilot

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 1, 12, 30, 0, 250_000, tzinfo=UTC)


def event(pilot, type_: str, **facts) -> Event:
    return Event.objects.create(pilot=pilot, programme=pilot.programme, type=type_, at=AT, **facts)


def test_rows_come_in_their_order_with_days_moments_and_nothing(pilot, olga):
    for number in range(12):
        event(pilot, f"x.{number:02}", actor=olga if number else None)
    newest = Event.objects.filter(pilot=OuterRef("pk")).order_by("-pk")
    found = Pilot.objects.annotate(told=ListOf(newest, "type", "at", "actor_id", "actor__name")).get()

    assert [row["type"] for row in found.told] == [f"x.{number:02}" for number in reversed(range(12))]
    assert found.told[0] == {"type": "x.11", "at": AT, "actor_id": olga.pk, "actor__name": olga.name}
    assert found.told[-1] == {"type": "x.00", "at": AT, "actor_id": None, "actor__name": None}


def test_a_slice_is_of_each_row_and_a_row_without_any_has_an_empty_list(pilot, programme):
    other = make_pilot(programme, owner=pilot.owner)
    for title in ("One", "Two", "Three"):
        make_entry(pilot, "lessons", title=title, published_on=date(2026, 1, 2))
    lessons = pilot.lesson_set.model.objects.filter(pilot=OuterRef("pk")).order_by(F("pk").desc())[:2]
    found = {
        one.pk: one.told for one in Pilot.objects.annotate(told=ListOf(lessons, "title", "published_on"))
    }

    assert [row["title"] for row in found[pilot.pk]] == ["Three", "Two"]
    assert found[pilot.pk][0]["published_on"] == date(2026, 1, 2)
    assert found[other.pk] == []


def test_a_person_of_a_session_comes_with_the_roles(client_of, olga, django_assert_num_queries):
    held = Membership.objects.get(user=olga)
    client = client_of(olga)
    with django_assert_num_queries(2):  # the session, and the person with the roles
        person = client.get("/nowhere/").wsgi_request.user
        assert person.access.by_programme == {held.programme_id: frozenset({"owner"})}

    User.objects.filter(pk=olga.pk).update(is_active=False)
    assert not client.get("/nowhere/").wsgi_request.user.is_authenticated
