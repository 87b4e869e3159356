"""The pages of evidence, as people see them."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from gates.evidence.actions import add_evidence, link_evidence, remove_evidence, revise_evidence
from gates.evidence.queries import uses_of
from gates.journey.actions import request_review
from gates.models import Evidence, EvidenceRevision, Gate
from gates.signoffs.actions import sign_off
from tests.builders import criterion, make_gate, make_playbook, start
from tests.gates.decisions.deciding import hold
from tests.gates.evidence.keeping import row

# What these pages ask is asked of both databases in `tests/flows/test_every_page.py`.
pytestmark = [pytest.mark.django_db, pytest.mark.either]


@pytest.fixture
def plan(gate, olga):
    """A file at V1, replaced once."""
    first = SimpleUploadedFile("plan.pdf", b"%PDF-1.7 one")
    evidence = add_evidence(assessment=row(gate), kind="file", file=first, title="Test plan", by=olga)
    second = SimpleUploadedFile("plan-2.pdf", b"%PDF-1.7 two")
    revise_evidence(evidence=evidence, kind="file", file=second, comment="Larger sample.", by=olga)
    return Evidence.objects.get()


def page(client, name, *args, **query) -> str:
    answer = client.get(reverse(f"gates:{name}", args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def as_(client, person):
    client.force_login(person)
    return client


# --- Files -------------------------------------------------------------------------------------
@pytest.mark.parametrize(("number", "content"), [(1, b"%PDF-1.7 one"), (2, b"%PDF-1.7 two")])
def test_every_revision_of_a_file_is_served_as_a_download(client, plan, adam, number, content):
    answer = as_(client, adam).get(reverse("gates:revision_file", args=[plan.pk, number]))

    assert b"".join(answer.streaming_content) == content
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox")


def test_what_is_removed_is_still_served_to_those_who_may_see_the_pilot(client, plan, olga, adam, nils):
    remove_evidence(evidence=plan, reason="Wrong.", by=olga)

    for number in (1, 2):
        address = reverse("gates:revision_file", args=[plan.pk, number])
        answer = as_(client, adam).get(address)
        assert b"".join(answer.streaming_content).startswith(b"%PDF")
        assert as_(client, nils).get(address).status_code == 404


def test_a_file_that_is_missing_on_the_disk_is_said_plainly(client, plan, olga):
    Path(plan.current.file.path).unlink()

    answer = as_(client, olga).get(reverse("gates:evidence_file", args=[plan.pk]))

    assert answer.status_code == 404
    assert "This file is no longer where it is kept" in answer.content.decode()
    assert "plan-2.pdf, v2 of “Test plan”" in answer.content.decode()


# --- The criterion -----------------------------------------------------------------------------
def test_the_criterion_shows_size_day_author_and_revision(client, plan, gate, olga):
    shown = page(as_(client, olga), "criterion", gate.pilot.key, "G1", "V1")

    assert "v2" in shown and "replaced once" in shown
    assert "Olga Owner" in shown and "12\xa0bytes" in shown


def test_a_piece_that_serves_two_criteria_is_listed_once_at_each(client, plan, gate, olga):
    link_evidence(evidence=plan, assessment=row(gate, "T1"), by=olga)

    for key in ("V1", "T1"):
        shown = page(as_(client, olga), "criterion", gate.pilot.key, "G1", key)
        assert "Evidence (1)" in shown
    assert "Evidence (0)" in page(client, "criterion", gate.pilot.key, "G1", "O1")


def test_a_criterion_says_since_when_what_showed_it_has_expired(client, pilot, olga, on):
    with on("2026-11-09"):
        gate = make_gate(
            [criterion("V1", state="met", stale_on=date(2026, 11, 3))], pilot=pilot, today=date(2026, 11, 9)
        )
        shown = page(as_(client, olga), "criterion", gate.pilot.key, "G1", "V1")

    assert "What showed this expired on 3 Nov 2026." in shown
    assert "Expired" in shown


def test_a_file_that_is_too_large_is_refused_and_the_rest_is_kept(client, gate, olga, settings):
    settings.EVIDENCE_MAX_BYTES = 25
    address = reverse("gates:evidence_add", args=[gate.pilot.key, "G1", "V1"])
    sent = {"note": "The load test.", "title": "Load", "valid_until": "2100-01-01"}

    answer = as_(client, olga).post(address, sent | {"file": SimpleUploadedFile("a.txt", b"x" * 26)})

    assert answer.status_code == 422
    for kept in ("the limit is", "The load test.", 'value="Load"', 'value="2100-01-01"'):
        assert kept in answer.content.decode()


def test_a_page_called_a_picture_is_refused(client, gate, olga):
    address = reverse("gates:evidence_add", args=[gate.pilot.key, "G1", "V1"])
    file = SimpleUploadedFile("photo.png", b"<html><script>alert(1)</script>", "image/png")

    answer = as_(client, olga).post(address, {"file": file})

    assert answer.status_code == 422
    assert "photo.png is not a PNG file, whatever its name says." in answer.content.decode()
    assert not EvidenceRevision.objects.exists()


def test_a_piece_is_found_and_linked_to_another_criterion(client, plan, gate, olga):
    address = reverse("gates:evidence_link", args=[gate.pilot.key, "G1", "T1"])
    client = as_(client, olga)

    assert "Test plan" in client.get(address, {"q": "plan-2"}).content.decode()
    assert "No document matches" in client.get(address, {"q": "nothing"}).content.decode()
    assert client.post(address, {"evidence": plan.pk}).status_code == 302
    assert "There is no other document" in client.get(address).content.decode()
    assert plan.assessments.count() == 2


def test_evidence_of_another_pilot_cannot_be_chosen(client, plan, programme, petra):
    other = make_gate()
    other.pilot.programme = programme
    other.pilot.save()
    address = reverse("gates:evidence_link", args=[other.pilot.key, other.definition.key, "T1"])

    answer = as_(client, petra).post(address, {"evidence": plan.pk})

    assert answer.status_code == 422
    assert "Choose one of these pieces." in answer.content.decode()


# --- Documents ---------------------------------------------------------------------------------
def test_documents_are_narrowed_to_what_expires(client, gate, olga):
    today = timezone.localdate()
    for title, days in (("Never", None), ("Soon", 10), ("Later", 90)):
        until = today + timedelta(days) if days else None
        add_evidence(assessment=row(gate), kind="note", note=title, title=title, valid_until=until, by=olga)
    gone = Evidence.objects.create(pilot=gate.pilot, title="Gone", added_at=timezone.now())
    old = {"number": 1, "kind": "note", "note": "x", "sha256": "x", "at": timezone.now()}
    gone.current = EvidenceRevision.objects.create(evidence=gone, valid_until=today, **old)
    gone.save()
    client = as_(client, olga)

    def titles(**query):
        shown = page(client, "documents", gate.pilot.key, **query)
        return {title for title in ("Never", "Soon", "Later", "Gone") if f">{title}</a>" in shown}

    assert titles() == {"Never", "Soon", "Later", "Gone"}
    assert titles(show="expiring") == {"Soon"}
    assert titles(show="expired") == {"Gone"}
    assert titles(q="late") == {"Later"}
    remove_evidence(evidence=gone, reason="Old.", by=olga)
    assert titles(show="removed") == {"Gone"}
    assert titles(show="expired") == set()


def test_documents_cost_the_same_with_few_and_many(client, gate, olga):
    client = as_(client, olga)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(client, "documents", gate.pilot.key)
        return len(captured)

    def add(many):
        for number in range(many):
            evidence = add_evidence(assessment=row(gate), kind="note", note=f"{many} {number}", by=olga)
            link_evidence(evidence=evidence, assessment=row(gate, "T1"), by=olga)

    add(2)
    queries()  # the first asks for the session too
    few = queries()
    add(30)
    assert queries() == few <= 10


def test_a_pilot_without_documents_says_where_they_come_from(client, gate, olga):
    assert "No document yet" in page(as_(client, olga), "documents", gate.pilot.key)


# --- Replacing and removing --------------------------------------------------------------------
def test_before_replacing_one_sees_where_it_is_used(client, plan, gate, olga, ana):
    link_evidence(evidence=plan, assessment=row(gate, "T1"), by=olga)
    hold(gate, ana, review_on=timezone.localdate() + timedelta(30))

    for name in ("document_replace", "document_remove"):
        shown = page(as_(client, olga), name, gate.pilot.key, plan.pk)
        for said in (
            "V1 The business problem is named",
            "T1 Tried at production volume",
            "Hold by Ana Anders",
        ):
            assert said in shown


def test_a_decision_taken_before_it_was_added_did_not_rely_on_it(client, gate, olga, ana):
    piece = add_evidence(assessment=row(gate), kind="note", note="There.", by=olga)
    other = add_evidence(assessment=row(gate, "T1"), kind="note", note="Elsewhere.", by=olga)
    hold(gate, ana, review_on=timezone.localdate() + timedelta(30))
    link_evidence(evidence=other, assessment=row(gate), by=olga)

    assert [len(use.decisions) for use in uses_of(piece)] == [1]
    by_key = {use.assessment.criterion.key: len(use.decisions) for use in uses_of(other)}
    assert by_key == {"T1": 1, "V1": 0}


def test_what_a_criterion_is_left_with_is_said_before_it_is_removed(client, plan, gate, olga):
    assert "V1 is left without evidence." in page(
        as_(client, olga), "document_remove", gate.pilot.key, plan.pk
    )
    add_evidence(assessment=row(gate), kind="note", note="And this.", by=olga)
    assert "V1 is left with 1 other piece." in page(client, "document_remove", gate.pilot.key, plan.pk)


def test_who_is_on_every_criterion_that_it_serves_may_replace_it(client, plan, gate, olga, sven):
    address = reverse("gates:document_replace", args=[gate.pilot.key, plan.pk])
    assert as_(client, sven).get(address).status_code == 403

    gate.assessments.filter(criterion__key="V1").update(responsible=sven)
    assert client.get(address).status_code == 200

    link_evidence(evidence=plan, assessment=row(gate, "T1"), by=olga)
    assert client.get(address).status_code == 403


def test_the_page_of_a_piece_shows_every_revision(client, plan, gate, adam):
    shown = page(as_(client, adam), "document", gate.pilot.key, plan.pk)

    for said in ("plan.pdf", "plan-2.pdf", "Larger sample.", plan.current.sha256[:16]):
        assert said in shown
    assert "Replace" not in shown


def test_who_signed_on_a_piece_is_named_before_it_is_replaced(client, pilot, olga, sven):
    sponsor = {"role": "Sponsor", "quorum": "any", "areas": []}
    gate = start(pilot, make_playbook(gatekeeper_roles=[sponsor]))
    before = add_evidence(assessment=row(gate), kind="note", note="Seen.", title="Seen", by=olga)
    request_review(gate=gate, by=olga)
    sign_off(gate=Gate.objects.get(pk=gate.pk), role="Sponsor", by=sven)
    after = add_evidence(assessment=row(gate), kind="note", note="Later.", title="Later", by=olga)

    signed = "Signed by Sven Sponsor as Sponsor"
    shown = page(as_(client, olga), "document_replace", pilot.key, before.pk)
    assert signed in shown and "asked again once this is replaced" in shown
    assert signed not in page(client, "document_replace", pilot.key, after.pk)
