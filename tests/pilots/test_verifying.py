"""Whatever is edited, inserted, removed or swapped behind the app's back is found."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from pilots import clock, events
from pilots.actions import audit
from pilots.events import record
from pilots.models import Anchor, AnchoredHead, ChainHead, Seal, Verification
from pilots.sealing import seal_waiting
from pilots.verifying import verify
from tests.builders import make_pilot, make_programme, make_user
from tests.pilots.tampering import behind_our_back, happen, remove, taken_back

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("keys_again")]


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
