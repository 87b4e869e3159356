"""Two people at the same piece at once. SQLite takes one write at a time: PostgreSQL only."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gates.evidence.actions import (
    add_evidence,
    link_evidence,
    remove_evidence,
    revise_evidence,
    unlink_evidence,
)
from gates.models import Evidence
from pilots.rules import RuleViolation
from tests.at_once import at_once, errors

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def note(gate, olga):
    return add_evidence(assessment=gate.assessments.first(), kind="note", note="First.", by=olga)


def revise(evidence, by, note):
    return revise_evidence(evidence=evidence, kind="note", note=note, comment="Newer.", by=by)


def test_two_revisions_at_once_become_the_second_and_the_third(note, olga, petra):
    results = at_once(lambda: revise(note, olga, "Hers."), lambda: revise(note, petra, "His."))

    assert errors(results) == []
    assert sorted(revision.number for revision in results) == [2, 3]
    note.refresh_from_db()
    assert note.current.number == 3


def test_the_same_revision_sent_twice_at_once_is_one(note, olga):
    results = at_once(*[lambda: revise(note, olga, "Once.")] * 3)

    assert {revision.number for revision in results} == {2}


def test_replacing_and_removing_at_once_leave_one_order(note, olga, petra):
    results = at_once(
        lambda: revise(note, olga, "Newer."),
        lambda: remove_evidence(evidence=note, reason="Wrong.", by=petra),
    )

    note.refresh_from_db()
    refused = [str(error) for error in errors(results)]
    assert note.removed_by == petra
    assert (refused, note.current.number) in (([], 2), (["This evidence has been removed."], 1))
    assert all(isinstance(error, RuleViolation) for error in errors(results))


def test_linking_and_unlinking_at_once_do_not_lock_each_other_out(note, gate, olga, petra):
    one, other = gate.assessments.select_related("criterion")[:2]

    results = at_once(
        lambda: link_evidence(evidence=note, assessment=other, by=olga),
        lambda: link_evidence(evidence=note, assessment=other, by=petra),
        lambda: unlink_evidence(evidence=note, assessment=one, reason="Wrong.", by=olga),
    )

    assert errors(results) == []
    assert list(note.assessments.all()) == [other]


def test_two_files_at_once_do_not_fill_the_pilots_room_twice(gate, olga, petra, settings):
    settings.EVIDENCE_PILOT_MAX_BYTES = 150
    assessment = gate.assessments.select_related("criterion").first()

    results = at_once(
        *(
            lambda by=by, name=name: add_evidence(
                assessment=assessment, kind="file", file=SimpleUploadedFile(name, name.encode() * 20), by=by
            )
            for by, name in ((olga, "a.txt"), (petra, "b.txt"))
        )
    )

    assert [type(error) for error in errors(results)] == [RuleViolation]
    assert Evidence.objects.count() == 1
