"""Until when the criteria that a piece of evidence serves count."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gates.checklist.actions import assess_criterion
from gates.choices import AssessmentState
from gates.evidence.actions import add_evidence, link_evidence, remove_evidence, unlink_evidence
from gates.models import Evidence, Gate
from pilots.rules import RuleViolation
from tests.builders import criterion, make_pilot, make_playbook, start
from tests.gates.evidence.keeping import revise, row

pytestmark = pytest.mark.django_db
S = AssessmentState


@pytest.fixture
def certified(pilot, olga, on):
    """Two criteria met on 2 March 2026, both on one certificate that counts until 3 November."""
    with on("2026-03-02"):
        gate = start(pilot, make_playbook(criteria=[criterion("R1"), criterion("R2", validity_days=100)]))
        certificate = add_evidence(
            assessment=row(gate, "R1"),
            kind="note",
            note="Certificate 7.",
            valid_until=date(2026, 11, 3),
            by=olga,
        )
        link_evidence(evidence=certificate, assessment=row(gate, "R2"), by=olga)
        for key in ("R1", "R2"):
            assess_criterion(assessment=row(gate, key), state=S.MET, by=olga)
    return certificate


def days(evidence: Evidence) -> list[date | None]:
    """From when on each criterion that it was added to no longer counts."""
    return [
        assessment.stale_on
        for assessment in Gate.objects.current()
        .get(pilot=evidence.pilot)
        .assessments.order_by("criterion__key")
    ]


def test_a_criterion_counts_until_its_evidence_or_its_own_validity_ends(certified):
    assert days(certified) == [date(2026, 11, 3), date(2026, 6, 10)]


def test_a_new_valid_revision_revives_every_criterion_at_once(certified, olga, on):
    gate = Gate.objects.current().get(pilot=certified.pilot)
    with on("2026-11-09"):
        assess_criterion(assessment=row(gate, "R2"), state=S.MET, note="Again.", by=olga)
        assert row(gate, "R2").stale_on == date(2026, 11, 3)
        gate.refresh_from_db()
        assert (gate.score, gate.blocker_count) == (0, 2)

        revise(certified, olga, valid_until=date(2027, 11, 3))

    gate.refresh_from_db()
    assert days(certified) == [date(2027, 11, 3), date(2027, 2, 17)]
    assert (gate.score, gate.passes) == (100, True)
    assert {kept.state for kept in gate.assessments.all()} == {S.MET}
    assert row(gate, "R1").state_since.date() == date(2026, 3, 2)


def test_one_valid_piece_is_enough(certified, olga, on):
    gate = Gate.objects.current().get(pilot=certified.pilot)
    with on("2026-04-01"):
        add_evidence(
            assessment=row(gate, "R1"), kind="note", note="And this.", valid_until=date(2026, 12, 24), by=olga
        )

    assert days(certified)[0] == date(2026, 12, 24)


def test_undated_evidence_does_not_hide_that_the_dated_has_expired(certified, olga, on):
    gate = Gate.objects.current().get(pilot=certified.pilot)
    with on("2026-11-09"):
        add_evidence(assessment=row(gate, "R1"), kind="note", note="Renewal is asked for.", by=olga)
        with pytest.raises(RuleViolation, match="What showed this expired on 3 Nov 2026. Replace it"):
            assess_criterion(assessment=row(gate, "R1"), state=S.MET, by=olga)

    assert days(certified)[0] == date(2026, 11, 3)


@pytest.mark.parametrize("way", ["remove", "unlink"])
def test_taking_evidence_away_never_makes_a_criterion_count_longer(certified, olga, on, way):
    gate = Gate.objects.current().get(pilot=certified.pilot)
    with on("2026-11-09"):
        if way == "remove":
            remove_evidence(evidence=certified, reason="Expired.", by=olga)
        else:
            unlink_evidence(evidence=certified, assessment=row(gate, "R1"), reason="Expired.", by=olga)
        assert days(certified)[0] == date(2026, 11, 3)

        assess_criterion(assessment=row(gate, "R1"), state=S.MET, by=olga)  # shown anew, on nothing dated

    assert days(certified)[0] is None


def test_what_is_not_met_and_what_a_check_decides_take_no_date(pilot, olga, on):
    with on("2026-03-02"):
        gate = start(
            pilot, make_playbook(criteria=[criterion("R1"), criterion("O1", check_name="accountable_owner")])
        )
        for key in ("R1", "O1"):
            add_evidence(
                assessment=row(gate, key), kind="note", note="x", valid_until=date(2026, 11, 3), by=olga
            )

    assert (row(gate, "R1").stale_on, row(gate, "O1").stale_on) == (None, None)
    assert row(gate, "O1").state == S.MET


def test_a_piece_that_serves_many_criteria_is_counted_anew_in_a_fixed_number_of_queries(pilot, olga, on):
    def queries(criteria: int) -> int:
        gate = start(
            make_pilot(pilot.programme, owner=olga),
            make_playbook(criteria=[criterion(f"C{place}") for place in range(criteria)]),
        )
        piece = add_evidence(assessment=row(gate, "C0"), kind="note", note="All of it.", by=olga)
        for assessment in gate.assessments.select_related("criterion"):
            link_evidence(evidence=piece, assessment=assessment, by=olga)
            assess_criterion(assessment=assessment, state=S.MET, by=olga)
        with CaptureQueriesContext(connection) as captured:
            revise(piece, olga, valid_until=date(2030, 1, 1))
        assert set(gate.assessments.values_list("stale_on", flat=True)) == {date(2030, 1, 1)}
        return len(captured)

    assert queries(3) == queries(12)
