"""Evidence from before there were revisions: nothing of it is lost."""

import hashlib

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from gates.models import Evidence

# Rows are changed through models; tables are changed on both databases before any test.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.either]
BEFORE = [("gates", "0005_who_gates_wait_on"), ("pilots", "0004_jobs")]


@pytest.fixture
def old_apps():
    """The tables as they were before; afterwards they are as they are now."""
    executor = MigrationExecutor(connection)
    latest = executor.loader.graph.leaf_nodes()
    executor.migrate(BEFORE)
    yield executor.loader.project_state(BEFORE).apps
    MigrationExecutor(connection).migrate(latest)


def test_every_piece_becomes_its_first_revision(old_apps):
    pilot = _pilot(old_apps)
    said = [
        {"kind": "note", "note": "Seen on site."},
        {"kind": "link", "link": "https://example.com/a", "note": "Page 3"},
        {"kind": "file", "file": "evidence/PIL-001/ab", "file_name": "a.pdf", "size": 7, "sha256": "ab" * 32},
        {"kind": "file", "file": "evidence/PIL-001/cd", "sha256": "cd" * 32},
    ]
    evidence = old_apps.get_model("gates", "Evidence")
    for facts in said:
        evidence.objects.create(pilot=pilot, title=facts["kind"], added_at=timezone.now(), **facts)

    MigrationExecutor(connection).migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())

    kept = [piece.current for piece in Evidence.objects.select_related("current").order_by("pk")]
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


def _pilot(old_apps):
    programme = old_apps.get_model("pilots", "Programme").objects.create(name="Old", slug="old")
    return old_apps.get_model("pilots", "Pilot").objects.create(
        programme=programme, key="PIL-001", title="Old pilot"
    )
