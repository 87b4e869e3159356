"""Signs over the portfolio: the counts against the rows themselves, history, and each number leading to its pilots."""

from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gates.choices import FailureMode, Sign
from gates.models import SignSpell
from gates.signs.actions import refresh_signs
from gates.signs.by_pilot import columns_of, pilots_showing, rows_of
from gates.signs.page import choice_of, sections
from gates.signs.portfolio import heat, month_ends, rows_of_file
from gates.templatetags.gate_words import more_or_fewer
from pilots.choices import PilotState
from pilots.models import Pilot
from tests.builders import make_pilot, make_programme, make_user
from tests.gates.signs.test_refresh import under_way

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)
MODES = FailureMode.values


@pytest.fixture
def world(programme, olga):
    """Pilots at several places of two programmes, some owned, one over."""
    other = make_programme("Back office")
    pilots = [
        make_pilot(programme, owner=olga, title="In intake"),
        under_way(programme, owner=olga, title="First", phase=1),
        under_way(programme, title="Second", phase=2),
        under_way(other, title="Third", phase=3, phase_name="Planning"),
        under_way(other, title="Live", phase=4, in_production=True),
        make_pilot(other, title="Somewhere", state=PilotState.ACTIVE),
        under_way(other, title="Stopped", phase=1, state=PilotState.STOPPED),
    ]
    keys = {1: "poc", 2: "pilot", 3: "planning", 4: "live"}
    for pilot in pilots:
        if pilot.phase_number:
            Pilot.objects.filter(pk=pilot.pk).update(phase=keys[pilot.phase_number])
    refresh_signs([pilot.pk for pilot in pilots], today=TODAY)
    return pilots


def looked_at(by="phase", modes=MODES, pilots=None, today=TODAY):
    return heat(Pilot.objects.all() if pilots is None else pilots, by=by, modes=modes, today=today)


@pytest.mark.parametrize("by", ["phase", "programme"])
def test_every_count_is_the_count_of_its_rows(world, by):
    found = looked_at(by)
    standing = SignSpell.objects.standing()

    assert found.pilots == 6
    assert found.touched == standing.values("pilot").distinct().count()
    assert [mode.touched for mode in found.modes] == sorted(
        (mode.touched for mode in found.modes), reverse=True
    )
    for mode in found.modes:
        signs = [row.sign.key for row in mode.rows]
        assert mode.touched == standing.filter(sign__in=signs).values("pilot").distinct().count()
        assert [row.count for row in mode.rows] == sorted((row.count for row in mode.rows), reverse=True)
        for row in mode.rows:
            assert row.count == standing.filter(sign=row.sign.key).count() == sum(c.count for c in row.cells)
            assert row.of == sum(cell.of for cell in row.cells) >= row.count
            assert all(cell.count <= cell.of for cell in row.cells)


def test_columns_come_in_the_order_in_which_pilots_go_through_them(world):
    assert [title for _, title, _ in looked_at().columns] == [
        "Intake", "Phase unknown", "Pilot", "Pilot", "Planning", "Pilot",
    ]  # fmt: skip
    assert [column for column, _, _ in looked_at().columns] == [
        ("state", "intake"), ("phase", "unknown"), ("phase", "poc"), ("phase", "pilot"),
        ("phase", "planning"), ("phase", "live"),
    ]  # fmt: skip
    assert looked_at("programme").columns == [
        (("programme", "back-office"), "Back office", 3),
        (("programme", "customer-service"), "Customer service", 3),
    ]


def test_a_sign_is_counted_of_those_whom_it_concerns(world):
    rows = {row.sign.sign: row for mode in looked_at().modes for row in mode.rows}

    assert (rows[Sign.NO_OWNER].count, rows[Sign.NO_OWNER].of, rows[Sign.NO_OWNER].percent) == (4, 6, 67)
    assert (rows[Sign.NO_BUSINESS_KPI].count, rows[Sign.NO_BUSINESS_KPI].of) == (5, 5)
    assert (rows[Sign.NOT_LOAD_TESTED].count, rows[Sign.NOT_LOAD_TESTED].of) == (2, 2)
    assert rows[Sign.ADOPTION_BELOW_PLAN].of == 1


