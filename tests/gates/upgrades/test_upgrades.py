"""Moving pilots to a newer version of their playbook: what stays, what changes, what the preview promised."""

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from gates import events
from gates.amendments.actions import approve_amendment, ask_amendment
from gates.amendments.queries import amended_at, terms_of
from gates.checklist.actions import assess_criterion
from gates.choices import Area, AssessmentState, CriterionKind, EvidenceKind, GateStatus
from gates.evidence.actions import add_evidence
from gates.journey.actions import enter_phase, request_review
from gates.journey.queries import steps, way_of
from gates.models import Amendment, Assessment, Gate, PhaseEntry, ReviewTurn, Waiver
from gates.upgrades.actions import upgrade_chunk
from gates.upgrades.queries import movable, plans_for
from gates.upgrades.tasks import upgrade_pilots
from gates.waivers.actions import approve_waiver, ask_waiver
from pilots.models import Event, Job, Pilot
from pilots.rules import RuleViolation
from tests.builders import (
    CRITERIA,
    PHASES,
    criterion,
    join,
    make_pilot,
    make_playbook,
    make_programme,
    make_user,
    start,
)
from tests.gates.upgrades.builders import job_for, next_version

pytestmark = pytest.mark.django_db
S = AssessmentState
NEW = (
    criterion("V1", weight=1, title="The business problem is named"),
    criterion("T1", area=Area.TECHNICAL, weight=2, kind=CriterionKind.SHOULD_MEET),
    criterion("R1", area=Area.RISK, weight=4),
)


@pytest.fixture
def v1():
    return make_playbook()


@pytest.fixture
def gate(pilot, v1) -> Gate:
    return start(pilot, v1)


def row(gate: Gate, key: str) -> Assessment:
    return gate.assessments.select_related("criterion").get(criterion__key=key)


def upgrade(gate, version, by):
    (plan,) = upgrade_chunk(pilots=[gate.pilot_id], version=version, by=by)
    gate.refresh_from_db()
    return plan


# --- One pilot ---------------------------------------------------------------------------------
def test_what_was_said_and_shown_of_a_criterion_that_stays_stays(gate, v1, olga, petra):
    evidence = add_evidence(assessment=row(gate, "V1"), kind=EvidenceKind.NOTE, note="Seen.", by=olga)
    assess_criterion(assessment=row(gate, "V1"), state=S.MET, note="Named.", responsible=olga, by=olga)
    before = row(gate, "V1")
    v2 = next_version(v1, criteria=NEW)

    upgrade(gate, v2, petra)

    after = row(gate, "V1")
    assert after.pk == before.pk
    for name in ("state", "note", "responsible_id", "state_since", "stale_on"):
        assert getattr(after, name) == getattr(before, name)
    assert list(after.evidence.all()) == [evidence]
    assert (after.weight, after.criterion.gate.phase.version) == (1, v2)


def test_new_criteria_come_and_those_gone_are_set_aside_with_their_history(gate, v1, olga, petra):
    assess_criterion(assessment=row(gate, "O1"), state=S.MET, note="Three users.", by=olga)

    upgrade(gate, next_version(v1, criteria=NEW), petra)

    assert row(gate, "R1").state == S.UNKNOWN
    assert (row(gate, "O1").state, row(gate, "O1").note) == (S.NOT_APPLICABLE, "Three users.")
    event = Event.objects.get(type=events.PILOT_UPGRADED)
    assert event.changes["playbook"] == [str(v1), str(gate.definition.phase.version)]
    assert event.data["added"] == "R1"
    assert "O1" in event.data["removed"] and "(Met)" in event.data["removed"]


def test_every_term_that_moved_shows_as_an_amendment(gate, v1, petra):
    upgrade(gate, next_version(v1, criteria=NEW, score_threshold=50), petra)

    found = {
        (a.assessment and a.assessment.criterion.key, a.field): (a.before, a.after, a.direction)
        for a in Amendment.objects.select_related("assessment__criterion")
    }
    assert found == {
        (None, "score_threshold"): (60, 50, "looser"),
        ("V1", "weight"): (3, 1, "looser"),
        ("T1", "kind"): ("must_meet", "should_meet", "looser"),
        ("O1", "applies"): (True, False, "looser"),
        ("R1", "applies"): (False, True, "tighter"),
    }
    terms = terms_of(Gate.objects.annotate(amended=amended_at()).get(pk=gate.pk))
    assert terms.moved.words == "Thresholds moved: 5, 4 looser, 1 tighter"
    assert gate.score_threshold == 50


