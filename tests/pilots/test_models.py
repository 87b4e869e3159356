"""What the database itself refuses, each constraint broken on purpose; and rows that never change."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from gates.choices import GateStatus
from gates.models import (
    Assessment,
    Condition,
    Decision,
    Delivery,
    Evidence,
    EvidenceRevision,
    Gate,
    PhaseEntry,
    PlaybookVersion,
)
from metrics.models import Kpi, Measurement
from pilots.choices import Role
from pilots.events import PILOT_EDITED, record
from pilots.models import ApiToken, AppendOnly, Event, Membership, Pilot, Programme, Sequence, User
from pilots.models.token import digest_of
from tests.builders import join, make_gate, make_kpi, make_pilot, make_programme, make_user, measure, start

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def refused(constraint: str):
    """The database, and not only the code above it, says no to this: by that constraint."""
    # Of a broken unique constraint SQLite names the columns instead.
    sqlite = "" if connection.vendor == "postgresql" else "|UNIQUE constraint failed"
    return pytest.raises(IntegrityError, match=constraint + sqlite)


# --- People and programmes ---------------------------------------------------------------------
def test_two_people_do_not_share_an_address_whatever_the_case():
    make_user("Olga", "olga@example.com")

    with refused("one_user_per_address"), transaction.atomic():
        User.objects.bulk_create([User(email="OLGA@example.com", name="Another")])


def test_two_programmes_do_not_share_a_name_whatever_the_case():
    make_programme("Logistics")

    with refused("one_programme_per_name"):
        Programme.objects.create(name="LOGISTICS", slug="other")


def test_a_role_is_held_once_in_a_programme(programme, olga):
    with refused("one_membership_per_role"):
        Membership.objects.create(user=olga, programme=programme, role=Role.OWNER)


def test_a_role_is_held_once_everywhere(ida):
    with refused("one_membership_everywhere_per_role"):
        join(ida, None, Role.ADMINISTRATOR)


def test_no_role_outside_the_six(programme, olga):
    with refused("membership_role_is_known"):
        Membership.objects.create(user=olga, programme=programme, role="emperor")


def test_an_address_is_kept_in_lower_case_and_needed():
    assert make_user("A", " Ana@Example.COM ").email == "ana@example.com"
    with pytest.raises(ValueError, match="needs an e-mail address"):
        User.objects.create_user("")


# --- Pilots ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"title": ""}, "pilot_has_a_title"),
        ({"state": "finished"}, "pilot_state_is_known"),
        ({"phase": "pilot", "phase_number": 0}, "pilot_phase_has_its_number"),
        ({"phase": "", "phase_number": 2}, "pilot_phase_has_its_number"),
    ],
)
def test_a_pilot_that_contradicts_itself_is_refused(facts, constraint):
    with refused(constraint):
        make_pilot(**facts)


def test_two_pilots_do_not_share_a_key(pilot):
    with refused("key"):
        Pilot.objects.create(programme=pilot.programme, key=pilot.key, title="Another")


def test_a_pilot_something_happened_to_cannot_be_deleted(pilot, olga):
    record(PILOT_EDITED, subject=pilot, pilot=pilot, actor=olga)

    with pytest.raises(ProtectedError):
        pilot.delete()
    with pytest.raises(ProtectedError):
        olga.delete()


def test_numbers_are_handed_out_once_and_in_order():
    assert list(Sequence.take("pilot", 3)) == [1, 2, 3]
    assert list(Sequence.take("pilot")) == [4]
    assert list(Sequence.take("other")) == [1]


def test_under_way_without_a_phase_is_phase_unknown():
    assert make_pilot(state="active").phase_is_unknown
    assert make_pilot(state="on_hold").phase_is_unknown
    assert not make_pilot().phase_is_unknown
    assert not make_pilot(state="active", phase="pilot", phase_number=2).phase_is_unknown


# --- Gates -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"score": 101}, "score_is_a_percentage"),
        ({"floor": 101}, "floor_is_a_percentage"),
        ({"status": GateStatus.DECIDED}, "decided_gate_has_its_moment"),
        ({"decided_at": NOW}, "decided_gate_has_its_moment"),
    ],
)
def test_a_gate_that_contradicts_itself_is_refused(facts, constraint):
    gate = make_gate()

    with refused(constraint):
        Gate.objects.filter(pk=gate.pk).update(**facts)


def test_a_pilot_works_towards_one_gate_at_a_time(pilot):
    make_gate(pilot=pilot)

    with refused("one_current_gate_per_pilot"):
        Gate.objects.create(
            pilot=pilot,
            definition=make_gate().definition,
            status=GateStatus.SUBMITTED,
            score_threshold=0,
            floor_threshold=0,
        )


def test_an_attempt_at_a_gate_is_made_once():
    gate = make_gate()
    Gate.objects.update(status=GateStatus.UPCOMING)

    with refused("one_gate_per_attempt"):
        Gate.objects.create(
            pilot=gate.pilot, definition=gate.definition, score_threshold=0, floor_threshold=0
        )


def test_a_pilot_is_in_one_phase_at_a_time():
    gate = make_gate()

    with refused("one_current_phase_per_pilot"):
        PhaseEntry.objects.create(pilot=gate.pilot, phase=gate.definition.phase)


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [({"state": "done"}, "assessment_state_is_known"), ({"weight": 0}, "assessment_weighs_something")],
)
def test_an_assessment_that_makes_no_sense_is_refused(facts, constraint):
    make_gate()

    with refused(constraint):
        Assessment.objects.update(**facts)


def test_a_criterion_is_assessed_once_at_a_gate():
    row = make_gate().assessments.first()
    row.pk, row._state.adding = None, True

    with refused("one_assessment_per_criterion"):
        row.save()


def test_a_playbook_has_one_published_version():
    version = make_gate().definition.phase.version

    with refused("one_published_version_per_playbook"):
        PlaybookVersion.objects.create(
            playbook=version.playbook, number=2, status="published", digest="other", source=""
        )


# --- Decisions and evidence --------------------------------------------------------------------
@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"outcome": "maybe"}, "outcome_is_known"),
        ({"outcome": "hold"}, "hold_has_a_review_date"),
        ({"outcome": "recycle"}, "recycle_names_a_phase"),
        ({"outcome": "stop", "reason_code": "data"}, "stop_has_a_reason_and_a_lesson"),
        ({"outcome": "stop", "lesson": "Ask.", "reason_code": "ready"}, "reason_code_fits_the_outcome"),
        ({"outcome": "go", "reason_code": "duplicate"}, "reason_code_fits_the_outcome"),
        ({"outcome": "go", "reason_code": "condition_lapsed"}, "reason_code_fits_the_outcome"),
        ({"outcome": "conditional_go", "reason_code": "small_gaps"}, "conditional_go_has_a_scope_cap"),
        ({"outcome": "go", "passed": False}, "go_is_ready_or_overridden"),
        (
            {"outcome": "go", "passed": True, "quorum_reached": False},
            "going_on_has_its_quorum_or_is_overridden",
        ),
        ({"outcome": "conditional_go", "quorum_reached": False}, "going_on_has_its_quorum_or_is_overridden"),
        (
            {"outcome": "recycle", "override_reason": "I say so.", "recycle_to_id": 1},
            "only_going_on_is_overridden",
        ),
        ({"outcome": "go", "correction_reason": "Wrong."}, "correction_says_who_when_and_why"),
        ({"outcome": "go", "decided_by": None}, "only_a_lapse_is_decided_by_nobody"),
    ],
)
def test_an_incomplete_decision_is_refused(ana, facts, constraint):
    with refused(constraint):
        facts = {"decided_by": ana} | facts
        Decision.objects.create(gate=make_gate(), reason="So.", decided_at=NOW, **facts)


def test_a_condition_met_by_nobody_is_refused(ana):
    decision = Decision.objects.create(
        gate=make_gate(), outcome="conditional_go", reason="So.", decided_by=ana, decided_at=NOW
    )

    with refused("met_condition_has_its_person"):
        Condition.objects.create(decision=decision, text="Train", due_on=NOW.date(), met_at=NOW)


@pytest.mark.parametrize(
    "facts",
    [
        {"kind": "note", "link": "https://example.com"},
        {"kind": "link", "note": "x"},
        {"kind": "file", "file": "x", "file_name": "x.pdf"},
        {"kind": "file", "file": "x", "size": 1},
        {"kind": "file", "file_name": "x.pdf", "size": 1},
        {"kind": "rumour", "note": "x"},
    ],
)
def test_evidence_that_is_not_what_it_says_is_refused(pilot, facts):
    evidence = Evidence.objects.create(pilot=pilot, title="x", added_at=NOW)

    with refused("evidence_holds_what_its_kind_says"):
        EvidenceRevision.objects.create(evidence=evidence, number=1, sha256="x", at=NOW, **facts)


def test_a_number_is_given_to_one_revision_only(pilot):
    evidence = Evidence.objects.create(pilot=pilot, title="x", added_at=NOW)
    said = {"evidence": evidence, "number": 1, "kind": "note", "note": "x", "sha256": "x", "at": NOW}
    EvidenceRevision.objects.create(**said)

    with refused("one_revision_per_number"):
        EvidenceRevision.objects.create(**said)


def test_evidence_is_removed_by_somebody_for_a_reason(pilot, olga):
    for facts in ({"removed_at": NOW}, {"removed_at": NOW, "removed_by": olga}, {"removal_reason": "x"}):
        with refused("removed_evidence_has_its_person_and_reason"), transaction.atomic():
            Evidence.objects.create(pilot=pilot, title="x", added_at=NOW, **facts)


def test_a_reminder_step_is_claimed_once(pilot, olga):
    gate = start(pilot)
    step = {"pilot": pilot, "gate": gate, "obligation": f"gate:{gate.pk}:2026-03-02", "step": "overdue"}
    step |= {"recipient": olga, "owed_at": NOW}
    Delivery.objects.create(message_id="1", **step)

    with refused("each_step_is_sent_once"):
        Delivery.objects.create(message_id="2", **step)


# --- KPIs --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"baseline_on": None}, "baseline_has_a_date"),
        ({"target_on": None}, "target_has_a_date"),
        ({"cadence_days": 0}, "cadence_is_at_least_a_day"),
        ({"latest_value": 1}, "latest_value_has_its_time"),
        ({"latest_value": 1, "latest_at": NOW}, "latest_value_has_its_time"),
        ({"fresh_until": NOW.date()}, "latest_value_has_its_time"),
        ({"direction": "sideways"}, "direction_is_known|a_band_has_both_edges"),  # whichever is asked first
    ],
)
def test_a_kpi_that_contradicts_itself_is_refused(pilot, facts, constraint):
    make_kpi(pilot)

    with refused(constraint):
        Kpi.objects.update(**facts)


def test_a_followed_kpi_has_its_name_to_itself(pilot):
    make_kpi(pilot, "Speed", archived_at=NOW)
    make_kpi(pilot, "Speed")

    with refused("one_kpi_per_name"):
        make_kpi(pilot, "Speed")


def test_one_reading_per_moment_and_source(pilot):
    reading = measure(make_kpi(pilot), 1)

    with refused("one_reading_per_time_and_source"):
        Measurement.objects.create(kpi=reading.kpi, value=2, measured_at=reading.measured_at)


# --- Tokens, and who sees what -----------------------------------------------------------------
def test_a_token_is_kept_as_its_hash_only(olga):
    secret = ApiToken.new_secret()
    token = ApiToken.objects.create(user=olga, name="Meter", digest=digest_of(secret))

    assert secret.startswith("pil_")
    assert secret not in str(list(ApiToken.objects.values()))
    assert ApiToken.objects.usable(NOW).get(digest=digest_of(secret)) == token


@pytest.mark.parametrize("facts", [{"revoked_at": NOW}, {"expires_at": NOW}])
def test_an_ended_token_is_not_usable(olga, facts):
    ApiToken.objects.create(user=olga, name="Meter", digest="x", **facts)

    assert not ApiToken.objects.usable(NOW).exists()


def test_a_token_ends_with_its_person(olga):
    ApiToken.objects.create(user=olga, name="Meter", digest="x")
    User.objects.filter(pk=olga.pk).update(is_active=False)

    assert not ApiToken.objects.usable(NOW).exists()


def test_rows_are_seen_by_who_has_a_role_in_their_programme(pilot, olga, nils, ida):
    make_gate(pilot=pilot)
    for rows in (Programme.objects, Pilot.objects, Gate.objects, Assessment.objects, PhaseEntry.objects):
        assert rows.visible_to(olga).exists()
        assert rows.visible_to(ida).exists()
        assert not rows.visible_to(nils).exclude(pk__in=nils.access.by_programme).exists()


def test_events_outside_any_programme_are_for_people_of_all(pilot, olga, ida):
    record(PILOT_EDITED, subject=olga, actor=olga)

    assert Event.objects.visible_to(ida).count() == 1
    assert not Event.objects.visible_to(olga).exists()


@pytest.mark.parametrize("table", AppendOnly.__subclasses__())
def test_no_bulk_write_reaches_a_row_that_is_written_once(table):
    with pytest.raises(TypeError, match="never changed"):
        table.objects.update(pk=1)
    with pytest.raises(TypeError, match="never changed"):
        table.objects.bulk_update([], ["pk"])
    with pytest.raises(TypeError, match="never deleted"):
        table.objects.all().delete()
