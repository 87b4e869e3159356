"""Evidence: added, replaced, linked, unlinked, removed."""

import hashlib
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.utils import timezone

from gates import events
from gates.choices import AssessmentState, GateStatus
from gates.evidence.actions import add_evidence, link_evidence, remove_evidence, unlink_evidence
from gates.evidence.queries import evidence_of, uses_of
from gates.models import Evidence, EvidenceRevision, Gate
from pilots.models import Event
from pilots.rules import RuleViolation
from tests.builders import make_gate, make_pilot, make_playbook, start
from tests.gates.evidence.keeping import decided, revise, row

pytestmark = pytest.mark.django_db
S = AssessmentState


# --- Evidence ----------------------------------------------------------------------------------
def test_a_note_is_evidence(gate, olga):
    evidence = add_evidence(assessment=row(gate), kind="note", note="Measured by hand in May.", by=olga)

    assert (evidence.title, evidence.added_by, evidence.pilot) == (
        "Measured by hand in May.",
        olga,
        gate.pilot,
    )
    assert list(row(gate).evidence.all()) == [evidence]


def test_a_link_is_evidence_and_its_own_title(gate, olga):
    evidence = add_evidence(assessment=row(gate), kind="link", link="https://example.com/report", by=olga)

    assert (evidence.title, evidence.current.link) == ("https://example.com/report",) * 2


def test_a_file_is_kept_whole_with_its_digest(gate, olga, files):
    content = b"%PDF-1.7 " + bytes(200_000)
    sent = SimpleUploadedFile("Report May.pdf", content)

    evidence = add_evidence(assessment=row(gate), kind="file", title="Report", file=sent, by=olga)

    kept = Evidence.objects.get(pk=evidence.pk).current
    assert kept.file.read() == content
    kept.file.close()
    assert kept.sha256 == hashlib.sha256(content).hexdigest()
    assert (kept.size, kept.file_name, evidence.title) == (len(content), "Report May.pdf", "Report")


def test_where_a_file_lands_is_not_the_senders_choice(gate, olga, files):
    sent = SimpleUploadedFile("x.html", b"hello")
    sent.name = "../../escape.html"  # as a hostile client would name it

    evidence = add_evidence(assessment=row(gate), kind="file", file=sent, by=olga)

    assert evidence.current.file.name.startswith(f"evidence/{gate.pilot.key}/")
    assert "escape" not in evidence.current.file.name
    assert "html" not in evidence.current.file.name
    assert [path.parent.parent.name for path in files.rglob("*") if path.is_file()] == ["evidence"]


def test_the_same_file_twice_is_kept_twice(gate, olga, files):
    one, other = (
        add_evidence(
            assessment=row(gate), kind="file", note=note, file=SimpleUploadedFile("a.txt", b"same"), by=olga
        )
        for note in ("In May.", "In June, unchanged.")
    )

    assert one.current.sha256 == other.current.sha256
    assert one.current.file.name != other.current.file.name


def test_evidence_sent_twice_at_once_is_kept_once_and_later_again(gate, olga, files, on):
    def add():
        return add_evidence(assessment=row(gate), kind="note", note="Agreed.", by=olga)

    with on("2026-03-02"):
        assert add() == add()
    with on("2026-03-03"):
        again = add()

    assert row(gate).evidence.count() == 2
    assert again.pk == max(row(gate).evidence.values_list("pk", flat=True))


def test_adding_evidence_is_recorded_with_the_digest(gate, olga, files):
    add_evidence(assessment=row(gate), kind="file", file=SimpleUploadedFile("a.txt", b"hello"), by=olga)

    told = Event.objects.get(type=events.EVIDENCE_ADDED)
    assert told.data == {
        "criterion": "V1 The business problem is named",
        "gate": "G1",
        "title": "a.txt",
        "kind": "file",
        "sha256": hashlib.sha256(b"hello").hexdigest(),
        "valid_until": "",
    }


def test_evidence_changes_no_state(gate, olga):
    add_evidence(assessment=row(gate), kind="note", note="Look.", by=olga)

    assert row(gate).state == S.UNKNOWN


