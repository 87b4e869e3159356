"""Playbook files: what may be written, and what is said about mistakes."""

from collections.abc import Callable

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gates.choices import Area, CriterionKind, GatekeeperRole
from gates.playbooks.schema import PlaybookError
from pilots.choices import RiskTier, Role
from tests.gates.playbooks.samples import SMALL, read, with_change

GATE = "phases[0].gate"
CRITERION = "phases[0].gate.criteria[1]"


def complaints(text: str) -> list[str]:
    with pytest.raises(PlaybookError) as caught:
        read(text)
    return caught.value.messages


def test_a_file_is_read_into_phases_gates_and_criteria():
    (phase,) = read(SMALL).phases
    sponsor, bias = phase.gate.criteria

    assert (phase.key, phase.typical_days, phase.in_production) == ("pilot", 30, False)
    assert (phase.gate.score_threshold, phase.gate.floor_threshold, phase.gate.quorum) == (80, 50, "all")
    assert phase.gate.override_roles == (Role.EXECUTIVE,)
    assert not phase.gate.recurring
    assert (sponsor.area, sponsor.kind) == (Area.ORGANISATIONAL, CriterionKind.MUST_MEET)
    assert (sponsor.check, bias.check) == ("sponsor_named", "")
    assert (bias.validity_days, bias.risk_tiers) == (365, (RiskTier.LIMITED, RiskTier.HIGH))


@pytest.mark.parametrize(("kind", "weight"), [("must_meet", 2), ("should_meet", 1), ("kill", 1)])
def test_a_criterion_without_a_weight_gets_that_of_its_kind(kind, weight):
    text = with_change("          weight: 3\n", "").replace("kind: should_meet", f"kind: {kind}")

    assert read(text).phases[0].gate.criteria[1].weight == weight


def test_an_optional_field_left_empty_counts_as_not_given():
    text = with_change("validity_days: 365", "validity_days:")

    assert read(text).phases[0].gate.criteria[1].validity_days is None


