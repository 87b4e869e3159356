"""Every request for review has a pack of its own, in whatever order things happen."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gates import events
from gates.evidence.actions import add_evidence
from gates.journey.actions import plan_gate, request_review
from gates.models import DecisionPack, Gate, ReviewTurn
from gates.packs import actions
from gates.packs.actions import freeze_due_packs, freeze_pack
from gates.packs.queries import due_freezes
from gates.packs.rules import Frozen, freeze_due
from gates.review.actions import send_back, withdraw_review
from gates.rules import freeze_moment
from gates.upgrades.actions import upgrade_chunk
from pilots import clock
from pilots.models import Event, Pilot
from tests.builders import make_pilot, make_playbook, start
from tests.gates.packs.conftest import BERLIN, PLANNED, moment
from tests.gates.upgrades.builders import next_version

pytestmark = pytest.mark.django_db
FREEZE = date(2026, 11, 24)


@pytest.fixture
def at(django_capture_on_commit_callbacks):
    """`at("2026-11-24 19:00", call, …)`: do it then, with all that it starts after its commit."""

    def do(text: str, call, **arguments):
        with moment(text), django_capture_on_commit_callbacks(execute=True):
            return call(**arguments)

    return do


def packs() -> list[tuple[int, date | None, int]]:
    """Number, freeze, and which request it is of, from 1."""
    asked = list(ReviewTurn.objects.filter(step="requested").order_by("pk").values_list("pk", flat=True))
    rows = DecisionPack.objects.order_by("pk").values_list("number", "freeze_on", "request")
    return [(number, day, asked.index(request) + 1) for number, day, request in rows]


# --- The orders --------------------------------------------------------------------------------
def test_asked_frozen_sent_back_and_asked_again_it_is_frozen_again_at_once(in_review, olga, ana, at):
    at("2026-11-24 18:00", freeze_due_packs)
    at("2026-11-25 09:00", send_back, gate=in_review, reason="Say who pays.", by=ana)
    at("2026-11-25 09:10", freeze_due_packs)
    assert packs() == [(1, FREEZE, 1)]

    at("2026-11-25 10:00", request_review, gate=in_review, by=olga)

    assert packs() == [(1, FREEZE, 1), (2, FREEZE, 2)]
    at("2026-11-25 10:10", freeze_due_packs)
    at("2026-11-26 10:10", freeze_due_packs)
    assert len(packs()) == Event.objects.filter(type=events.PACK_FROZEN).count() == 2


def test_asked_sent_back_and_asked_again_before_the_freeze_there_is_one_pack_of_the_last(
    in_review, olga, ana, at
):
    at("2026-11-21 09:00", send_back, gate=in_review, reason="Say who pays.", by=ana)
    at("2026-11-22 09:00", request_review, gate=in_review, by=olga, message="Finance does.")
    assert packs() == []

    at("2026-11-24 18:00", freeze_due_packs)
    at("2026-11-24 18:10", freeze_due_packs)

    assert packs() == [(1, FREEZE, 2)]
    assert DecisionPack.objects.get().content["ask"]["said"] == "Finance does."


def test_sent_back_over_the_freeze_it_is_frozen_when_it_is_asked_for(in_review, olga, ana, at):
    at("2026-11-24 17:00", send_back, gate=in_review, reason="Say who pays.", by=ana)
    at("2026-11-24 18:00", freeze_due_packs)
    assert packs() == []

    at("2026-11-24 19:00", request_review, gate=in_review, by=olga)

    assert packs() == [(1, FREEZE, 2)]


def test_a_request_taken_back_and_made_again_counts_as_another(in_review, olga, at):
    at("2026-11-24 18:00", freeze_due_packs)
    for hour in ("09", "10", "11"):
        at(f"2026-11-25 {hour}:00", withdraw_review, gate=in_review, by=olga)
        at(f"2026-11-25 {hour}:30", request_review, gate=in_review, by=olga)

    assert packs() == [(number, FREEZE, number) for number in (1, 2, 3, 4)]


def test_without_a_worker_at_the_time_the_clock_does_it_later_and_once(in_review, olga, ana):
    with moment("2026-11-24 18:30"):
        send_back(gate=in_review, reason="Say who pays.", by=ana)
    with moment("2026-11-24 19:00"):
        request_review(gate=in_review, by=olga)
    with moment("2026-11-27 08:00"):
        assert (freeze_due_packs(), freeze_due_packs()) == (1, 0)

    assert packs() == [(1, FREEZE, 2)]  # of the first request nobody can say any more how it stood


def test_a_review_that_an_upgrade_sent_back_is_frozen_on_the_new_terms(in_review, olga, petra, at):
    at("2026-11-24 18:00", freeze_due_packs)
    version = in_review.definition.phase.version
    newer = next_version(version, score_threshold=50)  # which freezes on the day itself
    at("2026-11-25 09:00", upgrade_chunk, pilots=[in_review.pilot_id], version=newer, by=petra)

    at("2026-11-25 10:00", request_review, gate=in_review, by=olga)
    at("2026-11-26 18:00", freeze_due_packs)

    assert packs() == [(1, FREEZE, 1), (2, PLANNED, 2)]
    assert DecisionPack.objects.first().content["readiness"]["score_threshold"] == 50


# --- The plan moves ----------------------------------------------------------------------------
def plan(gate: Gate, day: date, by) -> Gate:
    return plan_gate(gate=gate, planned_on=day, forecast_on=None, reason="The board moved.", by=by)


def test_each_request_is_frozen_for_the_day_that_is_planned_then(in_review, olga, ana, petra, at):
    at("2026-11-24 18:00", freeze_due_packs)
    at("2026-11-25 09:00", plan, gate=in_review, day=date(2026, 12, 10), by=petra)
    at("2026-11-25 10:00", send_back, gate=in_review, reason="There is time now.", by=ana)
    at("2026-12-01 09:00", request_review, gate=in_review, by=olga)
    assert len(packs()) == 1

    at("2026-12-08 18:00", freeze_due_packs)

    assert packs() == [(1, FREEZE, 1), (2, date(2026, 12, 8), 2)]


def test_a_plan_moved_to_a_day_whose_freeze_is_past_is_frozen_at_once(in_review, petra, at):
    at("2026-11-23 09:00", plan, gate=in_review, day=date(2026, 11, 24), by=petra)

    assert packs() == [(1, date(2026, 11, 22), 1)]


def test_a_plan_moved_back_after_the_freeze_leaves_the_pack_that_there_is(in_review, olga, ana, petra, at):
    at("2026-11-24 18:00", freeze_due_packs)
    at("2026-11-24 19:00", plan, gate=in_review, day=date(2026, 11, 25), by=petra)
    at("2026-11-24 20:00", plan, gate=in_review, day=PLANNED, by=petra)
    assert packs() == [(1, FREEZE, 1)]

    at("2026-11-25 09:00", send_back, gate=in_review, reason="Say who pays.", by=ana)
    at("2026-11-25 10:00", request_review, gate=in_review, by=olga)

    assert packs() == [(1, FREEZE, 1), (2, FREEZE, 2)]


# --- By hand, archived, half -------------------------------------------------------------------
def test_one_frozen_by_hand_takes_the_place_of_none(in_review, petra, at):
    at("2026-11-24 10:00", freeze_pack, gate=in_review, by=petra)
    at("2026-11-24 18:00", freeze_due_packs)

    assert packs() == [(1, None, 1), (2, FREEZE, 1)]


def test_one_frozen_by_hand_without_a_request_names_none(gate, petra):
    assert freeze_pack(gate=gate, by=petra).request is None


def test_a_gate_in_review_from_before_requests_were_kept_is_frozen_once(gate):
    Gate.objects.filter(pk=gate.pk).update(status="submitted")
    with moment("2026-11-24 18:00"):
        assert (freeze_due_packs(), freeze_due_packs()) == (1, 0)

    assert DecisionPack.objects.get().request is None


def test_a_pilot_restored_from_the_archive_is_frozen_then(in_review, at):
    Pilot.objects.update(archived_at=datetime(2026, 11, 22, tzinfo=BERLIN))
    at("2026-11-24 18:00", freeze_due_packs)
    Pilot.objects.update(archived_at=None)
    at("2026-12-24 18:00", freeze_due_packs)

    assert packs() == [(1, FREEZE, 1)]


def test_half_done_it_left_nothing_and_is_done_whole_at_the_next_run(in_review, monkeypatch):
    record = actions.record

    def die(*args, **kwargs):
        raise SystemExit  # as a killed process: after the pack was written, before its event

    monkeypatch.setattr(actions, "record", die)
    with moment("2026-11-24 18:00"):
        with pytest.raises(SystemExit):
            freeze_due_packs()
        assert packs() == []
        monkeypatch.setattr(actions, "record", record)
        assert freeze_due_packs() == 1

    assert packs() == [(1, FREEZE, 1)]


def test_a_gate_that_cannot_be_frozen_keeps_back_no_other(
    in_review, programme, olga, sven, monkeypatch, caplog
):
    other = start(make_pilot(programme, owner=olga, sponsor=sven), make_playbook(freeze_days_before=2))
    plan(other, PLANNED, olga)
    request_review(gate=other, by=olga)
    content_of = actions.content_of

    def break_at_the_first(gate, *args, **kwargs):
        if gate.pk == in_review.pk:
            raise ZeroDivisionError
        return content_of(gate, *args, **kwargs)

    monkeypatch.setattr(actions, "content_of", break_at_the_first)
    with moment("2026-11-24 18:00"):
        assert freeze_due_packs() == 1

    assert DecisionPack.objects.get().gate_id == other.pk
    assert f"The pack of gate {in_review.pk} could not be frozen" in caplog.text


def test_it_asks_as_many_queries_for_many_gates_as_for_one(
    in_review, programme, olga, django_assert_num_queries
):
    version = in_review.definition.phase.version
    for _ in range(4):
        gate = start(make_pilot(programme, owner=olga), version)
        plan(gate, PLANNED, olga)
        request_review(gate=gate, by=olga)

    with moment("2026-11-24 18:00"), django_assert_num_queries(2):
        assert len(due_freezes(clock.now())) == 5


# --- What the second pack says -----------------------------------------------------------------
def test_the_second_pack_is_compared_with_the_first(in_review, olga, ana, at, client_of):
    at("2026-11-24 18:00", freeze_due_packs)
    at("2026-11-25 09:00", send_back, gate=in_review, reason="Say who pays.", by=ana)
    row = in_review.assessments.get(criterion__key="T1")
    at("2026-11-25 09:30", add_evidence, assessment=row, kind="note", title="Bill", note="Paid.", by=olga)
    at("2026-11-25 10:00", request_review, gate=in_review, by=olga, message="Finance does.")

    second = DecisionPack.objects.first()
    assert second.content["changed"]["before"] == "pack v1"
    assert second.content["changed"]["sentences"] == [
        "Olga Owner asked for the review again on 25 Nov 2026.",
        "Evidence “Bill” was added or replaced at T1 “Tried at production volume”.",
    ]
    with moment("2026-11-25 11:00"):
        client, address = client_of(ana), f"/pilots/{in_review.pilot.key}/gates/G1/pack/"
        page = client.get(address).content.decode()
        first = client.get(f"{address}1/").content.decode()
    assert "for the evidence freeze of" in page
    assert "Ana Anders had sent it back" in page and "Say who pays." in page
    assert "after the freeze" in page.split("<article")[1].split("</article>")[0]
    assert "after the freeze" not in first.split("<article")[1].split("</article>")[0]
    assert "Bill" in first.split("Evidence after the freeze")[1]


def test_a_request_that_no_longer_stands_is_said_below_the_pack(in_review, ana, at, client_of):
    at("2026-11-24 18:00", freeze_due_packs)
    at("2026-11-25 09:00", send_back, gate=in_review, reason="Say who pays.", by=ana)

    with moment("2026-11-25 11:00"):
        page = client_of(ana).get(f"/pilots/{in_review.pilot.key}/gates/G1/pack/").content.decode()

    assert "The request for review of 20 Nov 2026 no longer stands." in page


# --- The rule ----------------------------------------------------------------------------------
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(BERLIN))


@given(DAYS, st.integers(0, 90), MOMENTS, st.lists(st.builds(Frozen, DAYS, MOMENTS), max_size=3))
def test_whatever_was_frozen_a_freeze_that_was_done_is_due_no_more(planned_on, days, now, frozen):
    due = freeze_due(planned_on, days, frozen=frozen, now=now, zone=BERLIN)

    if due is not None:
        assert due == planned_on - timedelta(days)
        assert freeze_moment(due, BERLIN) <= now
        done = [*frozen, Frozen(due, now)]
        assert freeze_due(planned_on, days, frozen=done, now=now, zone=BERLIN) is None
        assert freeze_due(planned_on, days, frozen=done, now=now + timedelta(9), zone=BERLIN) is None


@given(DAYS, st.integers(0, 90), MOMENTS)
def test_of_a_request_with_nothing_frozen_it_is_due_from_its_moment_on(planned_on, days, now):
    due = freeze_due(planned_on, days, now=now, zone=BERLIN)

    assert (due is not None) is (freeze_moment(planned_on - timedelta(days), BERLIN) <= now)