def test_every_number_leads_to_exactly_its_pilots(world, ida, client_of):
    client = client_of(ida)
    pilots = Pilot.objects.visible_to(ida)
    for by in ("phase", "programme"):
        found = heat(pilots, by=by, modes=[FailureMode.PORTFOLIO], today=TODAY)
        choice = choice_of(QueryDict(f"by={by}"))
        (section,) = sections(found, choice)
        numbers = [(section.url, section.touched)]
        for line in section.lines:
            numbers += [(line.url, line.row.count)] * bool(line.row.count)
            numbers += [(square.url, square.count) for square in line.squares if square.count]
        assert len(numbers) > 3
        for url, count in numbers:
            assert client.get(url).context["found"].matching == count, url


def test_what_narrows_the_signs_narrows_the_pilots_a_number_leads_to(world):
    choice = choice_of(QueryDict("programme=back-office&phase=poc&q=a&health=at_risk&by=phase"))
    (section, *_) = sections(looked_at(modes=[FailureMode.PORTFOLIO]), choice)

    squares = [square.url for line in section.lines for square in line.squares if square.url]
    asked = QueryDict(urlsplit(squares[0]).query)
    assert asked.getlist("programme") == ["back-office"]
    assert asked["q"] == "a"
    assert "health" not in asked
    assert asked.getlist("phase") in (["poc"], [asked["phase"]])


@pytest.mark.parametrize(
    "asked", ["sign=no_owner", "state=active", "health=at_risk&overdue=true&sign=no_sponsor"]
)
def test_what_the_heat_table_cannot_be_narrowed_by_narrows_nothing(asked, world, ida, client_of):
    """Its numbers would lead to other pilots than they count."""
    client, page = client_of(ida), reverse("gates:signs")

    whole, narrowed = client.get(page), client.get(f"{page}?{asked}")
    assert narrowed.context["heat"] == whole.context["heat"]
    assert narrowed.context["sections"] == whole.context["sections"]
    assert list(client.get(f"{reverse('gates:signs_csv')}?{asked}")) == list(
        client.get(reverse("gates:signs_csv"))
    )


def test_one_sign_narrows_the_list_of_pilots_and_its_file(world, ida, client_of):
    client, asked = client_of(ida), "view=pilots&sign=not_load_tested"

    page = client.get(f"{reverse('gates:signs')}?{asked}")
    assert {row.pilot.title for row in page.context["rows"]} == {"Third", "Live"}
    head, _, rows = (
        client.get(f"{reverse('gates:signs_csv')}?{asked}").getvalue().decode().partition("Pilot,Title")
    )
    assert "sign,not_load_tested" in head
    assert "view" not in head
    assert {title in rows for title in ("Third", "Live")} == {True}
    assert "Second" not in rows


def test_ways_to_fail_that_are_left_out_count_nowhere(world):
    chosen = [FailureMode.CHANGE_FORGOTTEN, FailureMode.NO_PIPELINE]
    found = looked_at(modes=chosen)

    assert {mode.mode for mode in found.modes} == set(chosen)
    assert found.touched == len(by_pilot(chosen)) == 3 < looked_at().touched


def test_history_counts_who_showed_a_sign_at_the_end_of_each_month(programme):
    pilots = [under_way(programme) for _ in range(3)]
    spells = [
        (pilots[0], date(2025, 10, 5), None),
        (pilots[1], date(2025, 11, 30), date(2026, 1, 31)),
        (pilots[2], date(2025, 12, 2), date(2025, 12, 20)),
    ]
    for pilot, since, until in spells:
        SignSpell.objects.create(pilot=pilot, sign=Sign.NO_OWNER, since=since, until=until, reason="So.")

    found = looked_at()

    (row,) = [row for mode in found.modes for row in mode.rows if row.sign.sign == Sign.NO_OWNER]
    assert [count for _, count in row.months] == [None] * 6 + [1, 2, 2, 1, 1, 1][-6:]
    assert [day for day, _ in row.months][-6:] == [
        date(2025, 10, 31), date(2025, 11, 30), date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 28), TODAY,
    ]  # fmt: skip
    assert row.change == -1
    # At the end of December the first two showed it; the second has not since, and nobody came.
    (mode,) = [mode for mode in found.modes if mode.mode == FailureMode.PORTFOLIO]
    assert (found.touched, found.change) == (mode.touched, mode.change) == (1, -1)
    assert found.counted_since == date(2025, 10, 5)