def test_another_proof_of_kpis_is_foretold_and_shows_as_an_amendment(gate, v1, petra):
    asks = {"check_name": "business_kpis_at_target", "readings": 12, "confidence": Decimal("97.5")}
    v2 = next_version(v1, criteria=[CRITERIA[0] | asks, *CRITERIA[1:]])
    (preview,) = plans_for([gate.pilot_id], v2, today=timezone.localdate())

    upgrade(gate, v2, petra)

    assert preview.changed == [
        "V1: 8 readings → 12 readings (tighter)",
        "V1: 95% confidence → 97.5% confidence (tighter)",
    ]
    found = list(Amendment.objects.values_list("field", "before", "after", "direction").order_by("pk"))
    assert found == [("readings", 8, 12, "tighter"), ("confidence", 95, 97.5, "tighter")]


def test_when_kpis_count_as_at_target_moves_with_the_playbook_only(gate, olga):
    with pytest.raises(RuleViolation, match="This moves only with a newer version of the playbook"):
        ask_amendment(
            gate=gate, assessment=row(gate, "V1"), field="readings", after=2, reason="Soon.", by=olga
        )
    assert not Amendment.objects.exists()


def test_what_was_amended_here_holds_unless_the_version_changes_that_very_term(gate, v1, olga, ana, petra):
    for key, field, after in (("T1", "weight", 9), ("V1", "weight", 8)):
        asked = ask_amendment(
            gate=gate, assessment=row(gate, key), field=field, after=after, reason="Here.", by=olga
        )
        approve_amendment(amendment=asked, by=ana)

    upgrade(gate, next_version(v1, criteria=NEW), petra)

    assert (row(gate, "T1").weight, row(gate, "V1").weight) == (9, 1)


def test_gates_ahead_follow_and_keep_their_days(pilot, gate, v1, petra):
    planned = dict(pilot.gates.values_list("definition__phase__key", "planned_on"))
    phases = (PHASES[0], "second_look", PHASES[1])
    v2 = next_version(v1, phases=phases, criteria=NEW, score_threshold=70)

    upgrade(gate, v2, petra)

    now = {g.definition.phase.key: g for g in pilot.gates.select_related("definition__phase")}
    assert set(now) == set(phases)
    assert all(g.definition.phase.version_id == v2.pk for g in now.values())
    assert now[PHASES[1]].planned_on == planned[PHASES[1]]
    assert now[PHASES[1]].score_threshold == 70
    pilot.refresh_from_db()
    assert (pilot.phase, pilot.phase_number, pilot.phase_count) == (PHASES[0], 1, 3)
    assert PhaseEntry.objects.get(pilot=pilot, is_current=True).phase.version_id == v2.pk


def test_a_review_under_way_goes_back_to_the_owner(gate, v1, olga, petra):
    request_review(gate=gate, by=olga)

    upgrade(gate, next_version(v1, criteria=NEW), petra)

    assert (gate.status, gate.waiting_on) == (GateStatus.OPEN, "owner")
    assert ReviewTurn.objects.first().step == "sent_back"


def test_a_phase_that_is_not_there_any_more_keeps_the_pilot_where_it_is(gate, v1, petra):
    plan = upgrade(gate, next_version(v1, phases=PHASES[1:3]), petra)

    assert plan.blockers[0].endswith("has no such phase, so nobody can say where it would be.")
    assert gate.definition.phase.version_id == v1.pk


def test_moving_twice_changes_nothing_the_second_time(gate, v1, petra):
    v2 = next_version(v1, criteria=NEW)
    upgrade(gate, v2, petra)
    rows = list(gate.assessments.order_by("pk").values())

    plan = upgrade(gate, v2, petra)

    assert plan.blockers
    assert list(gate.assessments.order_by("pk").values()) == rows
    assert Event.objects.filter(type=events.PILOT_UPGRADED).count() == 1


# --- The preview is the result -----------------------------------------------------------------
KEYS = ("V1", "T1", "O1", "R1")
TERMS = st.fixed_dictionaries(
    {
        "area": st.sampled_from([Area.VALUE, Area.RISK]),
        "kind": st.sampled_from(list(CriterionKind)),
        "weight": st.integers(1, 5),
        "check_name": st.sampled_from(["", "", "sponsor_named", "risk_tier_recorded"]),
        "validity_days": st.sampled_from([None, 10, 400]),
        "risk_tiers": st.sampled_from([[], ["high"], ["limited"]]),
    }
)
VERSION = st.fixed_dictionaries(
    {
        "criteria": st.dictionaries(st.sampled_from(KEYS), TERMS, min_size=1),
        "score": st.sampled_from([0, 40, 80]),
        "floor": st.sampled_from([0, 50]),
    }
)
STATES = st.lists(st.sampled_from([S.UNKNOWN, S.MET, S.NOT_MET]), min_size=4, max_size=4)


def described(version) -> list[dict]:
    return [{"key": key, **terms} for key, terms in version["criteria"].items()]


def waive(assessment: Assessment, by, keeper) -> None:
    """As far as it can be waived: not when it is met, a kill criterion or does not apply."""
    until = timezone.localdate() + timedelta(30)
    with suppress(RuleViolation):
        waiver = ask_waiver(assessment=assessment, reason="It comes.", expires_on=until, by=by)
        approve_waiver(waiver=waiver, by=keeper)