def test_a_gate_with_a_rhythm_is_recurring():
    gate = read(with_change("quorum: all", "quorum: 2\n      every_months: 6")).phases[0].gate

    assert gate.recurring
    assert (gate.quorum, gate.every_months) == ("2", 6)


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("kind: should_meet", "kind: maybe", 33, "kind: 'maybe' is not one of must_meet, should_meet, kill"),
        ("area: risk", "area: legal", 32, "area: 'legal' is not one of value, data, technical, operational"),
        ("limited, high", "high, huge", 40, "risk_tiers[1]: 'huge' is not one of minimal, limited, high"),
        ("limited, high", "high, high", 40, "risk_tiers[1]: 'high' is there already, on line 40"),
        ("[limited, high]", "high", 40, "risk_tiers: 'high' is not a list"),
        ("[limited, high]", "[]", 40, "risk_tiers: needs at least one risk tier"),
        ("weight: 3", "weight: 0", 34, "weight: '0' is not a whole number from 1 to 100"),
        ("weight: 3", "weight: yes", 34, "weight: 'yes' is not a whole number from 1 to 100"),
        ("weight: 3", "weight: '3'", 34, "weight: '3' is not a whole number from 1 to 100"),
        ("weight: 3", "wieght: 3", 34, "wieght: there is no such field; known here are key, title"),
        ("weight: 3", "guidance: Twice.", 35, "guidance: 'guidance' is there already, on line 34"),
        ("effort_days: 4\n", "effort_days: 1.25\n", 38, "effort_days: '1.25' is not a number from 0 to 1000"),
        ("effort_days: 4\n", "effort_days: .inf\n", 38, "effort_days: '.inf' is not a number from 0 to 1000"),
        ("          title: Look at bias\n", "", 30, "title: is missing"),
        ("title: Look at bias", "title:", 31, "title: has nothing in it"),
        ("title: Look at bias", "title: ' '", 31, "title: has nothing in it"),
        ("title: Look at bias", "title: 2024", 31, "title: '2024' is not text; put it in quotes"),
        ("title: Look at bias", "title: [a]", 31, "title: a list is not text"),
        ("title: Look at bias", 'title: "a\\0b"', 31, "title: holds a character that cannot be shown"),
        ("Look at bias", "a" * 201, 31, "title: has 201 characters; at most 200 are allowed"),
        ("key: R1", "key: C1", 30, "key: 'C1' is there already, on line 21"),
        ("weight: 3", "depends_on: [C9]", 34, "depends_on[0]: 'C9' is not the key of a criterion above this"),
        ("weight: 3", "depends_on: [R1]", 34, "depends_on[0]: 'R1' is not the key of a criterion above this"),
        ("weight: 3", "depends_on: [C1, C1]", 34, "depends_on[1]: 'C1' is there already, on line 34"),
        ("weight: 3", "depends_on: [c1]", 34, "depends_on[0]: 'c1' must be a capital letter and a number"),
        ("weight: 3", "depends_on: C1", 34, "depends_on: 'C1' is not a list"),
        ("key: R1", "key: bias", 30, "key: 'bias' must be a capital letter and a number, such as V1"),
    ],
)
def test_a_mistake_in_a_criterion_is_named_by_line_and_field(old, new, line, message):
    (complaint,) = complaints(with_change(old, new))

    assert complaint.startswith(f"line {line}, {CRITERION}.{message}")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "sponsor_named",
            "x",
            f"line 29, {GATE}.criteria[0].check: 'x' is not one of kpis_fresh, sponsor_na",
        ),
        ("threshold: 80", "threshold: 101", f"line 16, {GATE}.score_threshold: '101' is not a whole number"),
        (
            "threshold: 50",
            "threshold: -1",
            f"line 17, {GATE}.floor_threshold: '-1' is not a whole number from",
        ),
        (
            "quorum: all",
            "quorum: most",
            f"line 15, {GATE}.quorum: 'most' is not all, any or a number of roles",
        ),
        ("quorum: all", "quorum: 3", f"line 11, {GATE}: quorum 3 cannot be reached with 2 gatekeeper roles"),
        ("Sponsor, Risk", "Risk, risk", f"line 14, {GATE}.gatekeeper_roles[1]: 'risk' is there already, on"),
        (
            "[Sponsor, Risk]",
            "[{role: Risk, rule: 2}]",
            f"line 14, {GATE}.gatekeeper_roles[0].rule: there is no such",
        ),
        (
            "[Sponsor, Risk]",
            "[{role: Risk, quorum: most}]",
            f"line 14, {GATE}.gatekeeper_roles[0].quorum: 'most' is not all, any or a number of people",
        ),
        (
            "[Sponsor, Risk]",
            "[{role: Risk, areas: [law]}]",
            f"line 14, {GATE}.gatekeeper_roles[0].areas[0]: 'law' is not one of value, data",
        ),
        (
            "[Sponsor, Risk]",
            "[{role: sponsor, quorum: 2}]",
            f"line 14, {GATE}.gatekeeper_roles[0]: quorum 2 cannot be reached: a pilot has one sponsor",
        ),
        (
            "[Sponsor, Risk]",
            "[Risk, {role: risk}]",
            f"line 14, {GATE}.gatekeeper_roles[1].role: 'risk' is there already, on line 14",
        ),
        (
            "[executive]",
            "[boss]",
            f"line 19, {GATE}.override_roles[0]: 'boss' is not one of programme_manager",
        ),
        (
            "production: false",
            "production: no way",
            "line 9, phases[0].in_production: 'no way' is not true or",
        ),
        ("days: 30", "days: 1:30", "line 8, phases[0].typical_days: '1:30' is not a whole number from 1 to"),
        ("key: pilot", "key: The Pilot", "line 5, phases[0].key: 'The Pilot' must be lower-case letters"),
        ("key: small", "key: [small]", "line 1, key: a list must be lower-case letters"),
    ],
)
def test_a_mistake_elsewhere_is_named_by_line_and_field(old, new, message):
    (complaint,) = complaints(with_change(old, new))

    assert complaint.startswith(message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: the file is empty"),
        ("# only a comment\n", "line 1: the file is empty"),
        ("~", "line 1: '~' is not a group of fields (name: value)"),
        ("just words", "line 1: 'just words' is not a group of fields (name: value)"),
        ("- a\n- b\n", "line 1: a list is not a group of fields (name: value)"),
        ("key: small\nname: Small\ndescription: None.\n", "line 1, phases: is missing"),
        ("key: a\nname: A\ndescription: None.\nphases: []\n", "line 4, phases: needs at least one phase"),
        ("key: small\nname: 'Small\n", "line 3: not valid YAML: found unexpected end of stream"),
        ("key: a\n\tname: b\n", "line 2: not valid YAML: found character '\\t' that cannot start any token"),
        ("key: a\nname: \x07\n", "line 2: not valid YAML: a character that cannot be shown"),
        ("key: a\n---\nkey: b\n", "line 2: not valid YAML: but found another document"),
        ('key: "\\UFFFFFFFF"', "line 1: not valid YAML: a number or an escape in it is out of range"),
        ("key: &a small\nname: *a\n", "line 1: not valid YAML: anchors (&) and aliases (*) are not accepted"),
        ("key: small\nname: *a\n", "line 2: not valid YAML: anchors (&) and aliases (*) are not accepted"),
        ("[" * 5000, "line 1: not valid YAML: nested more than 12 levels deep"),
        ("#" * 500_001, "line 1: the file has 500,001 characters; at most 500,000 are read"),
    ],
)
def test_what_is_no_playbook_at_all_is_refused_in_one_sentence(text, message):
    (complaint,) = complaints(text)

    assert complaint.startswith(message)


