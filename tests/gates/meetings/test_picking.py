"""From rows picked in the portfolio to an agenda: exactly those, by name, with what was left out and why."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from gates.choices import Outcome, ReasonCode
from gates.decisions.actions import decide
from gates.meetings.actions import calling
from gates.meetings.queries import agenda_of
from gates.models import GateReview, Selection
from pilots import clock
from pilots.choices import Role
from pilots.models import Pilot
from tests.builders import join, make_pilot, make_programme, make_user, start

pytestmark = pytest.mark.django_db

SELECT = reverse("gates:portfolio_select")


@pytest.fixture
def gates(programme, olga, sven):
    return [
        start(make_pilot(programme, owner=olga, sponsor=sven, title=title))
        for title in ("Contracts", "Invoices", "Welding")
    ]


@pytest.fixture
def page(client_of, petra):
    return client_of(petra)


def planned(programme, gates, by) -> GateReview:
    soon = timezone.now() + timedelta(days=7)
    return calling.call_meeting(programme=programme, title="Board", starts_at=soon, gates=gates, by=by)


def new_meeting(**other):
    day = timezone.localdate() + timedelta(days=7)
    facts = {"into": "new", "title": "Board", "day": day.isoformat(), "time": "14:00", "item_minutes": "15"}
    return facts | other


def text(answer) -> str:
    return unescape(answer.content.decode())


def titles(review: GateReview) -> list[str]:
    return [item.title for item in agenda_of(review)]


def picked(page, *gates, asked="") -> str:
    answer = page.post(SELECT, {"pilots": [gate.pilot_id for gate in gates], "asked": asked})
    assert answer.status_code == 302
    return answer.url


def test_what_is_picked_is_shown_by_name_and_count_and_goes_on_a_new_agenda(page, gates):
    address = picked(page, gates[2], gates[0])

    asked = text(page.get(address))
    answer = page.post(address, new_meeting())

    assert "Add 2 pilots to a gate meeting" in asked and ">Add 2<" in asked
    assert "Contracts" in asked and "Welding" in asked and "Invoices" not in asked
    review = GateReview.objects.get()
    assert titles(review) == ["Contracts", "Welding"]
    assert answer.url.startswith(reverse("gates:meeting", args=[review.pk]))
    assert "2 added to Board: Contracts, Welding." in text(page.get(answer.url))


def test_all_in_the_view_are_those_of_its_filter_whatever_the_page_shows(page, programme, olga, monkeypatch):
    monkeypatch.setattr("gates.portfolio.queries.PAGE_SIZE", 2)
    for number in range(9):
        start(make_pilot(programme, owner=olga, title=f"Contract {number}"))
    start(make_pilot(programme, owner=olga, title="Welding"))
    asked = "q=contract&page=2&sort=-title"

    listed = text(page.get(f"/pilots/?{asked}"))
    answer = page.post(SELECT, {"all": "1", "asked": asked, "matching": "9"})

    assert "All 9 pilots in this view" in listed and "Contract 4" not in listed
    assert "Add 9 pilots to a gate meeting" in text(page.get(answer.url))


def test_exactly_those_go_on_the_agenda_even_if_the_list_finds_others_by_then(page, programme, olga, gates):
    answer = page.post(SELECT, {"all": "1", "asked": "q=c", "matching": "2"})  # Contracts, Invoices
    start(make_pilot(programme, owner=olga, title="Customs"))
    Pilot.objects.filter(title="Contracts").update(title="Agreements")

    page.post(answer.url, new_meeting())

    assert titles(GateReview.objects.get()) == ["Agreements", "Invoices"]


def test_a_list_that_has_changed_before_it_was_picked_says_so(page, gates):
    answer = page.post(SELECT, {"all": "1", "asked": "q=c", "matching": "7"})

    asked = text(page.get(answer.url))

    assert "The list has changed since you saw it." in asked
    assert "Add 2 pilots to a gate meeting" in asked


def test_a_planned_meeting_takes_them_and_the_same_list_comes_back(page, programme, gates, petra):
    review = planned(programme, gates[:1], petra)
    address = picked(page, *gates[:2], asked="q=c&sort=-title")

    answer = page.post(address, {"into": review.pk}, follow=True)

    assert answer.redirect_chain[-1][0] == "/pilots/?q=c&sort=-title"
    assert titles(review) == ["Contracts", "Invoices"]
    said = text(answer)
    assert "1 added to Board: Invoices. 1 left out: Contracts (it is on the agenda already)." in said


def test_the_agenda_stands_in_the_order_of_the_places(page, gates):
    address = picked(page, *gates)
    first, second, third = (f"place_{gate.pk}" for gate in gates)

    page.post(address, new_meeting(**{first: "3", second: "", third: "1"}))

    assert titles(GateReview.objects.get()) == ["Welding", "Contracts", "Invoices"]


def test_what_cannot_be_decided_is_left_out_by_name_and_reason(page, programme, olga, ana, gates):
    intake = make_pilot(programme, owner=olga, title="Not started")
    address = picked(page, *gates)
    both = page.post(SELECT, {"pilots": [gates[0].pilot_id, intake.pk]}).url
    decide(
        gate=gates[1],
        outcome=Outcome.STOP,
        reason="No.",
        reason_code=ReasonCode.COST,
        lesson="Ask first.",
        by=ana,
    )

    asked = text(page.get(both))
    answer = page.post(address, new_meeting(), follow=True)

    assert "Add 1 pilot to a gate meeting" in asked and "Not started: no gate of it is open" in asked
    assert titles(GateReview.objects.get()) == ["Contracts", "Welding"]
    assert "1 left out: Invoices (no gate of it is open)." in text(answer)


def test_pilots_of_two_programmes_are_asked_about_one_by_one(client_of, petra, gates):
    other = make_programme("Logistics")
    join(petra, other, Role.PROGRAMME_MANAGER)
    elsewhere = start(make_pilot(other, owner=make_user(), title="Routes"))
    page = client_of(petra)
    address = picked(page, gates[0], elsewhere)

    asked = text(page.get(address))
    chosen = text(page.get(f"{address}?programme={other.slug}"))

    assert "Choose whose gates it decides" in asked and f"programme={other.slug}" in asked
    assert "Add 1 pilot to a gate meeting" in chosen and "Routes" in chosen
    assert f"Contracts: it belongs to {gates[0].pilot.programme}" in chosen


def test_a_pilot_that_may_not_be_seen_cannot_be_picked(page, gates):
    hidden = start(make_pilot(make_programme(), owner=make_user(), title="Hidden"))

    address = picked(page, gates[0], hidden)

    assert Selection.objects.get().pilots == [gates[0].pilot_id]
    assert "Hidden" not in text(page.get(address))


def test_a_selection_is_its_makers_own(page, client_of, ana, gates):
    assert client_of(ana).get(picked(page, gates[0])).status_code == 404


def test_nothing_ticked_says_so_and_the_list_comes_back(page, gates):
    answer = page.post(SELECT, {"asked": "q=c"}, follow=True)

    assert answer.redirect_chain[-1][0] == "/pilots/?q=c"
    assert "Tick at least one pilot first." in text(answer)
    assert not Selection.objects.exists()


def test_more_than_an_agenda_holds_is_said_before_and_refused(page, programme, olga, monkeypatch):
    monkeypatch.setattr("gates.meetings.rules.MOST_ITEMS", 2)
    address = picked(page, *[start(make_pilot(programme, owner=olga)) for _ in range(3)])

    asked = text(page.get(address))
    answer = page.post(address, new_meeting())

    assert "An agenda has at most 2 items; this would make 3." in asked
    assert answer.status_code == 422 and not GateReview.objects.exists()


def test_only_who_holds_meetings_picks(client_of, olga, gates):
    page = client_of(olga)

    assert 'class="pick"' not in text(page.get("/pilots/"))
    assert page.post(SELECT, {"pilots": [gates[0].pilot_id]}).status_code == 403


def test_old_selections_are_dropped_with_the_next(page, gates, petra, ana):
    with clock.at(timezone.now() - timedelta(days=2)):
        for person in (petra, ana):
            Selection.objects.create(by=person, made_at=clock.now(), pilots=[1])

    picked(page, gates[0])

    assert {(one.by, tuple(one.pilots)) for one in Selection.objects.all()} == {
        (ana, (1,)),
        (petra, (gates[0].pilot_id,)),
    }


def test_every_row_can_be_picked_by_its_name(page, gates):
    listed = text(page.get("/pilots/"))

    assert re.findall(r'aria-label="Pick (\w+)"', listed) == ["Contracts", "Invoices", "Welding"]
