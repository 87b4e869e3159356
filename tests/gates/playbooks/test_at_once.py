"""Two people at one draft in the same moment, on real threads: PostgreSQL only."""

import pytest

from gates.choices import VersionStatus
from gates.models import PlaybookVersion
from gates.playbooks.actions import publish, publish_draft
from gates.playbooks.drafting import EditedMeanwhile, discard_draft, draft_from_version, write_draft
from pilots.rules import RuleViolation
from tests.at_once import at_once, errors
from tests.gates.playbooks.samples import CHECKS, SMALL, read, with_change

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
HEAVIER, LIGHTER = (with_change("weight: 3", f"weight: {weight}") for weight in (5, 2))


@pytest.fixture
def draft(petra):
    version, _ = publish(playbook_file=read(SMALL), source=SMALL, by=None)
    return draft_from_version(version=version, by=petra)


def saved(draft, text, by):
    return lambda: write_draft(draft=draft, source=text, seen=draft.digest, known_checks=CHECKS, by=by)


def published(draft, by):
    return lambda: publish_draft(draft=draft, seen=draft.digest, known_checks=CHECKS, by=by)


def test_of_two_who_save_at_once_one_wins_and_the_other_is_told(draft, petra, ida):
    results = at_once(saved(draft, HEAVIER, petra), saved(draft, LIGHTER, ida))

    assert [type(error) for error in errors(results)] == [EditedMeanwhile]
    assert PlaybookVersion.objects.get(pk=draft.pk).source in (HEAVIER, LIGHTER)


def test_a_draft_is_published_once_and_one_version_stays_published(draft, petra, ida):
    draft = saved(draft, HEAVIER, petra)()
    results = at_once(published(draft, petra), published(draft, ida))

    assert [type(error) for error in errors(results)] == [RuleViolation]
    assert PlaybookVersion.objects.filter(status=VersionStatus.PUBLISHED).count() == 1


def test_what_is_published_is_what_was_looked_at_whoever_saves_meanwhile(draft, petra, ida):
    draft = saved(draft, HEAVIER, petra)()
    results = at_once(published(draft, petra), saved(draft, LIGHTER, ida))

    assert len(errors(results)) == 1
    after = PlaybookVersion.objects.get(number=2)
    assert (after.status, after.source) in (
        (VersionStatus.PUBLISHED, HEAVIER),
        (VersionStatus.DRAFT, LIGHTER),
    )


def test_two_who_begin_a_draft_get_the_same_one(draft, petra, ida):
    discard_draft(draft=draft, by=petra)
    version = PlaybookVersion.objects.get()
    results = at_once(*(lambda by=by: draft_from_version(version=version, by=by) for by in (petra, ida)))

    assert errors(results) == []
    assert results[0] == results[1]
