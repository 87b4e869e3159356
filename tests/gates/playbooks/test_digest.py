"""When two playbook files mean the same."""

import pytest
import yaml
from hypothesis import given

from gates.playbooks.schema import digest, dump
from tests.gates.playbooks.samples import SMALL, playbooks, read, with_change


@given(playbooks())
def test_a_playbook_written_out_and_read_again_is_the_same(playbook):
    written = dump(playbook)

    assert read(written) == playbook
    assert dump(read(written)) == written
    assert digest(read(written)) == digest(playbook)


def backwards(plain: object) -> object:
    """The same content with the fields of every group in the opposite order."""
    if isinstance(plain, dict):
        return {name: backwards(plain[name]) for name in reversed(plain)}
    return [backwards(item) for item in plain] if isinstance(plain, list) else plain


@pytest.mark.parametrize(
    "text",
    [
        "# A remark\n\n" + SMALL,
        yaml.safe_dump(backwards(yaml.safe_load(SMALL)), sort_keys=False, default_flow_style=True),
        with_change("Test it by group.", ">-\n            Test it\n            by group."),
        with_change("effort_days: 4\n", "effort_days: 4.0\n"),
        with_change("[limited, high]", "[high, limited]"),
        with_change("kind: must_meet", "kind: must_meet\n          weight: 2"),
        with_change("quorum: all", "quorum: 'all'"),
        with_change("[Sponsor, Risk]", "[Sponsor, {role: Risk, quorum: any}]"),
    ],
    ids=["comment", "fields", "layout", "decimals", "tiers", "default weight", "quotes", "plain role"],
)
def test_digest_does_not_see_what_has_no_meaning(text):
    assert text != SMALL
    assert digest(read(text)) == digest(read(SMALL))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: Look at bias", "title: Look at fairness"),
        ("weight: 3", "weight: 4"),
        ("kind: should_meet", "kind: must_meet"),
        ("effort_days: 0.5", "effort_days: 0.6"),
        ("          validity_days: 365\n", ""),
        ("[limited, high]", "[high]"),
        ("          check: sponsor_named\n", ""),
        ("score_threshold: 80", "score_threshold: 81"),
        ("      override_roles: [executive]\n", ""),
        ("[Sponsor, Risk]", "[Risk, Sponsor]"),
        ("[Sponsor, Risk]", "[Sponsor, {role: Risk, quorum: all}]"),
        ("[Sponsor, Risk]", "[Sponsor, {role: Risk, areas: [risk]}]"),
        ("weight: 3", "weight: 3\n          depends_on: [C1]"),
        ("in_production: false", "in_production: true"),
    ],
)
def test_digest_changes_with_the_meaning(old, new):
    assert digest(read(with_change(old, new))) != digest(read(SMALL))


def test_digest_of_one_playbook_is_the_same_from_release_to_release():
    assert digest(read(SMALL)) == "0e7465866d0c0d39c995809433b21850c976c4008dfbc7b246bc42104307acd1"