def test_a_named_python_object_is_never_made():
    (complaint,) = complaints(with_change("name: Small", "name: !!python/object/apply:os.getcwd []"))

    assert complaint == "line 2, name: a list is not text; put it in quotes if it is meant as text"


def test_every_mistake_is_reported_at_once_in_the_order_of_the_lines():
    text = with_change("quorum: all", "quorum: most")
    text = with_change("weight: 3", "weight: 0", text)
    text = with_change("key: small", "id: small", text)
    text = with_change("key: R1", "key: C1", text)

    assert [complaint.split(":")[0] for complaint in complaints(text)] == [
        "line 1, id",
        "line 1, key",
        "line 15, phases[0].gate.quorum",
        f"line 30, {CRITERION}.key",
        f"line 34, {CRITERION}.weight",
    ]


def two_phases(change: Callable[[list[dict]], object]) -> str:
    """A playbook of two phases after a change to them."""
    playbook, second = yaml.safe_load(SMALL), yaml.safe_load(SMALL)["phases"][0]
    second["key"], second["gate"]["key"] = "operation", "G2"
    playbook["phases"].append(second)
    change(playbook["phases"])
    return yaml.safe_dump(playbook, sort_keys=False)


def test_two_phases_may_not_share_a_key():
    (complaint,) = complaints(two_phases(lambda phases: phases[1].update(key="pilot")))

    assert "phases[1].key: 'pilot' is there already, on line 5" in complaint


def test_two_gates_may_not_share_a_key():
    (complaint,) = complaints(two_phases(lambda phases: phases[1]["gate"].update(key="G1")))

    assert "phases[1].gate.key: 'G1' is there already, on line 11" in complaint


def test_only_the_last_gate_can_recur():
    last_recurs = read(two_phases(lambda phases: phases[1]["gate"].update(every_months=6)))
    (complaint,) = complaints(two_phases(lambda phases: phases[0]["gate"].update(every_months=6)))

    assert [phase.gate.recurring for phase in last_recurs.phases] == [False, True]
    assert "phases[0].gate.every_months: only the gate of the last phase can recur" in complaint


@given(st.text())
def test_text_that_is_no_playbook_is_refused_in_words(text):
    assert all(message.startswith("line ") for message in complaints(text))


DAMAGE = [
    "",
    "{}",
    "- ",
    "  x: [1, {a: }]",
    "? [a]",
    ": ",
    "!!int x",
    "!!bool x",
    "<<: {}",
    "~",
    "'",
    "|",
    "\t",
]


@given(st.integers(0, SMALL.count("\n") - 1), st.floats(0, 1), st.sampled_from(DAMAGE))
def test_a_damaged_file_is_either_read_or_refused_in_words(at, share_kept, damage):
    lines = SMALL.splitlines()
    lines[at] = lines[at][: round(share_kept * len(lines[at]))] + damage

    try:
        read("\n".join(lines))
    except PlaybookError as error:
        assert error.messages
        assert all(message.startswith("line ") for message in error.messages)


def test_a_gatekeeper_role_is_a_label_or_says_how_many_sign_and_for_what():
    roles = "[Sponsor, {role: Risk, quorum: 2, areas: [risk, data]}, {role: Legal, quorum: any}]"
    (phase,) = read(with_change("[Sponsor, Risk]", roles)).phases

    assert phase.gate.gatekeeper_roles == (
        GatekeeperRole("Sponsor"),
        GatekeeperRole("Risk", "2", (Area.DATA, Area.RISK)),
        GatekeeperRole("Legal"),
    )


def test_what_waits_must_be_something_people_do():
    kill = with_change("kind: must_meet", "kind: kill")
    checked = with_change("weight: 3", "depends_on: [C1]\n          check: kpis_fresh")

    assert complaints(with_change("weight: 3", "depends_on: [C1]", kill)) == [
        f"line 34, {CRITERION}.depends_on[0]: 'C1' is a kill criterion, which nobody works towards"
    ]
    assert complaints(checked) == [
        f"line 34, {CRITERION}.depends_on: a criterion that a check decides cannot wait for others"
    ]
    assert complaints(
        with_change("weight: 3", "depends_on: [C1]").replace("kind: should_meet", "kind: kill")
    ) == [f"line 34, {CRITERION}.depends_on: a kill criterion cannot wait for others"]
