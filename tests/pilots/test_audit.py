"""The audit chain: whatever is edited, inserted, removed or swapped behind the app's back is found."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from importlib import import_module
from io import StringIO
from threading import Event as ThreadEvent

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from pilots import chain, clock, events
from pilots.actions import audit
from pilots.events import build, record, record_many
from pilots.models import Anchor, AnchoredHead, ChainHead, Event, Seal, Verification
from pilots.sealing import seal_waiting
from pilots.verifying import verify
from tests.builders import make_pilot, make_programme, make_user
from tests.gates.test_concurrency import at_once

pytestmark = pytest.mark.django_db


def taken_back(test: Callable) -> Callable:
    """Each example begins without what the one before wrote."""

    @wraps(test)
    def run(*args, **kwargs):
        with transaction.atomic():
            test(*args, **kwargs)
            transaction.set_rollback(True)

    return run


def happen(*pilots, count: int = 3, **data) -> list[Event]:
    """So many events of each of these pilots (None: of the organisation), one after the other, sealed."""
    written = [
        record(events.PILOT_EDITED, subject=pilot or make_user(), pilot=pilot, actor=None, place=at, **data)
        for at in range(count)
        for pilot in pilots
    ]
    seal_waiting(after=0)
    return written


def behind_our_back(sql: str, *values) -> None:
    """What somebody with a database shell can do: also against the tables' own rules."""
    with connection.cursor() as cursor:
        for word in _without_keys():
            cursor.execute(word)
        cursor.execute(sql, values)


def _without_keys() -> list[str]:
    if connection.vendor == "sqlite":
        return ["PRAGMA defer_foreign_keys = ON"]
    return ["SET session_replication_role = replica"]


@pytest.fixture(autouse=True)
def keys_again():
    yield
    with connection.cursor() as cursor:  # what is left hanging would be noticed when the test ends
        for table in ("anchoredhead", "anchor", "verification", "seal", "chainhead", "event"):
            cursor.execute(f"DELETE FROM pilots_{table}")
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = DEFAULT")


def remove(event_id: int) -> None:
    behind_our_back("DELETE FROM pilots_seal WHERE event_id = %s", event_id)
    behind_our_back("DELETE FROM pilots_event WHERE id = %s", event_id)


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
                for owner in owners:
                    record(events.PILOT_EDITED, subject=owner, pilot=owner, actor=None)

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


# --- Tampering ---------------------------------------------------------------------------------
EDITS = {
    "type": "pilots.pilot_archived",
    "subject": "pilots.Pilot:99999",
    "changes": json.dumps({"title": ["x", "y"]}),
    "data": json.dumps({"place": 99}),
    "via": "web",
    "request_id": "forged",
    "token": "forged",
    "at": datetime(2020, 1, 1, tzinfo=UTC),
}


@given(data=st.data())
@taken_back
def test_any_edited_field_of_any_event_is_found(data, pilot):
    written = happen(pilot, make_pilot(pilot.programme), count=data.draw(st.integers(1, 4)))
    event = data.draw(st.sampled_from(written))
    name = data.draw(st.sampled_from([*EDITS, "actor_id", "pilot_id", "programme_id"]))
    value = EDITS.get(name, 0)
    if name == "actor_id":
        value = make_user().pk
    elif name.endswith("_id"):
        value = make_pilot().pk if name == "pilot_id" else make_programme().pk
    cast = "::jsonb" if name in ("changes", "data") and connection.vendor == "postgresql" else ""
    behind_our_back(f"UPDATE pilots_event SET {name} = %s{cast} WHERE id = %s", value, event.pk)

    assert any(f"event {event.pk} " in problem for problem in verify().problems)


@given(data=st.data())
@taken_back
def test_any_edited_seal_is_found(data, pilot):
    written = happen(pilot, count=data.draw(st.integers(1, 5)))
    event = data.draw(st.sampled_from(written))
    name, value = data.draw(
        st.sampled_from([("hash", "0" * 64), ("previous", "1" * 64), ("sequence", 900), ("chain_id", 0)])
    )
    if name == "chain_id":
        value = ChainHead.objects.create(name="programme:1").pk
    behind_our_back(f"UPDATE pilots_seal SET {name} = %s WHERE event_id = %s", value, event.pk)

    assert verify().problems


@given(data=st.data())
@taken_back
def test_any_removed_event_is_found(data, pilot):
    written = happen(pilot, count=data.draw(st.integers(1, 6)))
    gone = data.draw(st.lists(st.sampled_from(written), min_size=1, unique_by=lambda event: event.pk))
    for event in gone:
        remove(event.pk)

    problems = verify().problems
    assert any(word in problem for problem in problems for word in ("missing", "removed"))
    assert all("PIL-" in problem for problem in problems)


@given(data=st.data())
@taken_back
def test_two_events_that_swapped_places_are_found(data, pilot):
    written = happen(pilot, count=data.draw(st.integers(2, 6)))
    one, other = data.draw(
        st.lists(st.sampled_from(written), min_size=2, max_size=2, unique_by=lambda event: event.pk)
    )
    at = {seal.event_id: seal.sequence for seal in Seal.objects.filter(event__in=[one, other])}
    move = "UPDATE pilots_seal SET sequence = %s WHERE event_id = %s"
    behind_our_back(move, 10_000, one.pk)
    behind_our_back(move, at[one.pk], other.pk)
    behind_our_back(move, at[other.pk], one.pk)

    assert verify().problems


