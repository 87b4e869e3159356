"""A waiver ends by itself when its criterion is met or no longer applies, says so, and never comes back."""

from datetime import date
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils import timezone

from gates import events
from gates.amendments.actions import approve_amendment, ask_amendment
from gates.checklist.actions import assess_criterion
from gates.choices import AskStatus, WaiverEnd
from gates.evidence.actions import add_evidence
from gates.journey.readiness import refresh_gates, refresh_one
from gates.models import DecisionPack, Gate, Waiver
from gates.packs.actions import freeze_pack
from gates.rules import waiver_end
from gates.upgrades.actions import upgrade_chunk
from gates.waivers.actions import approve_waiver, revoke_waiver
from gates.waivers.queries import standing_of
from gates.waivers.rules import VALID
from pilots.models import Event, Pilot
from pilots.rules import RuleViolation
from tests.builders import criterion, days_ago, make_gate, make_pilot, make_playbook, start
from tests.gates.upgrades.builders import next_version
from tests.gates.waivers.waiving import RATED, S, ask, fresh, row, waive

pytestmark = pytest.mark.django_db
GONE, MET = WaiverEnd.NOT_APPLICABLE, WaiverEnd.MET


@pytest.mark.parametrize(
    ("state", "stale", "why"),
    [
        (S.MET, False, MET),
        (S.MET, True, None),
        (S.NOT_APPLICABLE, False, GONE),
        (S.NOT_APPLICABLE, True, GONE),
        *((state, False, None) for state in (S.UNKNOWN, S.IN_PROGRESS, S.NOT_MET, S.WAIVED)),
    ],
)
def test_it_ends_where_there_is_nothing_to_waive(state, stale, why):
    assert waiver_end(state=state, stale=stale) == why


def told(waiver: Waiver) -> tuple:
    """What the one event of its end says."""
    event = Event.objects.get(type=events.WAIVER_ENDED, subject=f"gates.Waiver:{waiver.pk}")
    return event.actor, event.changes, event.data["reason"], event.data["criterion"].split()[0]


def applies(gate: Gate, whether: bool, olga, ana, key: str = "V1") -> None:
    asked = ask_amendment(
        gate=gate, assessment=row(gate, key), field="applies", after=whether, reason="Other case.", by=olga
    )
    approve_amendment(amendment=asked, by=ana)


# --- The criterion no longer applies ------------------------------------------------------------
def test_setting_a_criterion_aside_ends_the_waiver_in_force(gate, olga, ana):
    waiver = waive(gate, olga, ana)

    applies(gate, False, olga, ana)

    ended = fresh(waiver)
    assert (ended.status, ended.ended_because, ended.decided_by) == (AskStatus.ENDED, GONE, ana)
    assert timezone.localdate(ended.ended_at) == days_ago(0)
    assert told(waiver) == (None, {"status": ["approved", "ended"]}, "The criterion no longer applies.", "V1")


def test_setting_it_aside_ends_the_question_too(gate, olga, ana):
    waiver = ask(gate, olga)

    applies(gate, False, olga, ana)

    assert (fresh(waiver).status, fresh(waiver).ended_because) == (AskStatus.ENDED, GONE)
    assert told(waiver)[1:3] == ({"status": ["asked", "ended"]}, "The criterion no longer applies.")
    with pytest.raises(RuleViolation, match=r"^This waiver has ended by itself\.$"):
        approve_waiver(waiver=waiver, by=ana)


def test_a_criterion_that_applies_again_is_not_waived_again(gate, olga, ana):
    waiver = waive(gate, olga, ana)
    applies(gate, False, olga, ana)

    applies(gate, True, olga, ana)

    assert (row(gate).state, row(gate).stale_on) == (S.UNKNOWN, None)
    assert fresh(waiver).status == AskStatus.ENDED
    assert fresh(gate).blocker_count == 2
    with pytest.raises(RuleViolation, match="Only a waiver that is in force"):
        revoke_waiver(waiver=waiver, reason="x", by=ana)
    again = waive(gate, olga, ana)  # asked for and approved anew
    assert standing_of(again, today=days_ago(0)) == VALID
    assert Event.objects.filter(type=events.WAIVER_ENDED).count() == 1


