"""What two packs say that is different, in sentences."""

import copy
from datetime import date
from decimal import Decimal

import pytest
from django.db.models import QuerySet

from gates.checklist.actions import assess_criterion
from gates.choices import AssessmentState
from gates.decisions.actions import decide
from gates.feedback.actions import give_feedback
from gates.models import DecisionPack, Gate
from gates.packs.actions import freeze_pack
from gates.packs.comparing import compared
from gates.packs.queries import pack_before
from gates.signoffs.actions import sign_off
from metrics.models import Kpi
from tests.builders import bring, make_benefit, make_budget, make_entry, make_outlook, measure, sign_all
from tests.gates.decisions.deciding import go, met

pytestmark = pytest.mark.django_db


@pytest.fixture
def first(in_review, petra) -> DecisionPack:
    return freeze_pack(gate=in_review, by=petra)


def test_nothing_has_changed(first):
    assert compared(first.content, copy.deepcopy(first.content)) == []


def test_every_change_has_its_sentence(first, in_review, olga, ana, sven, petra, on):
    row = in_review.assessments.get(criterion__key="T1")
    assess_criterion(assessment=row, state=AssessmentState.NOT_MET, note="It broke.", by=olga)
    measure(Kpi.objects.get(), "19", by=olga)
    make_outlook(in_review.pilot, cost_to_go=Decimal(120_000), horizon_months=24, as_of=date(2026, 11, 19))
    make_entry(in_review.pilot, title="It sleeps", likelihood=4, impact=4, trend="rising", by=olga)
    give_feedback(gate=in_review, level="minor", comment="Say more.", by=ana)
    sign_off(gate=in_review, role="Sponsor", by=sven)
    Gate.objects.filter(pk=in_review.pk).update(forecast_on=date(2026, 12, 3))

    second = freeze_pack(gate=in_review, by=petra)

    assert second.content["changed"]["before"] == "pack v1"
    assert second.content["changed"]["sentences"] == [
        "The gate was forecast for no day and is now forecast for 3 Dec 2026.",
        "The facts recommended hold and now recommend conditional go.",
        "T1 “Tried at production volume” was not started and is now not met.",
        "KPI “Invoices per hour”: the latest value was 17.5 and is now 19.",
        "Cost to go was EUR 100,000 and is now EUR 120,000.",
        "Value to go was counted over 36 months and is now counted over 24.",
        "Risk “It sleeps” is new: open, high (16), rising.",
        "Sven Sponsor has signed as Sponsor.",
        "Enough people have signed now.",
        "Ana Anders sees a minor issue.",
    ]


def test_a_risk_that_stands_otherwise_is_told_and_packs_of_before_say_nothing(first):
    before, now, older = (copy.deepcopy(first.content) for _ in range(3))
    before["risks"] = [{"title": title, "word": "Open (9)"} for title in ("A", "B", "C")]
    now["risks"] = [{"title": "A", "word": "Mitigated"}, {"title": "B", "word": "Open (9)"}]
    del older["risks"]

    assert compared(before, now) == [
        "Risk “A” was open (9) and is now mitigated.",
        "Risk “C” is closed or removed.",
    ]
    assert compared(older, now) == compared(before, older) == []


def test_back_again_reads_the_other_way_round(first, in_review, ana, sven, petra):
    give_feedback(gate=in_review, level="minor", comment="Say more.", by=ana)
    sign_off(gate=in_review, role="Sponsor", by=sven)
    second = freeze_pack(gate=in_review, by=petra)

    back = compared(second.content, first.content)

    assert "The signature of Sven Sponsor as Sponsor no longer stands." in back
    assert "Not enough signatures stand now." in back
    assert "Ana Anders no longer sees a minor issue." in back


@pytest.mark.parametrize(
    ("before", "now", "sentence"),
    [
        (None, {"cost": "EUR 1", "value": "EUR 2", "horizon_months": 12}, "is now said"),
        ({"cost": "EUR 1", "value": "EUR 2", "horizon_months": 12}, None, "is no longer said"),
    ],
)
def test_money_that_was_or_is_not_known(first, before, now, sentence):
    told = [first.content | {"money": money} for money in (before, now)]

    assert compared(*told) == [f"What going on costs and brings {sentence}."]