def test_an_inserted_event_is_found_and_never_sealed(pilot):
    [event] = happen(pilot, count=1)
    columns = "type, programme_id, pilot_id, subject, changes, data, at, via, request_id, token, digest"
    behind_our_back(f"INSERT INTO pilots_event ({columns}) SELECT {columns} FROM pilots_event")
    behind_our_back("UPDATE pilots_event SET subject = 'x:1' WHERE id > %s", event.pk)

    assert seal_waiting(after=0) == 0
    [problem] = verify().problems
    assert "was not written by Pilotage" in problem


@given(data=st.data())
@taken_back
def test_a_head_that_was_moved_is_found(data, pilot):
    happen(pilot, count=data.draw(st.integers(1, 3)))
    name, value = data.draw(st.sampled_from([("sequence", 0), ("sequence", 50), ("hash", "0" * 64)]))
    behind_our_back(f"UPDATE pilots_chainhead SET {name} = %s", value)

    assert verify().problems


def test_a_removed_head_is_found(pilot):
    happen(pilot)
    behind_our_back("DELETE FROM pilots_chainhead")

    assert "The note of where" in verify().problems[0]


@given(data=st.data())
@taken_back
def test_a_tail_cut_with_its_head_put_back_is_found_by_the_anchor(data, pilot):
    written = happen(pilot, count=4)
    audit.anchor()
    left = data.draw(st.integers(0, 3))
    for event in written[left:]:
        remove(event.pk)
    last = Seal.objects.filter(event__in=written).order_by("-sequence").first()
    behind_our_back("UPDATE pilots_chainhead SET sequence = %s, hash = %s", left, last.hash if last else "")

    [problem] = verify().problems
    assert f"saw event 4 in the chain of {pilot.key}" in problem


def test_a_pilot_whose_whole_chain_is_removed_is_found(pilot):
    happen(pilot)
    audit.anchor()
    for table in ("seal", "event", "chainhead"):
        behind_our_back(f"DELETE FROM pilots_{table}")

    assert verify().problems


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE pilots_anchor SET at = '2020-01-01 00:00:00+00:00' WHERE number = 1",
        "UPDATE pilots_anchor SET heads = 'x' WHERE number = 2",
        "UPDATE pilots_anchor SET hash = 'x' WHERE number = 3",
        "UPDATE pilots_anchor SET number = 9 WHERE number = 2",
        "UPDATE pilots_anchoredhead SET sequence = 1",
        "DELETE FROM pilots_anchoredhead",
    ],
)
def test_a_tampered_anchor_is_found(pilot, sql):
    for _ in range(3):
        happen(pilot)
        audit.anchor()
    assert verify().problems == []

    behind_our_back(sql)

    assert verify().problems


def test_anchors_that_are_gone_are_missed_by_the_next_verification(pilot):
    happen(pilot)
    audit.anchor()
    audit.verify_all()
    behind_our_back("DELETE FROM pilots_anchoredhead")
    behind_our_back("DELETE FROM pilots_anchor")

    assert verify().problems == ["1 of the 1 anchors known before are gone."]


def test_each_anchor_holds_only_what_moved_and_the_hash_of_the_one_before(pilot):
    other = make_pilot(pilot.programme)
    happen(pilot, other)
    first = audit.anchor()
    happen(pilot)
    second = audit.anchor()

    assert (first.number, first.chains, first.events, first.previous) == (1, 2, 6, "")
    assert (second.number, second.chains, second.events, second.previous) == (2, 1, 9, first.hash)
    assert AnchoredHead.objects.filter(anchor=second).get().chain.name == f"pilot:{pilot.pk}"
    assert verify().anchors == 2


# --- The command ---------------------------------------------------------------------------------
def told(*arguments) -> str:
    out = StringIO()
    call_command("verify_audit", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_counts_what_it_verified_and_keeps_the_result(pilot, on):
    happen(pilot)

    text = told("--anchor")

    assert "3 events in 1 chains verified, until" in text
    assert Anchor.objects.get().hash in text
    row = Verification.objects.get()
    assert (row.events, row.chains, row.anchors, row.ok) == (3, 1, 1, True)


def test_the_command_fails_with_every_fault(pilot):
    event = happen(pilot)[1]
    behind_our_back("UPDATE pilots_event SET subject = 'x' WHERE id = %s", event.pk)

    with pytest.raises(CommandError, match="1 faults in 3 events in 1 chains"):
        told()

    row = Verification.objects.get()
    assert not row.ok
    assert f"event {event.pk} (Pilot edited" in row.problems[0]


def test_the_command_verifies_one_pilot(pilot):
    other = make_pilot(pilot.programme)
    event = happen(pilot, other)[0]
    behind_our_back("UPDATE pilots_event SET subject = 'x' WHERE id = %s", event.pk)

    assert "3 events in 1 chains verified." in told("--pilot", other.key)
    with pytest.raises(CommandError, match="1 faults"):
        told("--pilot", pilot.key.lower())
    with pytest.raises(CommandError, match="no pilot"):
        told("--pilot", "PIL-999")
    assert not Verification.objects.exists()


def test_verifying_takes_the_same_queries_however_many(programme, django_assert_max_num_queries):
    happen(*[make_pilot(programme) for _ in range(40)], count=2)
    audit.anchor()

    with django_assert_max_num_queries(9):
        assert verify().events == 80


def test_what_happens_during_a_verification_is_no_fault(pilot):
    with clock.at(clock.now() - timedelta(days=1)):
        happen(pilot)
    record(events.PILOT_EDITED, subject=pilot, pilot=pilot, actor=None)

    assert (verify().events, verify().waiting, verify().problems) == (3, 1, [])
