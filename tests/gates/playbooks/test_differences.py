"""What is different between two versions, and whether it makes a gate looser or tighter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gates.choices import CriterionKind, Direction
from gates.playbooks.differences import Change, changes, differences, sentences
from gates.playbooks.editing import move_criterion, move_phase, remove_criterion
from gates.rules import direction_of_change
from tests.gates.playbooks.samples import SMALL, playbooks, read, with_change

D = Direction


def told(old: str, new: str) -> list[tuple[str, Direction]]:
    found = differences(read(SMALL), read(with_change(old, new)))
    return [(one.text, one.direction) for phase in found for one in phase.differences]


@pytest.mark.parametrize(
    ("old", "new", "text", "direction"),
    [
        ("weight: 3", "weight: 5", "G1 R1 Look at bias: weight 3 → 5.", D.TIGHTER),
        (
            "kind: must_meet",
            "kind: should_meet\n          weight: 2",
            "G1 C1 Name a sponsor: kind Must → Should.",
            D.LOOSER,
        ),
        ("threshold: 80", "threshold: 70", "Gate G1 Value proven: score needed 80 → 70.", D.LOOSER),
        ("threshold: 50", "threshold: 60", "Gate G1 Value proven: needed in every area 50 → 60.", D.TIGHTER),
        ("quorum: all", "quorum: 1", "Gate G1 Value proven: quorum all → 1.", D.LOOSER),
        ("[limited, high]", "[high]", "G1 R1 Look at bias: risk tiers Limited, High → High.", D.LOOSER),
        (
            "validity_days: 365",
            "validity_days: 30",
            "G1 R1 Look at bias: valid for days 365 → 30.",
            D.TIGHTER,
        ),
        ("          validity_days: 365\n", "", "G1 R1 Look at bias: valid for days 365 → nothing.", D.LOOSER),
        ("[executive]", "[executive, owner]", None, D.LOOSER),
        ("[Sponsor, Risk]", "[Sponsor, Risk, Legal]", None, D.TIGHTER),
        ("[Sponsor, Risk]", "[Sponsor, {role: Risk, quorum: all}]", None, D.TIGHTER),
        ("[Sponsor, Risk]", "[Sponsor, Legal]", None, D.NEITHER),
        ("days: 30", "days: 31", "Phase Pilot: typical days 30 → 31.", D.NEITHER),
        ("in_production: false", "in_production: true", "Phase Pilot: in production no → yes.", D.NEITHER),
        ("name: Small", "name: Tiny", "Playbook: name Small → Tiny.", D.NEITHER),
    ],
)
def test_a_changed_field_is_told_in_words_with_its_direction(old, new, text, direction):
    ((said, way),) = told(old, new)

    assert way == direction
    assert text is None or said == text


def test_a_criterion_added_or_removed_is_one_line():
    small = read(SMALL)
    without = remove_criterion(small, "pilot", "C1")

    assert sentences(small, without) == ["G1 C1 Name a sponsor (Must) was removed."]
    assert sentences(without, small) == ["G1 C1 Name a sponsor (Must) was added."]
    ((one,),) = [phase.differences for phase in differences(small, without)]
    assert (one.change, one.direction) == (Change.REMOVED, D.LOOSER)


def test_what_moved_is_told_once():
    small = read(SMALL)

    assert len(sentences(small, move_criterion(small, "pilot", "R1", -1))) == 1


@given(playbooks())
def test_a_playbook_does_not_differ_from_itself(playbook):
    assert differences(playbook, playbook) == []
    assert changes(playbook, playbook) == {}


@given(playbooks(), playbooks())
def test_two_that_differ_are_told_apart(before, after):
    assert bool(differences(before, after)) == (before != after)


@given(playbooks(), st.integers(0, 2), st.sampled_from([-1, 1]))
def test_moving_a_phase_tells_of_moving_alone(playbook, place, step):
    phase = playbook.phases[place % len(playbook.phases)]
    moved = move_phase(playbook, phase.key, step)
    kinds = {one.change for found in differences(playbook, moved) for one in found.differences}

    assert kinds == ({Change.MOVED} if moved != playbook else set())


NUMBERS = st.integers(0, 100)
TERMS = st.one_of(
    st.tuples(st.sampled_from(["score_threshold", "floor_threshold", "weight"]), NUMBERS, NUMBERS),
    st.tuples(st.just("kind"), st.sampled_from(CriterionKind), st.sampled_from(CriterionKind)),
    st.tuples(st.just("validity_days"), st.none() | NUMBERS, st.none() | NUMBERS),
    st.tuples(
        st.just("quorum"),
        st.sampled_from(["any", "all", "2", "3"]),
        st.sampled_from(["any", "all", "2", "3"]),
    ),
    st.tuples(
        st.sampled_from(["risk_tiers", "depends_on", "override_roles", "gatekeeper_roles"]),
        st.frozensets(st.sampled_from("abc")),
        st.frozensets(st.sampled_from("abc")),
    ),
)
OPPOSITE = {D.LOOSER: D.TIGHTER, D.TIGHTER: D.LOOSER, D.NEITHER: D.NEITHER}


@given(TERMS)
def test_the_way_back_leads_the_other_way(term):
    field, before, after = term

    assert direction_of_change(field, after, before) == OPPOSITE[direction_of_change(field, before, after)]
    assert direction_of_change(field, before, before) == D.NEITHER


def test_a_criterion_asked_in_every_tier_is_asked_more_than_in_some():
    assert direction_of_change("risk_tiers", (), ("high",)) == D.LOOSER
    assert direction_of_change("risk_tiers", ("high",), ()) == D.TIGHTER