def test_no_evidence_is_added_to_a_decided_gate(gate, olga):
    with pytest.raises(RuleViolation, match="no evidence can be added"):
        add_evidence(assessment=row(decided(gate)), kind="note", note="Too late.", by=olga)

    assert not Evidence.objects.exists()


@pytest.mark.parametrize("kind", ["note", "link", "file"])
def test_empty_evidence_is_refused_by_the_database_too(gate, olga, kind):
    with pytest.raises(IntegrityError):
        add_evidence(assessment=row(gate), kind=kind, title="Nothing behind it", by=olga)


def test_a_long_note_is_cut_for_the_title_only(gate, olga):
    evidence = add_evidence(assessment=row(gate), kind="note", note="x" * 500, by=olga)

    assert (len(evidence.title), len(evidence.current.note)) == (200, 500)


# --- Revisions ---------------------------------------------------------------------------------
def test_a_new_revision_takes_the_place_of_the_old_one_which_stays(note, gate, olga, sven):
    second = revise(note, sven, kind="link", link="https://example.com/b", note="")

    note.refresh_from_db()
    assert (second.number, second.author, note.current) == (2, sven, second)
    assert [(kept.number, kept.kind, kept.note) for kept in note.revisions.all()] == [
        (2, "link", ""),
        (1, "note", "Seen on site."),
    ]
    assert list(row(gate).evidence.all()) == [note]


def test_a_note_and_a_link_have_a_fingerprint_of_what_they_say(note, olga):
    said = hashlib.sha256(b"note\n\nSeen on site.").hexdigest()

    assert note.current.sha256 == said
    assert revise(note, olga).sha256 != said


def test_a_revision_is_never_changed_or_deleted(note):
    note.current.note = "Never seen."

    for change in (note.current.save, note.current.delete, note.revisions.all().delete):
        with pytest.raises(TypeError):
            change()


def test_the_event_says_what_the_revision_changed(note, olga):
    before = note.current.sha256
    revision = revise(note, olga, valid_until=date(2100, 1, 1))

    told = Event.objects.get(type=events.EVIDENCE_REVISED)
    assert told.changes == {
        "revision": [1, 2],
        "sha256": [before, revision.sha256],
        "valid_until": ["", "2100-01-01"],
    }
    assert told.data == {"title": "Seen on site.", "comment": "Newer."}


def test_the_same_revision_sent_twice_at_once_is_one(note, olga, on):
    with on("2026-03-02"):
        assert revise(note, olga) == revise(note, olga)
    with on("2026-03-03"):
        assert revise(note, olga).number == 3


def test_a_day_that_has_passed_is_no_validity(gate, note, olga, on):
    with on("2026-03-02"):
        for day in (date(2026, 3, 2), date(2026, 3, 1)):
            with pytest.raises(RuleViolation, match="a day in the future"):
                revise(note, olga, valid_until=day)
            with pytest.raises(RuleViolation, match="a day in the future"):
                add_evidence(assessment=row(gate), kind="note", note="x", valid_until=day, by=olga)


def test_without_an_open_gate_nothing_is_replaced_or_removed(note, gate, olga):
    decided(gate)

    for change in (
        lambda: revise(note, olga),
        lambda: remove_evidence(evidence=note, reason="Wrong.", by=olga),
    ):
        with pytest.raises(RuleViolation, match="This pilot has no open gate"):
            change()


def test_a_pilot_holds_no_more_than_its_room(gate, olga, files, settings):
    settings.EVIDENCE_PILOT_MAX_BYTES = 100
    first = SimpleUploadedFile("a.txt", b"x" * 60)
    evidence = add_evidence(assessment=row(gate), kind="file", file=first, by=olga)

    with pytest.raises(RuleViolation, match="that a pilot may have"):
        revise(evidence, olga, kind="file", note="", file=SimpleUploadedFile("a.txt", b"y" * 41))

    revise(evidence, olga, kind="file", note="", file=SimpleUploadedFile("a.txt", b"y" * 40))
    assert EvidenceRevision.objects.count() == 2