def test_month_ends_are_twelve_and_the_last_is_today():
    assert month_ends(date(2026, 3, 31))[-2:] == [date(2026, 2, 28), date(2026, 3, 31)]
    assert month_ends(date(2026, 1, 1))[-2:] == [date(2025, 12, 31), date(2026, 1, 1)]
    assert len(month_ends(TODAY)) == 12


def by_pilot(modes=MODES, today=TODAY):
    everyone = Pilot.objects.all()
    return rows_of(pilots_showing(everyone, modes), columns_of(everyone, modes), today=today)


def test_pilots_are_listed_with_every_sign_that_they_show(world):
    listed = by_pilot()

    assert [row.signs for row in listed] == sorted((row.signs for row in listed), reverse=True)
    for row in listed:
        standing = set(row.pilot.sign_spells.standing().values_list("sign", flat=True))
        assert {field.sign.key for field in row.fields if field.since} == standing
        assert row.signs == len(standing)
        assert all(field.reason for field in row.fields if field.since)


def test_the_columns_are_the_signs_that_anybody_shows_by_way_to_fail(world):
    columns = columns_of(Pilot.objects.all(), MODES)

    shown = SignSpell.objects.standing().filter(pilot__in=[pilot.pk for pilot in world[:6]])
    assert {sign.key for sign in columns} == set(shown.values_list("sign", flat=True))
    assert [MODES.index(sign.mode) for sign in columns] == sorted(MODES.index(sign.mode) for sign in columns)
    assert {row.pilot.title for row in by_pilot([FailureMode.CHANGE_FORGOTTEN])} == {
        "Second",
        "Third",
        "Live",
    }


def test_a_field_is_darker_the_longer_its_sign_shows(world):
    def depths(days: int) -> set[int]:
        rows = by_pilot(today=TODAY + timedelta(days=days))
        return {field.depth for row in rows for field in row.fields if field.since}

    assert [depths(days) for days in (0, 29, 30, 89, 90, 180, 364, 365)] == [
        {1}, {1}, {2}, {2}, {3}, {4}, {4}, {5},
    ]  # fmt: skip


def test_the_file_has_a_row_for_each_sign(world):
    rows = list(rows_of_file(Pilot.objects.all(), [FailureMode.PORTFOLIO]))

    assert len(rows) == 4
    assert [row[1] for row in rows] == ["Live", "Second", "Somewhere", "Third"]
    assert rows[1][4:] == [
        "", "Lost in the portfolio", "No accountable owner", TODAY, "Nobody owns this pilot.", "Name an owner.",
    ]  # fmt: skip


@pytest.mark.parametrize("path", ["gates:signs", "gates:signs_csv"])
@pytest.mark.parametrize("asked", ["", "by=programme&mode=portfolio&phase=pilot", "view=pilots&q=o"])
def test_a_page_costs_the_same_with_few_and_many_pilots(path, asked, programme, petra, client_of):
    client = client_of(petra)

    def queries(number: int) -> int:
        pilots = [under_way(programme, title=f"No. {number}") for number in range(number)]
        refresh_signs([pilot.pk for pilot in pilots], today=TODAY)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"{reverse(path)}?{asked}").status_code == 200
        return len(captured)

    queries(1)  # what is asked once in a process
    few = queries(2)
    assert few <= 10
    assert queries(20) == few


def test_nobody_sees_signs_of_other_programmes(world, nils, client_of):
    join_free = client_of(nils)
    page = join_free.get(reverse("gates:signs")).content.decode()

    assert "No pilots yet" in page
    assert "First" not in join_free.get(reverse("gates:signs_csv")).getvalue().decode()


def test_signs_of_a_person_who_left_are_on_the_page(world, petra, client_of):
    text = client_of(petra).get(f"{reverse('gates:signs')}?view=pilots&sign=no_owner").content.decode()

    assert "Second" in text
    assert "In intake" not in text


def test_history_before_anything_was_counted_is_unknown_not_none():
    make_pilot(owner=make_user())
    found = looked_at(today=TODAY + timedelta(days=1))

    assert found.counted_since is None
    assert found.change is None
    assert {count for mode in found.modes for row in mode.rows for _, count in row.months} == {None}
    assert all(row.change is None for mode in found.modes for row in mode.rows)


@pytest.mark.parametrize(
    ("change", "words"), [(1, "1 more than"), (-1200, "1,200 fewer than"), (0, "as many as")]
)
def test_a_change_is_said_in_words(change, words):
    assert more_or_fewer(change) == words