def test_one_whose_day_had_passed_stays_expired_and_is_put_away(gate, olga, ana, on):
    with on("2026-06-01"):
        waiver = waive(gate, olga, ana, expires_on=date(2026, 6, 15))
    with on("2026-06-20"):
        applies(gate, False, olga, ana)

    assert (fresh(waiver).status, fresh(waiver).ended_because) == (AskStatus.APPROVED, "")
    assert fresh(waiver).ended_at is not None
    assert not Event.objects.filter(type=events.WAIVER_ENDED).exists()


# --- Another version of the playbook -------------------------------------------------------------
OLD = (
    criterion("V1"),
    criterion("T1"),
    criterion("O1"),
    criterion("R1", check_name="risk_tier_recorded"),
    criterion("S1", check_name="risk_tier_recorded"),
)
NEW = (
    criterion("V1", weight=2),
    criterion("O1", risk_tiers=["high"]),
    criterion("R1", weight=3, check_name="risk_tier_recorded"),
    criterion("S1", weight=3, check_name="risk_tier_recorded"),
)


def test_moving_to_another_version_ends_waivers_of_what_is_no_longer_asked_and_keeps_the_others(
    programme, olga, ana, petra
):
    v1 = make_playbook(phases=["pilot"], criteria=OLD)
    gate = start(make_pilot(programme, owner=olga), v1)
    waivers = {key: waive(gate, olga, ana, key) for key in ("V1", "T1", "R1")}
    waivers["O1"] = ask(gate, olga, "O1")
    Pilot.objects.filter(pk=gate.pilot_id).update(risk_tier="limited")  # its rationale is missing

    upgrade_chunk(pilots=[gate.pilot_id], version=next_version(v1, phases=["pilot"], criteria=NEW), by=petra)

    stands = {key: (fresh(waiver).status, fresh(waiver).ended_because) for key, waiver in waivers.items()}
    assert stands == {
        "V1": (AskStatus.APPROVED, ""),
        "R1": (AskStatus.APPROVED, ""),
        "T1": (AskStatus.ENDED, GONE),
        "O1": (AskStatus.ENDED, GONE),
    }
    assert told(waivers["T1"])[1:3] == (
        {"status": ["approved", "ended"]},
        "The criterion no longer applies.",
    )
    states = {key: gate.assessments.get(criterion__key=key).state for key in ("V1", "T1", "O1", "R1", "S1")}
    assert states == {
        "V1": S.WAIVED,
        "R1": S.WAIVED,  # what its check says matters again when the waiver has ended
        "T1": S.NOT_APPLICABLE,
        "O1": S.NOT_APPLICABLE,
        "S1": S.NOT_MET,
    }


# --- The criterion is met ------------------------------------------------------------------------
def test_saying_that_it_is_met_ends_the_question(gate, olga):
    waiver = ask(gate, olga)

    assess_criterion(assessment=row(gate), state=S.MET, by=olga)

    assert (fresh(waiver).status, fresh(waiver).ended_because) == (AskStatus.ENDED, MET)
    assert told(waiver) == (None, {"status": ["asked", "ended"]}, "The criterion is met.", "V1")
    assess_criterion(assessment=row(gate), state=S.NOT_MET, note="It broke.", by=olga)
    assert fresh(waiver).status == AskStatus.ENDED
    assert ask(gate, olga).status == AskStatus.ASKED


@pytest.mark.parametrize("approved", [False, True])
def test_a_check_that_finds_it_met_ends_it(gate, olga, ana, approved):
    waiver = waive(gate, olga, ana, "R1") if approved else ask(gate, olga, "R1")
    Pilot.objects.filter(pk=gate.pilot_id).update(**RATED)

    refresh_gates(Gate.objects.filter(pk=gate.pk), today=days_ago(0))
    refresh_gates(Gate.objects.filter(pk=gate.pk), today=days_ago(0))

    assert (fresh(waiver).status, fresh(waiver).ended_because) == (AskStatus.ENDED, MET)
    before = "approved" if approved else "asked"
    assert told(waiver)[1:3] == ({"status": [before, "ended"]}, "The criterion is met.")
    assert row(gate, "R1").state == S.MET


