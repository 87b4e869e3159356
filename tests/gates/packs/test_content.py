"""What a pack holds, and that a fixed number of queries brings it together."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gates.amendments.actions import approve_amendment, ask_amendment
from gates.checklist.actions import assess_criterion
from gates.decisions.actions import Promise, decide
from gates.digest import digest_of
from gates.evidence.actions import add_evidence
from gates.feedback.actions import answer_feedback, give_feedback
from gates.journey.actions import request_review
from gates.journey.queries import checklist_of
from gates.models import Gate
from gates.packs.actions import WHOLE, freeze_pack
from gates.packs.content import content_of
from gates.packs.page import PackPage
from gates.review.actions import send_back
from gates.waivers.actions import approve_waiver, ask_waiver
from metrics.value.actions import record_spending
from tests.builders import bring, make_benefit, make_budget, make_entry, make_kpi, measure, sign_all, start
from tests.gates.decisions.deciding import promises
from tests.gates.packs.conftest import moment

pytestmark = pytest.mark.django_db
GOLDEN = Path(__file__).parent / "shape.json"


def content(gate: Gate) -> dict:
    whole = Gate.objects.select_related(*WHOLE).get(pk=gate.pk)
    return content_of(whole, checklist_of(whole), today=timezone.localdate())


@pytest.fixture
def eventful(in_review, olga, ana, erik) -> Gate:
    """The next gate: with a waiver, an amendment, an issue, and conditions of the gate before."""
    sign_all(in_review)
    make_entry(in_review.pilot, by=olga)
    facts = {"assessment": None, "field": "score_threshold", "after": 50, "reason": "Small pilot."}
    bring(make_benefit(in_review.pilot), date(2026, 10, 1), 300, by=olga)
    make_budget(in_review.pilot, "pilot", 1_000)
    promise = Promise("Ask ten more users", date(2026, 12, 1), olga)
    going = {"reason_code": "small_gaps", "reason": "Nearly.", "scope_cap": "At most 200 users"}
    decision = decide(
        gate=in_review,
        outcome="conditional_go",
        conditions=(promise, *promises(in_review, due=date(2026, 12, 2), owner=olga)),
        by=erik,
        **going,
    )
    second = decision.gate.pilot.gates.current().get()
    waived_again = second.assessments.get(criterion__key="T1")
    approve_waiver(
        waiver=ask_waiver(assessment=waived_again, reason="In May.", expires_on=date(2027, 5, 1), by=olga),
        by=ana,
    )
    overtaken = second.assessments.get(criterion__key="O1")
    ask_waiver(assessment=overtaken, reason="In May.", expires_on=date(2027, 5, 1), by=olga)
    assess_criterion(assessment=overtaken, state="met", by=olga)
    approve_amendment(amendment=ask_amendment(gate=second, by=olga, **facts), note="", by=ana)
    criterion = second.assessments.get(criterion__key="V1")
    add_evidence(assessment=criterion, kind="note", title="Problem note", note="It takes an hour.", by=olga)
    issue = give_feedback(gate=second, assessment=criterion, level="major", comment="Ask users.", by=ana)
    answer_feedback(feedback=issue, comment="We did.", by=olga)
    request_review(gate=second, by=olga, message="Please.")
    send_back(gate=second, reason="Say who pays.", by=ana)
    request_review(gate=second, by=olga, message="Finance does.")
    return second


def test_the_shape_is_the_one_that_kept_packs_have(eventful):
    """Packs frozen long ago are shown by today's page: a name taken away here breaks them."""
    told = content(eventful)
    told.pop("facts")  # named after criteria and KPIs; gates.digest holds their shape

    assert json.loads(json.dumps(shape(told))) == json.loads(GOLDEN.read_text())


