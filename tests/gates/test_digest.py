"""The fingerprint of what was decided on: canonical, and different exactly when something differs."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gates.choices import Area, AssessmentState, CriterionKind
from gates.digest import EXPIRED, KPI_AREAS, covered, differences, digest_of
from metrics.choices import KpiKind


def criterion(**other):
    return {
        "title": "Name the problem",
        "area": "value",
        "kind": "must_meet",
        "weight": 2,
        "state": "met",
        "until": None,
        "evidence": [{"title": "Plan", "sha256": "aa"}],
    } | other


def kpi(**other):
    return {
        "kind": "business",
        "unit": "%",
        "direction": "lower",
        "baseline": "5.1",
        "target": "2",
        "latest": "2.8",
    } | other


def facts(criteria=None, kpis=None, **gate):
    return {
        "playbook": {"key": "standard", "version": 1, "digest": "dd"},
        "gate": {"key": "G1", "attempt": 1, "score_threshold": 80, "floor_threshold": 30} | gate,
        "criteria": {"V1": criterion()} if criteria is None else criteria,
        "kpis": {"Errors": kpi()} if kpis is None else kpis,
    }


CRITERIA = st.fixed_dictionaries(
    {
        "title": st.text(max_size=5),
        "area": st.sampled_from([area.value for area in Area]),
        "kind": st.sampled_from([kind.value for kind in CriterionKind]),
        "weight": st.integers(1, 3),
        "state": st.sampled_from([*(state.value for state in AssessmentState), EXPIRED]),
        "until": st.none() | st.just("2027-03-01"),
        "evidence": st.lists(
            st.fixed_dictionaries({"title": st.text(max_size=3), "sha256": st.sampled_from("abc")}),
            max_size=2,
        ),
    }
)
KPIS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from([kind.value for kind in KpiKind]),
        "unit": st.sampled_from(["%", "h"]),
        "direction": st.sampled_from(["higher", "lower"]),
        "baseline": st.none() | st.sampled_from(["0", "5.1"]),
        "target": st.none() | st.sampled_from(["2"]),
        "latest": st.none() | st.sampled_from(["2.8", "3"]),
    }
)
FACTS = st.builds(
    facts,
    criteria=st.dictionaries(st.sampled_from(["V1", "T1", "R2"]), CRITERIA, max_size=3),
    kpis=st.dictionaries(st.sampled_from(["Errors", "Time"]), KPIS, max_size=2),
    score_threshold=st.integers(70, 72),
)


def test_the_digest_is_the_one_written_down_here():
    # Another value here would make every stored sign-off stale.
    assert digest_of(facts()) == "8bd55a60be11e0b5cdab9b7c31436b58936b35830edd01a3531870e6cd9a0a55"


@given(FACTS)
def test_the_order_of_names_does_not_count(some):
    turned = json.loads(json.dumps(some), object_pairs_hook=lambda pairs: dict(reversed(pairs)))

    assert digest_of(turned) == digest_of(some)


@given(FACTS, FACTS)
def test_there_is_a_difference_to_read_exactly_when_the_digests_differ(before, now):
    assert bool(differences(before, now)) == (digest_of(before) != digest_of(now))
    assert all(difference.text.endswith(".") for difference in differences(before, now))


@given(FACTS, FACTS, st.sets(st.sampled_from([area.value for area in Area])))
def test_a_role_hears_only_of_its_areas(before, now, areas):
    mine = differences(covered(before, areas), covered(now, areas))
    everything = {difference.text for difference in differences(before, now)}

    assert not areas or {d.key for d in mine if d.key} <= {
        key for side in (before, now) for key, item in side["criteria"].items() if item["area"] in areas
    }
    assert areas or {difference.text for difference in mine} == everything


@pytest.mark.parametrize("ambiguous", [1.5, Decimal("1.5"), {1: "x"}, ("a",), {"a": [0.1]}])
def test_what_can_be_written_in_two_ways_is_refused(ambiguous):
    with pytest.raises(TypeError):
        digest_of({"gate": ambiguous})


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (facts(score_threshold=70), "The score it needs was 80% and is now 70%."),
        (facts({"V1": criterion(state="not_met")}), "V1 “Name the problem” was met and is now not met."),
        (facts({"V1": criterion(state=EXPIRED)}), "V1 “Name the problem” was met and is now expired."),
        (
            facts({"V1": criterion(state="waived", until="2027-03-01")}),
            "V1 “Name the problem” was met and is now waived until 1 Mar 2027.",
        ),
        (
            facts({"V1": criterion(kind="should_meet")}),
            "V1 “Name the problem” was a must-meet and is now a should-meet.",
        ),
        (facts({"V1": criterion(weight=1)}), "V1 “Name the problem” weighed 2 and now weighs 1."),
        (facts({}), "V1 “Name the problem” was taken away."),
        (
            facts({"V1": criterion(evidence=[])}),
            "Evidence “Plan” no longer stands at V1 “Name the problem” as it was.",
        ),
        (facts(kpis={"Errors": kpi(latest="3.1")}), "KPI “Errors”: the latest value was 2.8 and is now 3.1."),
        (facts(kpis={}), "KPI “Errors” was taken away."),
    ],
)
def test_a_difference_is_a_sentence_with_before_and_after(now, said):
    assert [difference.text for difference in differences(facts(), now)] == [said]


def test_every_kind_of_kpi_belongs_to_an_area():
    assert set(KPI_AREAS) == set(KpiKind.values)