# --- Many criteria -----------------------------------------------------------------------------
def test_one_piece_serves_many_criteria(note, gate, olga):
    link_evidence(evidence=note, assessment=row(gate, "T1"), by=olga)
    link_evidence(evidence=note, assessment=row(gate, "T1"), by=olga)

    assert [use.assessment.criterion.key for use in uses_of(note)] == ["V1", "T1"]
    told = Event.objects.get(type=events.EVIDENCE_LINKED)
    assert told.data["criterion"] == "T1 Tried at production volume"


def test_unlinking_needs_a_reason_and_leaves_the_piece(note, gate, olga):
    with pytest.raises(RuleViolation, match="Say why"):
        unlink_evidence(evidence=note, assessment=row(gate), reason=" ", by=olga)

    unlink_evidence(evidence=note, assessment=row(gate), reason="Of another criterion.", by=olga)
    unlink_evidence(evidence=note, assessment=row(gate), reason="Of another criterion.", by=olga)

    assert uses_of(note) == []
    assert Event.objects.get(type=events.EVIDENCE_UNLINKED).data["reason"] == "Of another criterion."


def test_evidence_of_another_pilot_serves_nothing_here(note, programme, olga):
    other = make_gate(pilot=make_pilot(programme, owner=olga))

    with pytest.raises(RuleViolation, match="its own pilot only"):
        link_evidence(evidence=note, assessment=row(other), by=olga)


def test_nothing_is_linked_to_or_taken_from_a_decided_gate(note, gate, olga):
    decided(gate)

    with pytest.raises(RuleViolation, match="no evidence can be added"):
        link_evidence(evidence=note, assessment=row(gate, "T1"), by=olga)
    with pytest.raises(RuleViolation, match="stays as it is"):
        unlink_evidence(evidence=note, assessment=row(gate), reason="Wrong.", by=olga)


# --- Removing ----------------------------------------------------------------------------------
def test_what_is_removed_serves_nothing_and_stays_readable(note, gate, olga):
    remove_evidence(evidence=note, reason="Of another pilot.", by=olga)

    kept = Evidence.objects.get()
    assert (kept.removed_by, kept.removal_reason, kept.current.note) == (
        olga,
        "Of another pilot.",
        "Seen on site.",
    )
    assert evidence_of(gate, today=timezone.localdate()) == {}
    assert Event.objects.get(type=events.EVIDENCE_REMOVED).data["reason"] == "Of another pilot."


def test_what_is_removed_is_neither_replaced_nor_linked_nor_removed_again(note, gate, olga, sven):
    remove_evidence(evidence=note, reason="Wrong.", by=olga)

    with pytest.raises(RuleViolation, match="has been removed"):
        revise(note, olga)
    with pytest.raises(RuleViolation, match="has been removed"):
        link_evidence(evidence=note, assessment=row(gate, "T1"), by=olga)
    with pytest.raises(RuleViolation, match="has been removed"):
        remove_evidence(evidence=note, reason="Wrong.", by=sven)


def test_a_decided_gate_keeps_the_revision_it_was_decided_on(pilot, olga, on):
    version = make_playbook()
    with on("2026-03-02"):
        first = start(pilot, version)
        used = add_evidence(assessment=row(first), kind="note", note="Seen on site.", by=olga)
        gone = add_evidence(assessment=row(first), kind="note", note="Removed early.", by=olga)
        early = remove_evidence(evidence=gone, reason="Wrong.", by=olga)
    with on("2026-03-05"):
        decided(first)
        Gate.objects.filter(pilot=pilot, definition__key="G2").update(status=GateStatus.OPEN)
    with on("2026-03-09"):
        revise(used, olga)
        remove_evidence(evidence=used, reason="Outdated.", by=olga)

    (piece,) = evidence_of(first, today=date(2026, 3, 9))[row(first).pk]
    assert (piece.revision.number, piece.revision.note, piece.is_superseded) == (1, "Seen on site.", True)
    assert early.removed_at < first.decided_at