def test_evidence_that_revives_a_met_criterion_ends_the_question(gate, olga):
    gate.assessments.filter(criterion__key="V1").update(state=S.MET, stale_on=days_ago(3))
    waiver = ask(gate, olga)

    add_evidence(assessment=row(gate), kind="note", note="Anew.", valid_until=days_ago(-90), by=olga)

    assert (fresh(waiver).status, fresh(waiver).ended_because) == (AskStatus.ENDED, MET)


# --- What it costs, what the tables allow --------------------------------------------------------
def test_where_nothing_ends_scoring_one_gate_asks_nothing_more(gate, olga, ana, django_assert_num_queries):
    waive(gate, olga, ana)
    ask(gate, olga, "R1")
    Gate.objects.filter(pk=gate.pk).update(status="submitted")
    gate = Gate.objects.select_related("pilot__owner", "definition").get(pk=gate.pk)
    refresh_one(gate, today=days_ago(0))  # who is asked to sign is written down once

    # The checklist, the scores, whether a meeting will decide, and who is asked to sign.
    with django_assert_num_queries(6):
        refresh_one(gate, today=days_ago(0))


@pytest.mark.parametrize(
    "contradiction",
    [
        {"status": AskStatus.ENDED},
        {"status": AskStatus.ENDED, "ended_because": MET},
        {"ended_because": MET},
    ],
)
def test_the_database_wants_to_know_when_and_why_it_ended(gate, olga, contradiction):
    waiver = ask(gate, olga)
    with pytest.raises(IntegrityError), transaction.atomic():
        Waiver.objects.filter(pk=waiver.pk).update(**contradiction)


def test_the_migration_says_of_waivers_from_before_why_they_ended(gate, olga, ana):
    elsewhere = make_gate(pilot=make_pilot(gate.pilot.programme, owner=olga))
    overtaken, expired = (waive(gate, olga, ana, key) for key in ("V1", "R1"))
    stands = waive(elsewhere, olga, ana)
    now = timezone.now()
    Waiver.objects.filter(pk=overtaken.pk).update(ended_at=now)
    Waiver.objects.filter(pk=expired.pk).update(ended_at=now, expires_on=days_ago(1))

    import_module("gates.migrations.0021_say_why_waivers_ended").say_why(apps, None)

    found = [(fresh(row).status, fresh(row).ended_because) for row in (overtaken, expired, stands)]
    assert found == [("ended", "met"), ("approved", ""), ("approved", "")]


# --- What people read ----------------------------------------------------------------------------
def test_page_list_and_pack_say_that_it_ended_and_why(gate, olga, ana, petra, client_of):
    waive(gate, olga, ana)
    applies(gate, False, olga, ana)

    base = f"/pilots/{gate.pilot.key}/gates/G1/"
    for address in (f"{base}waivers/", f"{base}criteria/V1/"):
        page = client_of(olga).get(address).content.decode()
        assert (
            "The criterion no longer applies. If it is needed again, a new one has to be asked for." in page
        )
    assert (
        "<small>The criterion no longer applies.</small>" in client_of(ana).get("/waivers/").content.decode()
    )
    for show in ("asked", "valid", "expired"):
        assert client_of(ana).get(f"/waivers/?show={show}").context["page"].paginator.count == 0
    pack = freeze_pack(gate=gate, by=petra)
    assert [(one["key"], one["why"]) for one in pack.content["waivers_ended"]] == [
        ("V1", "The criterion no longer applies.")
    ]
    page = client_of(olga).get(f"{base}pack/").content.decode()
    assert "Waivers that ended by themselves" in page and "No waiver is in force." in page

    applies(gate, True, olga, ana)
    waive(gate, olga, ana)
    assert freeze_pack(gate=gate, by=petra).content["waivers_ended"] == []  # another took its place


def test_a_pack_from_before_waivers_ended_is_still_shown(gate, petra, olga, client_of):
    pack = freeze_pack(gate=gate, by=petra)
    content = {name: part for name, part in pack.content.items() if name != "waivers_ended"}
    facts = {"frozen_at": pack.frozen_at, "frozen_by": petra, "digest": pack.digest, "content": content}
    DecisionPack.objects.create(gate=gate, number=2, **facts)

    page = client_of(olga).get(f"/pilots/{gate.pilot.key}/gates/G1/pack/").content.decode()

    assert "<b>Pack v2</b>" in page and "Waivers that ended by themselves" not in page
    assert freeze_pack(gate=gate, by=petra).number == 3
