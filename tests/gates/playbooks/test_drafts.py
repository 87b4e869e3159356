"""The life of a draft: begun, changed, published, discarded; and a playbook that is retired."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gates import events
from gates.choices import VersionStatus
from gates.models import Criterion, Phase, Playbook, PlaybookVersion
from gates.playbooks.actions import publish, publish_draft, retire_playbook
from gates.playbooks.drafting import (
    EditedMeanwhile,
    blank_draft,
    discard_draft,
    draft_from_text,
    draft_from_version,
    edit_draft,
    write_draft,
)
from gates.playbooks.files import load
from gates.playbooks.queries import meaning_of
from gates.playbooks.schema import PlaybookError, digest, dump, parse
from pilots.models import Event
from pilots.rules import RuleViolation
from tests.builders import make_pilot, make_user, start
from tests.gates.playbooks.samples import CHECKS, SMALL, playbooks, read, with_change

pytestmark = pytest.mark.django_db
S = VersionStatus


@pytest.fixture
def petra():
    return make_user("Petra Plan")


@pytest.fixture
def v1():
    return publish(playbook_file=read(SMALL), source=SMALL, by=None)[0]


def draft_of(version, petra, text=None) -> PlaybookVersion:
    draft = draft_from_version(version=version, by=petra)
    return draft if text is None else rewrite(draft, text, petra)


def rewrite(draft, text, petra, seen=None) -> PlaybookVersion:
    return write_draft(draft=draft, source=text, seen=seen or draft.digest, known_checks=CHECKS, by=petra)


def put_out(draft, petra) -> PlaybookVersion:
    return publish_draft(draft=draft, seen=draft.digest, known_checks=CHECKS, by=petra)


CHANGED = with_change("weight: 3", "weight: 4")


def test_a_draft_says_what_its_version_says_and_writes_no_phase(v1, petra):
    draft = draft_of(v1, petra)

    assert (draft.number, draft.status, draft.source) == (2, S.DRAFT, SMALL)
    assert not draft.phases.exists()
    event = Event.objects.get(type=events.PLAYBOOK_DRAFTED)
    assert (event.actor, event.changes, event.data["copy_of"]) == (petra, {"status": [None, "draft"]}, 1)


def test_one_draft_at_a_time(v1, petra):
    draft = draft_of(v1, petra)

    assert draft_of(v1, petra) == draft  # sent twice
    rewrite(draft, CHANGED, petra)
    with pytest.raises(RuleViolation, match="There is a draft of Small already, v2."):
        draft_of(v1, petra)


def test_an_edit_is_recorded_with_what_it_was_before(v1, petra):
    rewrite(draft_of(v1, petra), CHANGED, petra)

    event = Event.objects.get(type=events.PLAYBOOK_EDITED)
    assert event.changes == {"G1 R1 Look at bias, weight": ["3", "4"]}


def test_saving_without_a_change_leaves_no_trace(v1, petra):
    draft = draft_of(v1, petra)
    rewrite(draft, SMALL, petra, seen="something else")

    assert not Event.objects.filter(type=events.PLAYBOOK_EDITED).exists()


def test_two_people_at_once_the_second_is_told_and_changes_nothing(v1, petra):
    draft = draft_of(v1, petra)
    seen = draft.digest
    rewrite(draft, CHANGED, petra)
    with pytest.raises(EditedMeanwhile, match="changed by someone else"):
        rewrite(draft, with_change("weight: 3", "weight: 5"), petra, seen=seen)

    assert PlaybookVersion.objects.get(pk=draft.pk).source == CHANGED


def test_a_draft_is_refused_what_a_file_is_refused(v1, petra):
    draft = draft_of(v1, petra)
    with pytest.raises(PlaybookError, match="line 34, .*weight: '0' is not a whole number"):
        rewrite(draft, with_change("weight: 3", "weight: 0"), petra)
    with pytest.raises(RuleViolation, match="The key of this playbook is small and stays so."):
        rewrite(draft, with_change("key: small", "key: other"), petra)


def test_publishing_a_draft_writes_its_phases_and_retires_the_version_before(v1, petra):
    published = put_out(draft_of(v1, petra, CHANGED), petra)
    v1.refresh_from_db()

    assert (published.number, published.status, v1.status) == (2, S.PUBLISHED, S.RETIRED)
    assert published.digest == digest(read(CHANGED))
    assert published.published_by == petra
    assert Criterion.objects.get(gate__phase__version=published, key="R1").weight == 4
    event = Event.objects.filter(type=events.PLAYBOOK_PUBLISHED).latest("pk")
    assert event.changes == {"published": ["v1", "v2"], "G1 R1 Look at bias, weight": ["3", "4"]}


def test_a_draft_that_changed_after_it_was_looked_at_is_not_published(v1, petra):
    draft = draft_of(v1, petra)
    seen = draft.digest
    draft = rewrite(draft, CHANGED, petra)
    with pytest.raises(EditedMeanwhile):
        publish_draft(draft=draft, seen=seen, known_checks=CHECKS, by=petra)


def test_a_draft_that_says_nothing_new_is_not_published(v1, petra):
    with pytest.raises(RuleViolation, match="says the same as v1, which is the published version"):
        put_out(draft_of(v1, petra, "# A comment.\n" + SMALL), petra)


def test_going_back_to_an_earlier_meaning_brings_that_version_back(v1, petra):
    v2 = put_out(draft_of(v1, petra, CHANGED), petra)
    phases = Phase.objects.count()
    back = put_out(draft_from_version(version=v1, by=petra), petra)
    v2.refresh_from_db()

    assert (back, back.status, v2.status) == (v1, S.PUBLISHED, S.RETIRED)
    assert not PlaybookVersion.objects.filter(status=S.DRAFT).exists()
    assert Phase.objects.count() == phases
    assert Event.objects.filter(type=events.PLAYBOOK_PUBLISHED).latest("pk").changes["published"] == [
        "v2",
        "v1",
    ]


def test_what_is_not_finished_is_not_published(petra):
    draft = blank_draft(key="letters", name="Letters", description="For letters.", by=petra)
    with pytest.raises(RuleViolation, match="phases: is missing"):
        put_out(draft, petra)


def test_a_file_loaded_meanwhile_does_not_take_the_number_of_a_draft(v1, petra):
    draft = draft_of(v1, petra, CHANGED)
    loaded, _ = publish(playbook_file=read(SMALL.replace("weight: 3", "weight: 7")), source="x", by=None)

    assert (draft.number, loaded.number) == (2, 3)
    assert put_out(draft, petra).number == 4


def test_a_published_draft_is_a_draft_no_longer(v1, petra):
    draft = draft_of(v1, petra, CHANGED)
    put_out(draft, petra)
    for act in (
        lambda: discard_draft(draft=draft, by=petra),
        lambda: rewrite(draft, SMALL, petra),
        lambda: put_out(draft, petra),
    ):
        with pytest.raises(RuleViolation, match="no longer there"):
            act()


def test_discarding_leaves_what_is_published(v1, petra):
    discard_draft(draft=draft_of(v1, petra), by=petra)

    assert list(PlaybookVersion.objects.all()) == [v1]
    assert Event.objects.get(type=events.PLAYBOOK_DISCARDED).data["number"] == 2


def test_a_playbook_that_was_never_more_than_a_draft_goes_with_it(petra):
    discard_draft(draft=blank_draft(key="a", name="A", description="B", by=petra), by=petra)

    assert not Playbook.objects.exists()


def test_a_new_playbook_takes_no_key_that_is_taken(v1, petra):
    with pytest.raises(RuleViolation, match="There is a playbook with the key small already"):
        blank_draft(key="small", name="A", description="B", by=petra)


def test_nobody_starts_on_a_retired_playbook_and_a_new_version_revives_it(v1, petra, olga, programme):
    retire_playbook(playbook=v1.playbook, by=petra)
    v1.refresh_from_db()
    with pytest.raises(RuleViolation, match="not the published one"):
        start(make_pilot(programme, owner=olga), v1)
    with pytest.raises(RuleViolation, match="nothing to retire"):
        retire_playbook(playbook=v1.playbook, by=petra)

    assert Event.objects.get(type=events.PLAYBOOK_RETIRED).changes == {"status": ["published", "retired"]}
    assert put_out(draft_of(v1, petra), petra) == v1


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(CHANGED)
    return path


def test_a_release_leaves_alone_what_people_here_published_or_retired(v1, petra, file):
    put_out(draft_of(v1, petra, with_change("weight: 3", "weight: 9")), petra)
    (theirs,) = load([file], known_checks=CHECKS, by=None, over_ours=False)
    retire_playbook(playbook=v1.playbook, by=petra)
    (gone,) = load([file], known_checks=CHECKS, by=None, over_ours=False)

    assert theirs.left_alone == "people here published Small v2 themselves"
    assert gone.left_alone == "Small was retired here"
    assert PlaybookVersion.objects.count() == 2


def test_a_release_goes_on_where_nobody_here_had_a_hand_in_it(v1, petra, file):
    draft_of(v1, petra)
    (loaded,) = load([file], known_checks=CHECKS, by=None, over_ours=False)

    assert (loaded.is_new, loaded.left_alone) == (True, "")


def test_a_file_that_is_named_is_published_whatever_people_did(v1, petra, file):
    retire_playbook(playbook=v1.playbook, by=petra)
    (loaded,) = load([file], known_checks=CHECKS, by=None)

    assert loaded.is_new


@given(playbooks(), st.booleans())
def test_any_playbook_survives_draft_and_export(petra, playbook, commented):
    text = ("# Ours.\n" if commented else "") + dump(playbook)
    draft = draft_from_text(source=text, known_checks=CHECKS, by=petra)
    draft = edit_draft(draft=draft, after=playbook, seen=draft.digest, known_checks=CHECKS, by=petra)
    exported = parse(draft.source, known_checks=CHECKS)
    discard_draft(draft=draft, by=petra)

    assert exported == playbook == meaning_of(draft)
    assert digest(exported) == digest(playbook)
