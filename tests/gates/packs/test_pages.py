"""Reading packs: the pages of a gate with none, one and several, and what they cost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gates.checklist.actions import assess_criterion
from gates.choices import AssessmentState
from gates.evidence.actions import add_evidence
from gates.models import DecisionPack, Gate
from gates.packs.actions import freeze_pack
from tests.builders import make_kpi, measure, start

# What these pages ask is asked of both databases in `tests/flows/test_every_page.py`.
pytestmark = [pytest.mark.django_db, pytest.mark.either]


def read(client, gate: Gate, rest: str = "pack/") -> str:
    answer = client.get(f"/pilots/{gate.pilot.key}/gates/{gate.definition.key}/{rest}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_without_a_pack_it_says_when_one_is_frozen(gate, petra, olga, client_of):
    page = read(client_of(petra), gate)

    assert "No pack has been frozen yet" in page
    assert "Tue 24 Nov 2026, 18:00 CET" in page
    assert "in 4 days" in page
    assert "Freeze now" in page
    assert "Freeze now" not in read(client_of(olga), gate)


def test_without_a_plan_no_freeze_is_due(gate, petra, client_of):
    Gate.objects.update(planned_on=None)

    assert "no freeze is due" in read(client_of(petra), gate)


def test_the_gate_says_when_its_evidence_freezes(gate, olga, client_of):
    page = read(client_of(olga), gate, "")

    assert "Evidence freezes" in page
    assert "Decision pack" in page


def test_freezing_on_the_page_leads_to_the_pack(gate, petra, client_of):
    client = client_of(petra)

    answer = client.post(f"/pilots/{gate.pilot.key}/gates/G1/pack/freeze/", follow=True)

    assert answer.status_code == 200
    assert "Pack v1 is frozen." in answer.content.decode()
    assert "<b>Pack v1</b>, frozen" in answer.content.decode()


def test_an_ended_gate_says_why_nothing_is_frozen(gate, petra, client_of):
    second = Gate.objects.get(pilot=gate.pilot, definition__key="G2")

    answer = client_of(petra).post(f"/pilots/{gate.pilot.key}/gates/G2/pack/freeze/", follow=True)

    assert "nothing to freeze" in answer.content.decode()
    assert not DecisionPack.objects.filter(gate=second).exists()


def test_what_came_after_the_freeze_is_listed_apart(in_review, olga, petra, ana, client_of, on):
    freeze_pack(gate=in_review, by=petra)
    row = in_review.assessments.get(criterion__key="T1")
    with on("2026-11-21"):
        add_evidence(assessment=row, kind="note", title="Load test", note="It held.", by=olga)
        assess_criterion(assessment=row, state=AssessmentState.MET, by=olga)
        page = read(client_of(ana), in_review)

    frozen, live = page.split("Since it was frozen")
    assert "Load test" not in frozen
    assert "T1 “Tried at production volume” was not started and is now met." in live
    assert "Evidence after the freeze" in live
    assert "Load test" in live
    with on("2026-11-21"):
        decide = read(client_of(ana), in_review, "decision/")
    assert ">Pack v1</a>, frozen" in decide
    assert "2 things changed since" in decide


def test_packs_that_are_not_there(gate, petra, client_of):
    client, base = client_of(petra), f"/pilots/{gate.pilot.key}/gates/G1/pack/"
    freeze_pack(gate=gate, by=petra)

    for rest in ("2/", "2/compare/", "1/compare/7/", f"{9**20}/"):
        assert client.get(base + rest).status_code == 404, rest
    assert client.get(base + "freeze/").status_code == 405


def test_an_earlier_attempt_keeps_its_packs(gate, petra, client_of):
    freeze_pack(gate=gate, by=petra)
    facts = {"definition": gate.definition, "score_threshold": 60, "floor_threshold": 0}
    Gate.objects.create(pilot=gate.pilot, attempt=2, **facts)

    assert "Pack v1" in read(client_of(petra), gate, "pack/?attempt=1")
    assert "?attempt=1" in read(client_of(petra), gate, "pack/1/?attempt=1")
    assert "Pack v1" not in read(client_of(petra), gate)


def test_the_page_costs_the_same_however_much_there_is(in_review, olga, petra, client_of):
    freeze_pack(gate=in_review, by=petra)
    client = client_of(petra)
    read(client, in_review)
    with CaptureQueriesContext(connection) as few:
        read(client, in_review)
    for place in range(4):
        measure(make_kpi(in_review.pilot, f"KPI {place}"), "12", by=olga)
        freeze_pack(gate=in_review, by=petra)

    with CaptureQueriesContext(connection) as many:
        read(client, in_review)

    assert len(many) == len(few) <= 38


def test_a_pack_of_what_people_wrote_is_escaped(pilot, petra, client_of):
    pilot.title = "<script>alert(1)</script>"
    pilot.risk_rationale, pilot.risk_tier = "<img src=x>", "high"
    pilot.save()
    found = start(pilot)
    freeze_pack(gate=found, by=petra)

    page = read(client_of(petra), found)

    assert "<script>alert" not in page
    assert "<img src=x>" not in page
