"""Who is told of which pilots that try the same, and telling them apart."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gates import events
from gates.checks import CHECKS
from gates.models import Distinction, Overlap
from gates.overlap.actions import tell_apart, undo_distinction
from gates.overlap.indexing import refresh_all_overlaps
from gates.overlap.queries import OverlapChoice, overlaps_of, overlaps_seen, pairs_of, similar_to
from gates.overlap.rules import outcome_in_words
from pilots.choices import PilotState, Role
from pilots.models import Event, Pilot
from pilots.rules import RuleViolation
from tests.builders import days_ago, join, make_overlap, make_pilot, make_programme, make_user
from tests.gates.overlap.conftest import INVOICES

pytestmark = pytest.mark.django_db


def titles(found) -> list[str]:
    return [one.pilot.title for one in found]


def seen(user, **choice) -> list[tuple[str, str, int]]:
    pairs = pairs_of(overlaps_seen(user, OverlapChoice(**choice)))
    return [(two.left.pilot.title, two.right.pilot.title, two.copies) for two in pairs]


@pytest.fixture
def elsewhere(write, portfolio):
    """A pilot of a programme that only Ida and Erika Everywhere see."""
    return write("Invoice robot", INVOICES, programme=make_programme("Secret works"))


@pytest.fixture
def everywhere(db):
    return join(make_user("Erika Everywhere"), None, Role.EXECUTIVE)


# --- Who sees what ------------------------------------------------------------------------------
def test_a_pilot_the_reader_cannot_see_does_not_exist_for_them(portfolio, elsewhere, olga, everywhere):
    refresh_all_overlaps()
    invoices = portfolio["invoices"]

    assert titles(overlaps_of(invoices, olga)) == ["Invoice capture"]
    assert sorted(titles(overlaps_of(invoices, everywhere))) == ["Invoice capture", "Invoice robot"]
    assert seen(olga) == [("Invoice reading", "Invoice capture", 1)]
    assert len(seen(everywhere)) == 3
    assert "Invoice robot" not in titles(similar_to(olga, title="Invoice robot", problem=INVOICES))
    assert "Invoice robot" in titles(similar_to(everywhere, title="Invoice robot", problem=INVOICES))
    assert not Overlap.objects.visible_to(make_user("Stella Stranger")).exists()


def test_a_reason_of_the_check_names_no_pilot_of_another_programme(portfolio, elsewhere):
    make_overlap(portfolio["whales"], elsewhere, score=0.9)
    make_overlap(portfolio["whales"], portfolio["leases"], score=0.9)
    Pilot.objects.update(state=PilotState.ACTIVE)

    failures = CHECKS["no_overlap"](Pilot.objects.all(), days_ago(0))

    whales, leases = portfolio["whales"], portfolio["leases"]
    assert failures.keys() == {whales.pk, leases.pk}
    assert failures[whales.pk] == f"“Lease abstracts” ({leases.key}) tries the same and is under way."


def test_what_is_said_across_programmes_names_neither_in_the_log_of_the_other(
    portfolio, elsewhere, olga, petra
):
    make_overlap(portfolio["whales"], elsewhere)
    make_overlap(portfolio["whales"], portfolio["leases"])
    tell_apart(pilot=portfolio["whales"], other=elsewhere, reason="It robs Invoice robot.", by=petra)
    tell_apart(pilot=portfolio["whales"], other=portfolio["leases"], reason="No lease here.", by=petra)

    told = Event.objects.filter(type=events.PILOTS_TOLD_APART).order_by("pk")
    assert {event.pilot for event in told[:2]} == {portfolio["whales"], elsewhere}
    assert [event.data for event in told[:2]] == [{}, {}]
    assert all(event.data["reason"] == "No lease here." for event in told[2:])


# --- How it ended -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("state", "facts", "said"),
    [
        ("stopped", {"ended_on": date(2024, 5, 1), "stopped_for": "Data"}, "Stopped in 2024: data"),
        ("stopped", {"ended_on": date(2024, 5, 1)}, "Stopped in 2024"),
        ("stopped", {"stopped_for": "Other"}, "Stopped: other"),
        ("retired", {"ended_on": date(2023, 5, 1)}, "Retired in 2023"),
        ("retired", {}, "Retired"),
        ("active", {"phase": "Pilot", "since": date(2025, 1, 2)}, "Active in Pilot since 2025"),
        ("active", {}, "Active, phase unknown"),
        ("on_hold", {"phase": "Pilot"}, "On hold in Pilot"),
        ("intake", {"since": date(2025, 1, 2)}, "In intake since 2025"),
        ("intake", {}, "In intake"),
    ],
)  # fmt: skip
def test_the_outcome_is_told_in_words(state, facts, said):
    blank = {"phase": "", "since": None, "ended_on": None, "stopped_for": ""}

    assert outcome_in_words(state=state, **blank | facts) == said


# --- Offered while it is written down -----------------------------------------------------------
def test_what_is_typed_finds_what_is_there(portfolio, olga):
    refresh_all_overlaps()

    found = similar_to(olga, title="Reading of invoices", problem="Paper is scanned and typed by clerks")

    assert set(titles(found)) == {"Invoice reading", "Invoice capture"}
    assert found[0].score >= found[1].score
    assert (
        similar_to(olga, title="", problem="") == similar_to(olga, title="Zebra crossing", problem="") == []
    )


def test_typing_asks_the_same_number_of_queries_however_many_are_alike(portfolio, write, olga):
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert similar_to(olga, title="Invoice reading", problem=INVOICES)
        return len(asked)

    refresh_all_overlaps()
    olga.access  # noqa: B018 - read once per request, before
    before = cost()
    for number in range(5):
        write(f"Invoice reader {'abcde'[number] * 4}", INVOICES)
    refresh_all_overlaps()

    assert cost() == before <= 3


# --- The list -----------------------------------------------------------------------------------
def test_pairs_of_the_same_two_texts_are_one_row(write, olga):
    for number in range(4):
        write(f"Plate reader {number}", "Reads plates of cars.")
    refresh_all_overlaps()

    assert Overlap.objects.count() == 6
    assert [copies for *_, copies in seen(olga)] == [6]


def test_the_list_is_narrowed(portfolio, olga):
    invoices, bills, leases, whales = portfolio.values()
    make_overlap(invoices, bills, score=0.8)
    make_overlap(leases, whales, score=0.4)
    Pilot.objects.filter(pk=whales.pk).update(phase="pilot", phase_number=2, phase_name="Pilot")
    first, second = ("Invoice reading", "Invoice capture", 1), ("Lease abstracts", "Whale counting", 1)

    assert seen(olga) == [first, second]
    assert seen(olga, likely=True) == seen(olga, q="scanned paper") == [first]
    assert seen(olga, phase="pilot") == seen(olga, q=whales.key) == [second]
    assert seen(olga, programme="customer-service") == [first, second]
    assert seen(olga, programme="elsewhere") == seen(olga, q="zebra") == seen(olga, apart=True) == []


def test_the_list_costs_the_same_however_many_pairs(programme, olga):
    pilots = [make_pilot(programme) for _ in range(20)]
    make_overlap(pilots[0], pilots[1])

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert pairs_of(overlaps_seen(olga, OverlapChoice()))
        return len(asked)

    olga.access  # noqa: B018
    before = cost()
    for pilot in pilots[2:]:
        make_overlap(pilots[0], pilot)

    assert cost() == before <= 3


# --- Telling apart ------------------------------------------------------------------------------
def test_told_apart_holds_for_both_and_can_be_undone(portfolio, olga):
    invoices, bills, *_ = portfolio.values()
    make_overlap(invoices, bills)

    said = tell_apart(pilot=bills, other=invoices, reason=" Theirs are bills. ", by=olga)

    assert overlaps_of(invoices, olga) == overlaps_of(bills, olga) == [] == seen(olga)
    (apart,) = overlaps_of(invoices, olga, apart=True)
    assert (apart.pilot, apart.distinction, apart.distinction.reason) == (bills, said, "Theirs are bills.")
    assert len(seen(olga, apart=True)) == 1

    undo_distinction(distinction=said, by=olga)
    assert titles(overlaps_of(invoices, olga)) == ["Invoice capture"]
    assert tell_apart(pilot=invoices, other=bills, reason="Again.", by=olga).pk != said.pk


def test_a_night_does_not_forget_what_was_told_apart(portfolio, olga):
    refresh_all_overlaps()
    tell_apart(pilot=portfolio["invoices"], other=portfolio["bills"], reason="Bills.", by=olga)

    refresh_all_overlaps()

    assert overlaps_of(portfolio["invoices"], olga) == []


def test_the_same_word_sent_twice_is_said_once(portfolio, olga, petra):
    two = {"pilot": portfolio["invoices"], "other": portfolio["bills"], "reason": "Bills."}
    said = tell_apart(**two, by=olga)

    assert tell_apart(**two, by=olga) == said
    assert Event.objects.filter(type=events.PILOTS_TOLD_APART).count() == 2
    with pytest.raises(RuleViolation, match="already"):
        tell_apart(**two, by=petra)
    Distinction.objects.update(said_at=said.said_at - timedelta(minutes=1))
    with pytest.raises(RuleViolation, match="already"):
        tell_apart(**two, by=olga)


def test_what_cannot_be_said(portfolio, olga):
    invoices, bills, *_ = portfolio.values()
    with pytest.raises(RuleViolation, match="Say why"):
        tell_apart(pilot=invoices, other=bills, reason=" ", by=olga)
    said = tell_apart(pilot=invoices, other=bills, reason="Bills.", by=olga)
    with pytest.raises(RuleViolation, match="already"):
        tell_apart(pilot=bills, other=invoices, reason="Other bills.", by=olga)
    undo_distinction(distinction=said, by=olga)
    with pytest.raises(RuleViolation, match="taken back"):
        undo_distinction(distinction=said, by=olga)

    assert Distinction.objects.count() == 1
    assert Event.objects.filter(type=events.DISTINCTION_UNDONE).count() == 2


# --- The check ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("other", "score", "apart", "fails"),
    [
        (PilotState.ACTIVE, 0.5, False, "is under way"),
        (PilotState.ON_HOLD, 0.9, False, "is under way"),
        (PilotState.STOPPED, 0.5, False, "was stopped"),
        (PilotState.INTAKE, 0.9, False, ""),
        (PilotState.RETIRED, 0.9, False, ""),
        (PilotState.ACTIVE, 0.49, False, ""),
        (PilotState.ACTIVE, 0.9, True, ""),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_the_check_fails_on_what_is_very_alike_and_goes_on_or_was_stopped(
    other, score, apart, fails, first, portfolio, petra
):
    two = [portfolio["invoices"], portfolio["bills"]]
    pilot, alike = two if first else two[::-1]
    Pilot.objects.filter(pk=alike.pk).update(state=other)
    make_overlap(pilot, alike, score=score)
    if apart:
        tell_apart(pilot=pilot, other=alike, reason="Bills.", by=petra)

    reason = CHECKS["no_overlap"](Pilot.objects.filter(pk=pilot.pk), days_ago(0)).get(pilot.pk, "")

    assert (fails in reason) if fails else (reason == "")


def test_the_check_costs_the_same_however_many_pilots(portfolio, programme):
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            CHECKS["no_overlap"](Pilot.objects.all(), days_ago(0))
        return len(asked)

    before = cost()
    pilots = [make_pilot(programme, state=PilotState.ACTIVE) for _ in range(10)]
    for pilot in pilots[1:]:
        make_overlap(pilots[0], pilot)

    assert cost() == before == 2
