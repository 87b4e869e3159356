"""The audit chain: every event has its place in it, whoever writes at once."""

from datetime import UTC, datetime
from importlib import import_module
from threading import Event as ThreadEvent

import pytest
from django.apps import apps
from django.db import OperationalError, transaction
from hypothesis import given
from hypothesis import strategies as st

from pilots import chain, clock, events
from pilots.events import build, record, record_many
from pilots.models import ChainHead, Event, Seal
from pilots.sealing import seal_waiting
from pilots.verifying import verify
from tests.at_once import at_once
from tests.builders import make_pilot, make_user
from tests.pilots.tampering import behind_our_back, happen, taken_back

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("keys_again")]


# --- A chain -----------------------------------------------------------------------------------
def test_each_pilot_has_its_own_chain_from_one(pilot):
    other = make_pilot(pilot.programme)
    happen(pilot, other)

    for owner in (pilot, other):
        seals = list(Seal.objects.filter(event__pilot=owner).order_by("sequence"))
        assert [seal.sequence for seal in seals] == [1, 2, 3]
        assert [seal.previous for seal in seals] == ["", seals[0].hash, seals[1].hash]
        head = ChainHead.objects.get(name=f"pilot:{owner.pk}")
        assert (head.sequence, head.hash) == (3, seals[-1].hash)
    assert verify().problems == []


def test_events_without_a_pilot_are_chained_per_programme_or_in_one(programme):
    record(events.PROGRAMME_EDITED, subject=programme, programme=programme, actor=None)
    record(events.PERSON_CREATED, subject=make_user(), actor=None)
    seal_waiting()

    assert set(ChainHead.objects.values_list("name", "sequence")) == {
        (f"programme:{programme.pk}", 1),
        ("organisation", 1),
    }


def test_a_hash_is_over_all_that_an_event_says(pilot, olga):
    event = record(
        events.PILOT_EDITED, subject=pilot, pilot=pilot, actor=olga, changes={"title": ["a", "ü"]}, n=1
    )
    seal_waiting()

    said = {
        "type": "pilots.pilot_edited",
        "programme": pilot.programme_id,
        "pilot": pilot.pk,
        "actor": olga.pk,
        "subject": f"pilots.Pilot:{pilot.pk}",
        "changes": {"title": ["a", "ü"]},
        "data": {"n": 1},
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "via": "command",
    }
    seal = Seal.objects.get(event=event)
    assert seal.hash == chain.hash_of(said, sequence=1, previous="")


def test_a_hash_is_the_same_for_ever():
    """Written down once: a change of the spelling would make every chain look broken."""
    said = chain.said(
        type="gates.gate_decided",
        programme=1,
        pilot=2,
        actor=None,
        subject="gates.Decision:7",
        changes={"outcome": [None, "go"], "cost": [1e3, 12.5]},
        data={"reason": "Gut – weiter 🚀"},
        at=datetime(2026, 11, 20, 18, 0, 0, 120, tzinfo=UTC),
        via="web",
        request_id="a1b2c3",
        token="",
    )
    assert chain.hash_of(said, sequence=3, previous="ab") == KEPT


KEPT = "58dbcc5871e00f1d1738722a6516b03e6c128e411f1a75c44fc3de56b3193bc4"

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@given(value=JSON)
@taken_back
def test_whatever_is_kept_is_read_with_the_same_hash(value, pilot):
    record(events.PILOT_EDITED, subject=pilot, pilot=pilot, actor=None, value=value)
    seal_waiting(after=0)

    assert verify().problems == []


def test_many_at_once_are_chained_as_one_by_one(pilot, django_assert_num_queries):
    other = make_pilot(pilot.programme)
    moment = clock.now()

    def built():
        with clock.at(moment):
            return [
                build(events.PILOT_EDITED, subject=owner, pilot=owner, actor=None, place=place)
                for place in range(30)
                for owner in (pilot, other)
            ]

    record_many(built())
    seal_waiting(after=0)
    at_once = list(Seal.objects.order_by("chain__name", "sequence").values_list("chain__name", "hash"))
    for table in ("seal", "event", "chainhead"):
        behind_our_back(f"DELETE FROM pilots_{table}")
    for event in built():
        event.save()
        seal_waiting(after=0)

    assert at_once == list(
        Seal.objects.order_by("chain__name", "sequence").values_list("chain__name", "hash")
    )


@pytest.mark.parametrize("count", [2, 200])
def test_sealing_takes_the_same_few_queries_however_many(count, programme, django_assert_max_num_queries):
    record_many(
        build(events.PILOT_IMPORTED, subject=pilot, pilot=pilot, actor=None)
        for pilot in [make_pilot(programme) for _ in range(count)]
    )

    with django_assert_max_num_queries(10):
        assert seal_waiting(after=0) == count