def shape(value):
    """The names in it, of lists the first element's."""
    if isinstance(value, dict):
        return {name: shape(inside) for name, inside in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


def test_it_tells_the_whole_story(in_review):
    told = content(in_review)

    assert told["pilot"]["title"] == "Invoice reading"
    assert told["gate"]["planned_on"] == "2026-11-26"
    assert told["ask"]["said"] == "We ask for EUR 310k."
    assert told["recommendation"]["label"] == "Hold"
    assert [row["key"] for row in told["blockers"]] == ["V1", "T1"]
    assert [row["title"] for row in told["criteria"][0]["evidence"]] == ["Problem note"]
    assert len(told["criteria"][0]["evidence"][0]["sha256"]) == 64
    assert told["kpis"][0]["latest"] == "17.5"
    assert told["kpis"][0]["readings"] == [["2026-10-20", "14"], ["2026-11-10", "17.5"]]
    assert (told["money"]["cost"], told["money"]["net"]) == ("EUR 100,000", "EUR 150,000")
    assert told["quorum"]["roles"][0]["seats"][0]["person"] == "Sven Sponsor"
    assert [(one["who"], one["level"]) for one in told["dissent"]] == [("Ana Anders", "Major issue")]
    assert told["terms"]["words"] == "Thresholds as frozen"


def test_it_tells_why_it_was_sent_back_before_it_was_asked_for_again(in_review, olga, ana):
    send_back(gate=in_review, reason="Say who pays.", by=ana)
    assert content(in_review)["ask"] is None
    request_review(gate=in_review, by=olga, message="Finance does.")

    ask = content(in_review)["ask"]
    assert (ask["said"], ask["sent_back"]["said"]) == ("Finance does.", "Say who pays.")
    assert ask["sent_back"]["who"] == "Ana Anders"


def test_evidence_that_came_after_the_freeze_is_marked(in_review, olga):
    row = in_review.assessments.get(criterion__key="T1")
    with moment("2026-11-24 18:00"):
        add_evidence(assessment=row, kind="note", title="In time", note="It held.", by=olga)
    with moment("2026-11-24 18:01"):
        add_evidence(assessment=row, kind="note", title="Late", note="It held again.", by=olga)

    pieces = [piece for row in content(in_review)["criteria"] for piece in row["evidence"]]

    marked = {piece["title"]: piece["late"] for piece in pieces}
    assert marked == {"Problem note": False, "In time": False, "Late": True}
    Gate.objects.filter(pk=in_review.pk).update(planned_on=None)
    assert not any(piece["late"] for row in content(in_review)["criteria"] for piece in row["evidence"])


def test_what_was_spent_never_changes_the_recommendation(in_review):
    recommended = []
    for spent in (None, 0, 99_000_000):
        in_review.pilot.outlook.__class__.objects.update(spent=spent)
        recommended.append(content(in_review)["recommendation"])

    assert recommended[0] == recommended[1] == recommended[2]


def test_what_was_spent_of_the_budget_changes_nothing_but_itself(in_review, olga, client_of):
    line = make_budget(in_review.pilot, "pilot", 1_000, first=date(2026, 10, 1), months=6)
    told = []
    for spent in (0, 400, 99_000_000):
        record_spending(line=line, month=date(2026, 10, 1), actual=Decimal(spent), by=olga)
        told.append(content(in_review))

    assert [one["plan"]["spent"] for one in told] == ["0", "400", "99,000,000"]
    for one in told:
        one["plan"] |= {"spent": ""}
        assert one == told[0]


def test_it_tells_what_readings_say_of_a_kpi(in_review):
    kpi = content(in_review)["kpis"][0]

    assert kpi["judgement"].startswith("Needs 8 readings")
    assert (kpi["at_target_since"], kpi["counts_from"]) == (None, None)


def test_it_is_plain_json_with_one_digest(gate, petra):
    pack = freeze_pack(gate=gate, by=petra)

    assert json.loads(json.dumps(pack.content)) == pack.content
    assert pack.digest == digest_of(pack.content["facts"])
    digest_of(pack.content)  # nothing in it can be written in two ways


def test_its_queries_are_the_same_however_much_there_is(in_review, olga):
    content(in_review)  # warm
    with CaptureQueriesContext(connection) as few:
        content(in_review)
    for place in range(5):
        measure(make_kpi(in_review.pilot, f"KPI {place}"), "12", by=olga)

    with CaptureQueriesContext(connection) as many:
        content(in_review)

    assert len(many) == len(few) <= 26


def test_a_bare_gate_has_a_pack_too(pilot, petra):
    pilot.owner = pilot.sponsor = None
    pilot.save()
    found = start(pilot, by=petra)
    page = PackPage(freeze_pack(gate=found, by=petra))

    assert page.told["money"] is None
    assert page.kpis == []
    assert page.told["ask"] is None