def test_a_kpi_that_came_to_its_target_or_left_it(first):
    reached = copy.deepcopy(first.content)
    reached["kpis"][0]["at_target_since"] = "2026-11-10"

    assert compared(first.content, reached) == ["KPI “Invoices per hour” is at target since 10 Nov 2026."]
    assert compared(reached, first.content) == ["KPI “Invoices per hour” is no longer at target."]


def test_benefits_and_budget_have_their_sentences(first, in_review, olga, ana, petra):
    pilot = in_review.pilot
    benefit = make_benefit(pilot)
    bring(benefit, date(2026, 9, 1), 300, by=olga)
    make_budget(pilot, "pilot", 1_000, first=date(2026, 12, 1))
    second = freeze_pack(gate=in_review, by=petra)
    assert compared(first.content, second.content) == ["Benefits and budget are now told."]

    bring(benefit, date(2026, 10, 1), 200, band="verified", by=olga, verifier=ana)
    make_budget(pilot, "integration", 2_500, first=date(2026, 12, 1))
    third = freeze_pack(gate=in_review, by=petra)

    assert compared(second.content, third.content) == [
        "The budget was 1,000 and is now 3,500.",
        "By the plan, what is still to be spent was 1,000 and is now 3,500.",
        "Nothing is budgeted for infrastructure, training and change and first year of running.",
        "Benefits by then were 300 EUR and are now 500.",
        "Of them 0 EUR were verified and now 200.",
    ]
    assert third.digest == first.digest  # what people sign for is the gate, not the money


def test_packs_of_before_benefits_were_kept_are_compared_without_them(
    first, in_review, olga, petra, client_of
):
    older = copy.deepcopy(first.content)
    del older["plan"]
    for kpi in older["kpis"]:
        for name in ("at_target_since", "judgement", "degrading_since", "trend_note", "counts_from"):
            del kpi[name]
    make_budget(in_review.pilot, "pilot", 1_000)

    second = freeze_pack(gate=in_review, by=petra)

    assert compared(older, second.content) == []
    QuerySet(DecisionPack).filter(pk=first.pk).update(content=older)  # which the app itself refuses
    assert client_of(petra).get(f"/pilots/{in_review.pilot.key}/gates/G1/pack/1/").status_code == 200


def test_the_first_pack_of_a_gate_is_compared_with_the_gate_before(first, in_review, olga, ana, petra):
    sign_all(met(in_review))
    go(in_review, ana)
    second = Gate.objects.current().get(pilot=in_review.pilot)
    measure(Kpi.objects.get(), "19", by=olga)

    pack = freeze_pack(gate=second, by=petra)

    assert (pack.number, pack.content["changed"]["before"]) == (1, "pack G1")
    assert pack.content["changed"]["sentences"] == [
        "KPI “Invoices per hour”: the latest value was 17.5 and is now 19.",
        "KPI “Invoices per hour”: readings count from 20 Nov 2026 on.",
    ]
    assert pack_before(second, pack) == first


def test_without_a_pack_the_last_decision_stands_in(in_review, olga, ana, petra):
    sign_all(met(in_review))
    go(in_review, ana)
    second = Gate.objects.current().get(pilot=in_review.pilot)
    measure(Kpi.objects.get(), "19", by=olga)

    changed = freeze_pack(gate=second, by=petra).content["changed"]

    assert changed["before"] == "the decision at G1"
    assert changed["sentences"] == ["KPI “Invoices per hour”: the latest value was 17.5 and is now 19."]


def test_the_first_of_all_has_nothing_before(gate, petra):
    assert freeze_pack(gate=gate, by=petra).content["changed"] is None


def test_a_decided_gate_shows_its_packs_and_nothing_live(first, in_review, ana, client_of):
    decide(gate=in_review, outcome="stop", reason_code="data", reason="No.", lesson="Ask.", by=ana)

    page = client_of(ana).get(f"/pilots/{in_review.pilot.key}/gates/G1/pack/").content.decode()

    assert "Since it was frozen" not in page
    assert "This gate was decided on" in page
    assert "Freeze now" not in page
