"""Keeping who tries the same: whole, one by one, after imports, and what changes it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gates.models import ComparedText, Overlap, Word, WordOfText
from gates.overlap import tasks
from gates.overlap.indexing import refresh_all_overlaps, refresh_missing, refresh_overlaps_of
from pilots.actions.pilots import archive_pilot, edit_pilot, restore_pilot
from pilots.choices import PilotState
from pilots.models import DataSource, Event, Pilot
from pilots.registers.actions import remove_entry
from tests.builders import make_entry
from tests.gates.overlap.conftest import INVOICES, LEASES

pytestmark = pytest.mark.django_db


def alike() -> dict[frozenset[str], float]:
    """Titles of each pair, and the score."""
    pairs = Overlap.objects.select_related("pilot", "other")
    return {frozenset((pair.pilot.title, pair.other.title)): pair.score for pair in pairs}


def everything() -> list:
    return [
        list(model.objects.order_by("pk").values()) for model in (ComparedText, Word, WordOfText, Overlap)
    ]


SAME = frozenset({"Invoice reading", "Invoice capture"})


def test_pilots_that_write_alike_are_a_pair_with_the_words_they_share(portfolio):
    changed = refresh_all_overlaps()

    pair = Overlap.objects.get()
    assert changed == {pair.pilot_id, pair.other_id}
    assert {pair.pilot, pair.other} == {portfolio["invoices"], portfolio["bills"]}
    assert 0.3 <= pair.score < 1
    assert {"invoice", "clerk", "scanned"} <= set(pair.words)


def test_a_second_night_changes_nothing(portfolio):
    refresh_all_overlaps()
    before = everything()

    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert refresh_all_overlaps() == set()

    assert everything() == before
    assert not [query for query in asked if query["sql"].startswith(("INSERT", "UPDATE"))]


def test_one_by_one_comes_to_the_same_as_all_at_once(portfolio):
    refresh_all_overlaps()
    whole = alike()

    for pilot in portfolio.values():
        refresh_overlaps_of(pilot.pk)

    assert alike() == pytest.approx(whole, abs=1e-3)


def test_a_pilot_written_anew_leaves_one_pair_and_joins_another(portfolio, olga):
    refresh_all_overlaps()

    changed = portfolio["bills"]
    edit_pilot(pilot=changed, title="Lease reading", problem=LEASES, by=olga)
    tasks.refresh_overlaps(Event.objects.latest("pk").pk)

    assert alike().keys() == {frozenset({"Lease reading", "Lease abstracts"})}


def test_words_of_the_new_pilot_alone_are_known_from_then_on(portfolio, write):
    refresh_all_overlaps()

    for title in ("Tsunami forecasts", "Tsunami warnings"):
        refresh_overlaps_of(write(title, "Seismographs see the tsunami first.").pk)

    assert frozenset({"Tsunami forecasts", "Tsunami warnings"}) in alike()


def test_what_says_nothing_of_a_pilot_starts_no_comparison(portfolio, olga, monkeypatch):
    refresh_all_overlaps()
    edit_pilot(pilot=portfolio["bills"], vendor="Papierlos GmbH", by=olga)

    asked = []
    monkeypatch.setattr(
        "gates.overlap.indexing.refresh_overlaps_of", lambda pilot: asked.append(pilot) or set()
    )
    tasks.refresh_overlaps(Event.objects.latest("pk").pk)
    assert asked == []

    edit_pilot(pilot=portfolio["bills"], problem="Nobody knows.", by=olga)
    tasks.refresh_overlaps(Event.objects.latest("pk").pk)
    assert asked == [portfolio["bills"].pk]


def test_the_names_of_data_sources_are_compared_too(write, olga):
    two = [write("Forecasts of returns"), write("Where parcels go")]
    for pilot in two:
        make_entry(pilot, "data", name="Parcel scanner archive")
    refresh_all_overlaps()
    assert alike().keys() == {frozenset(pilot.title for pilot in two)}

    remove_entry(entry=DataSource.objects.get(pilot=two[0]), by=olga)
    tasks.refresh_overlaps(Event.objects.latest("pk").pk)
    assert alike() == {}


def test_an_archived_idea_is_not_compared_and_comes_back_with_it(portfolio, ida):
    refresh_all_overlaps()

    archive_pilot(pilot=portfolio["bills"], by=ida)
    tasks.refresh_overlaps(Event.objects.latest("pk").pk)
    assert alike() == {}

    restore_pilot(pilot=portfolio["bills"], by=ida)
    tasks.refresh_overlaps(Event.objects.latest("pk").pk)
    assert alike().keys() == {SAME}


@pytest.mark.parametrize("state", [PilotState.STOPPED, PilotState.RETIRED])
def test_what_was_tried_before_is_found_also_where_it_is_archived(state, portfolio):
    pilots = Pilot.objects.filter(pk=portfolio["bills"].pk)
    pilots.update(state=state, archived_at=timezone.now())

    refresh_all_overlaps()

    assert alike().keys() == {SAME}


def test_at_night_an_archived_idea_is_forgotten(portfolio):
    refresh_all_overlaps()
    Pilot.objects.filter(pk=portfolio["bills"].pk).update(archived_at=timezone.now())

    refresh_all_overlaps()

    assert alike() == {}
    assert not ComparedText.objects.filter(pilot=portfolio["bills"]).exists()


def test_what_no_event_told_of_is_compared_within_a_minute(portfolio):
    assert refresh_missing() == {portfolio["invoices"].pk, portfolio["bills"].pk}
    assert alike().keys() == {SAME}
    assert refresh_missing() == set()


def test_many_that_are_missing_are_compared_at_once(portfolio, monkeypatch):
    monkeypatch.setattr("gates.overlap.indexing.refresh_overlaps_of", None)

    refresh_missing(many=3)

    assert alike().keys() == {SAME}


def test_a_pilot_without_a_word_is_compared_with_nothing(write):
    refresh_overlaps_of(write("The", "and of.").pk)
    refresh_all_overlaps()

    assert alike() == {}


def test_editing_one_pilot_costs_the_same_number_of_queries_however_many_there_are(portfolio, write):
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            refresh_overlaps_of(portfolio["invoices"].pk)
        return len(asked)

    refresh_all_overlaps()
    cost()
    before = cost()
    for number in range(30):
        write(
            f"Whale photographs {'abcdefghij'[number % 10] * 3}", INVOICES if number < 5 else "Whales dive."
        )
    refresh_all_overlaps()

    assert cost() == before