def test_an_event_is_sealed_right_after_the_commit(pilot, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        for place in range(3):
            record(events.PILOT_EDITED, subject=pilot, pilot=pilot, actor=None, place=place)
        assert not Seal.objects.exists()

    assert Seal.objects.count() == 3


def test_a_change_taken_back_seals_nothing(pilot, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        record(events.PILOT_EDITED, subject=pilot, pilot=pilot, actor=None)
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            record(events.PILOT_ARCHIVED, subject=pilot, pilot=pilot, actor=None)
            raise ZeroDivisionError

    assert list(Seal.objects.values_list("event__type", flat=True)) == [events.PILOT_EDITED]


@pytest.mark.django_db(transaction=True)
def test_a_change_stands_when_its_seal_fails(pilot, monkeypatch, caplog):
    def fail(events):
        raise OperationalError("deadlock detected")

    monkeypatch.setattr("pilots.sealing.seal", fail)

    event = record(events.AUDIT_EXPORTED, subject=pilot, pilot=pilot, actor=None)

    assert Event.objects.filter(pk=event.pk).exists()
    assert "Error calling AfterCommit in on_commit" in caplog.text


def test_the_sweep_seals_what_its_process_could_not(pilot):
    record(events.PILOT_EDITED, subject=pilot, pilot=pilot, actor=None)
    assert verify().waiting == 1

    assert seal_waiting() == 1
    assert (verify().waiting, verify().problems) == (0, [])


# --- Events from before --------------------------------------------------------------------------
def test_the_migration_seals_every_event_written_before(pilot, olga):
    """Called as the migration calls it, with the tables as they are."""
    other = make_pilot(pilot.programme)
    for owner in (pilot, other, pilot):
        event = build(events.PILOT_EDITED, subject=owner, pilot=owner, actor=olga, changes={"cost": [1, 2.5]})
        event.via = event.digest = ""  # nobody noted it then
        event.save()
    record(events.PERSON_CREATED, subject=olga, actor=None)
    migration = import_module("pilots.migrations.0003_seal_events")

    migration.seal(apps, None)

    found = verify()
    assert (found.events, found.chains, found.waiting, found.problems) == (4, 3, 0, [])
    record(events.PILOT_EDITED, subject=pilot, pilot=pilot, actor=olga)
    seal_waiting(after=0)
    assert (verify().events, verify().problems) == (5, [])


# --- Two at once -------------------------------------------------------------------------------
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_writers_at_once_do_not_fork_a_chain(pilot):
    others = [make_pilot(pilot.programme) for _ in range(3)]

    def write(owners):
        for _ in range(15):
            with transaction.atomic():
                for (
                    owner
                ) in owners:  # an event that starts no task: here those would run in the same transaction
                    record(events.AUDIT_EXPORTED, subject=owner, pilot=owner, actor=None)

    owners = [pilot, *others]
    results = at_once(
        lambda: write(owners), lambda: write(owners[::-1]), lambda: write(owners[1:3]), seal_waiting
    )

    assert [result for result in results if isinstance(result, Exception)] == []
    seal_waiting()
    found = verify()
    assert (found.problems, found.waiting, found.events) == ([], 0, 15 * (4 + 4 + 2))
    places = Seal.objects.filter(event__pilot=pilot).order_by("sequence").values_list("sequence", flat=True)
    assert list(places) == list(range(1, 31))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_long_transaction_of_one_pilot_keeps_nobody_waiting(pilot):
    """A change holds no lock on the chain, so that none can be in another's way or deadlock with it."""
    begun, other_done = ThreadEvent(), ThreadEvent()

    def long():
        with transaction.atomic():
            record(events.PILOT_EDITED, subject=pilot, pilot=pilot, actor=None)
            begun.set()
            assert other_done.wait(timeout=10)

    def short():
        begun.wait(timeout=10)
        record(events.PILOT_EDITED, subject=pilot, pilot=pilot, actor=None)
        other_done.set()

    assert at_once(long, short) == [None, None]
    assert Seal.objects.count() == 2
    assert verify().problems == []


# --- Nothing is changed in code ------------------------------------------------------------------
def test_an_event_is_never_changed_or_deleted_in_code(pilot):
    [event] = happen(pilot, count=1)
    event.subject = "pilots.Pilot:7"

    for attempt in (
        event.save,
        lambda: event.save(update_fields=["subject"]),
        event.delete,
        lambda: Event.objects.update(subject=""),
        lambda: Event.objects.bulk_update([event], ["subject"]),
        lambda: Event.objects.bulk_create([event], update_conflicts=True, unique_fields=["id"]),
        Event.objects.all().delete,
        Seal.objects.all().delete,
    ):
        with pytest.raises(TypeError, match="never"):
            attempt()
    Event.objects.update(dispatched_at=clock.now())