@settings(max_examples=25)
@given(VERSION, VERSION, STATES, st.sampled_from(["", "high", "limited"]), st.sets(st.sampled_from(KEYS)))
def test_the_preview_is_what_happens(old, new, states, tier, waived):
    with transaction.atomic():
        petra = join(make_user("Petra"), programme := make_programme(), "programme_manager")
        pilot = make_pilot(programme, owner=make_user("Olga"), risk_tier=tier)
        v1 = make_playbook(
            criteria=described(old), score_threshold=old["score"], floor_threshold=old["floor"]
        )
        gate = start(pilot, v1)
        for assessment, state in zip(gate.assessments.filter(check_name=""), states, strict=False):
            if assessment.state != S.NOT_APPLICABLE:
                assess_criterion(assessment=assessment, state=state, note="So it is.", by=pilot.owner)
        for assessment in gate.assessments.filter(criterion__key__in=waived):
            waive(assessment, pilot.owner, petra)
        v2 = next_version(
            v1, criteria=described(new), score_threshold=new["score"], floor_threshold=new["floor"]
        )
        (preview,) = plans_for([pilot.pk], v2, today=timezone.localdate())
        written = Assessment.objects.count()

        plan = upgrade(gate, v2, petra)

        assert (preview.ready_after, preview.score_after) == (gate.passes, gate.score)
        assert preview.plan == plan.plan
        assert Assessment.objects.count() == written + len(preview.plan.added)
        asked = {a.criterion.key: a for a in gate.assessments.select_related("criterion")}
        for key, terms in {**preview.plan.kept, **preview.plan.added}.items():
            assert (asked[key].kind, asked[key].weight) == (terms.kind, terms.weight)
        in_force = Waiver.objects.standing().values_list("assessment__criterion__key", flat=True)
        assert set(in_force) == {key for key, row in asked.items() if row.state == S.WAIVED}
        transaction.set_rollback(True)


# --- Who may, and what is seen afterwards ---------------------------------------------------------
def test_nobody_moves_pilots_of_another_programme(gate, v1, nils):
    v2 = next_version(v1, criteria=NEW)

    assert not movable(nils, v2)
    assert upgrade_chunk(pilots=[gate.pilot_id], version=v2, by=nils) == []


def test_the_page_shows_each_pilot_and_starts_the_job(gate, v1, petra, client_of):
    v2 = next_version(v1, criteria=NEW)
    client, address = client_of(petra), f"/playbooks/{v2.playbook.key}/v2/upgrade/"
    page = client.get(address).content.decode()

    assert "New: R1" in page and "Gone: O1" in page
    assert client.post(address, {"which": "ticked"}).status_code == 422
    answer = client.post(address, {"which": "ticked", "pilot": gate.pilot.key})
    job = Job.objects.get()
    assert answer["Location"] == f"/jobs/{job.pk}/"
    assert "0 of 1 pilots" in client.get(f"/jobs/{job.pk}/").content.decode()
    upgrade_pilots(job.pk)
    done = client.get(f"/jobs/{job.pk}/", HTTP_HX_REQUEST="true")
    assert done.status_code == 286
    assert "1 of 1 pilots" in done.content.decode()


def test_a_job_is_seen_by_who_started_it_and_by_administrators(gate, v1, petra, ida, ana, client_of):
    job = job_for(next_version(v1), [gate.pilot], petra)

    seen = {who: client_of(who).get(f"/jobs/{job.pk}/").status_code for who in (petra, ida, ana)}

    assert seen == {petra: 200, ida: 200, ana: 404}


def test_a_gate_decided_before_stays_in_the_picture_after_the_move(pilot, gate, v1, petra):
    gate.status, gate.decided_at = GateStatus.DECIDED, timezone.now()
    gate.save()
    second = enter_phase(pilot=pilot, phase=v1.phases.get(position=2), on=timezone.localdate(), by=petra)

    upgrade(second, next_version(v1, criteria=NEW), petra)

    pilot = Pilot.objects.annotate(**way_of()).get(pk=pilot.pk)
    found = steps(pilot, pilot, today=timezone.localdate())
    assert [(step.gate, step.state) for step in found] == [("G1", "done"), ("G2", "current"), ("G3", "next")]
    assert found[0].on and found[0].url


def test_a_gate_whose_key_was_used_before_has_an_address_of_its_own(pilot, gate, v1, petra):
    gate.status, gate.decided_at = GateStatus.DECIDED, timezone.now()
    gate.save()
    second = enter_phase(pilot=pilot, phase=v1.phases.get(position=2), on=timezone.localdate(), by=petra)

    upgrade(second, next_version(v1, phases=PHASES[1:3], criteria=NEW), petra)

    second = Gate.objects.select_related("definition").get(pk=second.pk)
    assert (second.definition.key, second.attempt) == ("G1", 2)
