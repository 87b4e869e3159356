"""Evidence from before there were revisions: nothing of it is lost."""

import hashlib

from django.utils import timezone

from tests.old_tables import models_as_of

BEFORE = [("gates", "0005_who_gates_wait_on"), ("pilots", "0004_jobs")]
AFTER = [("gates", "0008_evidence_in_revisions")]


def test_every_piece_becomes_its_first_revision(old_database):
    old = models_as_of(BEFORE)
    pilot = _pilot(old)
    said = [
        {"kind": "note", "note": "Seen on site."},
        {"kind": "link", "link": "https://example.com/a", "note": "Page 3"},
        {"kind": "file", "file": "evidence/PIL-001/ab", "file_name": "a.pdf", "size": 7, "sha256": "ab" * 32},
        {"kind": "file", "file": "evidence/PIL-001/cd", "sha256": "cd" * 32},
    ]
    evidence = old.get_model("gates", "Evidence")
    for facts in said:
        evidence.objects.create(pilot=pilot, title=facts["kind"], added_at=timezone.now(), **facts)

    new = models_as_of(AFTER)

    pieces = new.get_model("gates", "Evidence").objects.select_related("current").order_by("pk")
    kept = [piece.current for piece in pieces]
    assert [(r.number, r.kind, r.note, r.link, r.file.name, r.file_name, r.size) for r in kept] == [
        (1, "note", "Seen on site.", "", "", "", None),
        (1, "link", "Page 3", "https://example.com/a", "", "", None),
        (1, "file", "", "", "evidence/PIL-001/ab", "a.pdf", 7),
        (1, "file", "", "", "evidence/PIL-001/cd", "cd", 0),
    ]
    assert [r.sha256 for r in kept] == [
        hashlib.sha256(b"note\n\nSeen on site.").hexdigest(),
        hashlib.sha256(b"link\nhttps://example.com/a\nPage 3").hexdigest(),
        "ab" * 32,
        "cd" * 32,
    ]
    assert all(r.at == r.evidence.added_at for r in kept)


def _pilot(old):
    programme = old.get_model("pilots", "Programme").objects.create(name="Old", slug="old")
    return old.get_model("pilots", "Pilot").objects.create(
        programme=programme, key="PIL-001", title="Old pilot"
    )
