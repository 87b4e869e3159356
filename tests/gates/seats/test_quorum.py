"""Enough signatures: the pure counting against a naive one that tries every choice."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from gates.seats.quorum import (
    ALL,
    ANY,
    Signature,
    count_role,
    counted_seats,
    gate_words,
    joined,
    quorum_reached,
)

PEOPLE = range(1, 6)
people = st.lists(st.sampled_from(PEOPLE), max_size=4, unique=True)
quorums = st.sampled_from([ALL, ANY, "1", "2", "3"])
signatures = st.lists(
    st.builds(Signature, st.sampled_from(PEOPLE), st.sampled_from(PEOPLE), st.booleans()),
    max_size=5,
    unique_by=lambda one: one.holder,
)
owners = st.none() | st.sampled_from(PEOPLE)


def naively_reached(quorum, holders, given, owner) -> bool:
    """Try every way to let each signer stand for one of the seats they signed; is any of them enough?"""
    valid = [one for one in given if one.fresh and owner not in (one.person, one.holder)]
    seats_by_signer: dict[int, list[int]] = {}
    for one in valid:
        seats_by_signer.setdefault(one.person, []).append(one.holder)
    active = {person for person in holders if person != owner}
    for chosen in product(*seats_by_signer.values()):
        seats = set(chosen)
        enough = {ALL: bool(seats) and active <= seats, ANY: bool(seats)}
        if enough.get(quorum, quorum.isdigit() and len(seats) >= int(quorum)):
            return True
    return False


@given(quorums, people, signatures, owners)
def test_counting_agrees_with_trying_every_choice(quorum, holders, given_, owner):
    count = count_role(quorum, holders=holders, signatures=given_, owner=owner)

    assert count.reached == naively_reached(quorum, holders, given_, owner)


@given(quorums, people, people, signatures, owners)
def test_what_is_missing_never_contradicts_the_verdict(quorum, holders, stand_ins, given_, owner):
    count = count_role(quorum, holders=holders, stand_ins=stand_ins, signatures=given_, owner=owner)

    assert owner not in count.can_sign
    assert owner not in count.counted
    assert not set(count.can_sign) & count.counted
    if count.reached:
        assert count.missing == 0
        assert not count.is_stuck
    else:
        assert count.missing > 0


@given(quorums, people, people, owners)
def test_when_everybody_who_can_signs_it_is_enough_or_was_stuck(quorum, holders, stand_ins, owner):
    before = count_role(quorum, holders=holders, stand_ins=stand_ins, owner=owner)
    given_ = [Signature(person, person, fresh=True) for person in before.can_sign]

    after = count_role(quorum, holders=holders, stand_ins=stand_ins, signatures=given_, owner=owner)

    assert after.reached != before.is_stuck


@given(quorums, people, signatures, owners)
def test_another_own_signature_of_a_holder_never_takes_a_seat_away(quorum, holders, given_, owner):
    before = count_role(quorum, holders=holders, signatures=given_, owner=owner)
    more = [one for one in given_ if one.holder not in before.unsigned[:1]]
    more += [Signature(person, person, fresh=True) for person in before.unsigned[:1]]

    after = count_role(quorum, holders=holders, signatures=more, owner=owner)

    assert after.given >= before.given


@given(quorums, people, signatures)
def test_without_a_fresh_signature_nothing_is_reached(quorum, holders, given_):
    stale = [Signature(one.holder, one.person, fresh=False) for one in given_]

    assert not count_role(quorum, holders=holders, signatures=stale).reached


@given(st.sampled_from([ALL, ANY, "1", "2", "9"]), st.lists(st.booleans(), max_size=5))
def test_a_gate_counts_its_roles(quorum, roles):
    wanted = {ALL: all(roles), ANY: any(roles) or not roles}
    expected = wanted.get(quorum, sum(roles) >= (min(int(quorum), len(roles)) if quorum.isdigit() else 0))

    assert quorum_reached(quorum, roles) == expected


def test_one_person_counts_once_however_many_seats():
    both = [Signature(1, 2, fresh=True), Signature(2, 2, fresh=True)]

    assert counted_seats(both, holders=[1, 2], owner=None) == {2}  # the own seat
    assert not count_role(ALL, holders=[1, 2], signatures=both).reached
    assert not count_role("2", holders=[1, 2], signatures=both).reached


def test_everyone_of_nobody_is_not_enough():
    assert not count_role(ALL, holders=[], stand_ins=[3]).reached
    assert count_role(ALL, holders=[], stand_ins=[3], signatures=[Signature(3, 3, fresh=True)]).reached


def test_a_signature_of_who_left_stands_but_does_not_speak_for_their_successor():
    left = [Signature(9, 9, fresh=True)]

    assert count_role(ANY, holders=[1], signatures=left).reached
    assert not count_role(ALL, holders=[1], signatures=left).reached


def test_more_asked_for_than_can_sign_is_stuck():
    assert count_role("3", holders=[1, 2]).is_stuck
    assert not count_role("2", holders=[1, 2]).is_stuck


def test_words():
    assert gate_words("2", 3) == "2 of these roles have to sign."
    assert gate_words("all", 3) == "Every role has to sign."
    assert gate_words("any", 3) == "One of these roles has to sign."
    assert joined(["Ana", "Ben", "Cleo"]) == "Ana, Ben or Cleo"
