"""When packs are frozen, by whom, and that what is frozen stays so."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from gates import events
from gates.checklist.actions import assess_criterion
from gates.choices import AssessmentState, GateStatus, Outcome
from gates.decisions.actions import decide
from gates.evidence.actions import remove_evidence
from gates.journey.actions import plan_gate, request_review
from gates.models import DecisionPack, Evidence, Gate
from gates.packs.actions import freeze_due_packs, freeze_pack
from gates.packs.rules import freeze_blockers, freeze_due
from gates.packs.tasks import freeze_due_packs as task
from gates.review.actions import withdraw_review
from gates.rules import freeze_day, freeze_moment
from metrics.models import Kpi
from pilots.models import Event, Pilot
from pilots.rules import RuleViolation
from tests.builders import make_outlook, measure
from tests.gates.packs.conftest import BERLIN, PLANNED, moment

pytestmark = pytest.mark.django_db
FREEZE = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("planned_on", "days", "expected"),
    [(PLANNED, 2, FREEZE), (PLANNED, 0, PLANNED), (date(2026, 3, 1), 1, date(2026, 2, 28)), (None, 2, None)],
)
def test_evidence_freezes_so_many_days_before_the_plan(planned_on, days, expected):
    assert freeze_day(planned_on, days) == expected


@pytest.mark.parametrize(
    ("day", "utc"),
    [
        (date(2026, 11, 24), "2026-11-24T17:00+00:00"),
        (date(2026, 3, 28), "2026-03-28T17:00+00:00"),
        (date(2026, 3, 29), "2026-03-29T16:00+00:00"),  # the clocks go forward
        (date(2026, 10, 24), "2026-10-24T16:00+00:00"),
        (date(2026, 10, 25), "2026-10-25T17:00+00:00"),  # and back
    ],
)
def test_it_freezes_at_six_where_the_organisation_is(day, utc):
    due = datetime.fromisoformat(utc)

    assert freeze_moment(day, BERLIN) == due
    assert freeze_due(day, 0, now=due, zone=BERLIN) == day
    assert freeze_due(day, 0, now=due - timedelta(seconds=1), zone=BERLIN) is None


@pytest.mark.parametrize("status", GateStatus)
def test_only_a_current_gate_is_frozen(status):
    refused = freeze_blockers(gate_status=status)

    assert bool(refused) is (status not in (GateStatus.OPEN, GateStatus.SUBMITTED))


def test_the_task_freezes_when_the_moment_has_come_and_only_once(in_review):
    with moment("2026-11-24 17:59"):
        assert freeze_due_packs() == 0
    with moment("2026-11-24 18:00"):
        task()
        task()
    with moment("2026-11-25 09:00"):
        assert freeze_due_packs() == 0

    pack = DecisionPack.objects.get()
    assert (pack.gate, pack.number, pack.freeze_on, pack.frozen_by) == (in_review, 1, FREEZE, None)
    assert pack.frozen_at == datetime(2026, 11, 24, 17, tzinfo=ZoneInfo("UTC"))
    happened = Event.objects.get(type=events.PACK_FROZEN)
    assert (happened.actor, happened.data["number"], happened.data["digest"]) == (None, 1, pack.digest)


def test_a_late_task_freezes_all_the_same(in_review):
    with moment("2026-11-30 07:00"):
        assert freeze_due_packs() == 1


def test_a_review_asked_for_after_the_freeze_is_frozen_at_the_next_run(gate, olga):
    with moment("2026-11-24 19:00"):
        assert freeze_due_packs() == 0
        request_review(gate=gate, by=olga)
        assert freeze_due_packs() == 1


def test_a_withdrawn_request_an_archived_pilot_and_no_plan_freeze_nothing(in_review, olga):
    with moment("2026-11-24 19:00"):
        Pilot.objects.filter(pk=in_review.pilot_id).update(archived_at=datetime(2026, 11, 1, tzinfo=BERLIN))
        assert freeze_due_packs() == 0
        Pilot.objects.filter(pk=in_review.pilot_id).update(archived_at=None)
        Gate.objects.filter(pk=in_review.pk).update(planned_on=None)
        assert freeze_due_packs() == 0
        Gate.objects.filter(pk=in_review.pk).update(planned_on=PLANNED)
        withdraw_review(gate=in_review, by=olga)
        assert freeze_due_packs() == 0


def test_when_the_plan_moves_the_new_day_freezes_anew(in_review, petra):
    with moment("2026-11-24 18:00"):
        freeze_due_packs()
        plan_gate(gate=in_review, planned_on=date(2026, 12, 10), forecast_on=None, reason="Waits.", by=petra)
        assert freeze_due_packs() == 0
    with moment("2026-12-08 18:00"):
        assert freeze_due_packs() == 1

    assert list(DecisionPack.objects.order_by("number").values_list("number", "freeze_on")) == [
        (1, FREEZE),
        (2, date(2026, 12, 8)),
    ]


def test_on_request_the_next_number_and_sent_again_the_same(gate, petra):
    with moment("2026-11-20 10:00:00"):
        first = freeze_pack(gate=gate, by=petra)
    with moment("2026-11-20 10:00:05"):
        again = freeze_pack(gate=gate, by=petra)
    with moment("2026-11-20 10:00:20"):
        later = freeze_pack(gate=gate, by=petra)

    assert again == first
    assert (first.number, later.number, later.frozen_by) == (1, 2, petra)
    assert Event.objects.filter(type=events.PACK_FROZEN).count() == 2


def test_what_changed_between_two_clicks_is_a_pack_of_its_own(gate, olga, petra):
    first = freeze_pack(gate=gate, by=petra)
    assess_criterion(assessment=gate.assessments.get(criterion__key="V1"), state=AssessmentState.MET, by=olga)

    assert freeze_pack(gate=gate, by=petra) != first


def test_a_decided_gate_is_frozen_no_more(gate, petra, ana):
    gate.assessments.update(state=AssessmentState.MET)
    decide(
        gate=gate, outcome=Outcome.STOP, reason_code="data", reason="No data.", lesson="Ask first.", by=ana
    )

    with pytest.raises(RuleViolation, match="nothing to freeze"):
        freeze_pack(gate=gate, by=petra)


def test_a_pack_is_written_once(gate, petra):
    pack = freeze_pack(gate=gate, by=petra)

    pack.content = {}
    with pytest.raises(TypeError):
        pack.save()
    with pytest.raises(TypeError):
        pack.delete()
    with pytest.raises(TypeError):
        DecisionPack.objects.update(content={})


def test_the_database_refuses_a_number_or_freeze_twice(gate, petra):
    pack = freeze_pack(gate=gate, by=petra)
    same = {"gate": gate, "frozen_at": pack.frozen_at, "digest": "", "content": {}}

    for fields in (
        {"number": 1, "frozen_by": petra},
        {"number": 2},  # neither asked for nor due
        {"number": 0, "frozen_by": petra},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            DecisionPack.objects.create(**same, **fields)
    DecisionPack.objects.create(**same, number=2, freeze_on=FREEZE)
    with pytest.raises(IntegrityError), transaction.atomic():
        DecisionPack.objects.create(**same, number=3, freeze_on=FREEZE)


def test_nothing_that_happens_later_changes_the_page_of_a_pack(in_review, olga, petra, ana, client_of):
    pack = freeze_pack(gate=in_review, by=petra)
    address = f"/pilots/{in_review.pilot.key}/gates/G1/pack/1/"
    before = article(client_of(petra).get(address))

    change_everything(in_review, olga)

    now = client_of(petra).get(address)
    assert article(now) == before
    assert "Invoice reading" in before
    assert "KPI “Faster”" not in before
    said = now.content.decode()
    assert "Since it was frozen" in said
    assert "KPI “Faster”" in said
    pack.refresh_from_db()
    assert pack.content["pilot"]["title"] == "Invoice reading"


def article(response) -> str:
    text = response.content.decode()
    return text[text.index("<article") : text.index("</article>")]


def change_everything(gate: Gate, olga) -> None:
    pilot = Pilot.objects.get(pk=gate.pilot_id)
    kpi = Kpi.objects.get(pilot=pilot)
    measure(kpi, "3", by=olga)
    Kpi.objects.filter(pk=kpi.pk).update(name="Faster", target=Decimal(99))
    make_outlook(pilot, cost_to_go=Decimal(900_000), as_of=date(2026, 11, 19))
    for person in (olga, pilot.sponsor):
        person.name = f"{person.name} the Second"
        person.save()
    remove_evidence(evidence=Evidence.objects.get(), reason="Wrong one.", by=olga)
    plan_gate(gate=gate, planned_on=date(2026, 12, 24), forecast_on=None, reason="Later.", by=olga)
    for row in gate.assessments.all():
        assess_criterion(assessment=row, state=AssessmentState.MET, note="Done.", by=olga)
    Pilot.objects.filter(pk=pilot.pk).update(
        title="Renamed", problem="Another.", risk_tier="high", unit="Sales", phase_name="Elsewhere"
    )
