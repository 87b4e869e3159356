"""Loading playbooks from files: once, all or nothing, with complaints in words."""

import pytest
from django.core.management import CommandError, call_command

from gates.choices import VersionStatus
from gates.models import Criterion, Playbook, PlaybookVersion
from gates.playbooks.files import shipped

pytestmark = pytest.mark.django_db


def load(capsys, *files) -> str:
    call_command("load_playbooks", *map(str, files))
    return capsys.readouterr().out


def test_the_shipped_playbooks_are_published_and_told(capsys):
    said = load(capsys)

    assert "standard.yaml: published Standard v1 with 5 phases." in said
    assert "express.yaml: published Express v1 with 4 phases." in said
    assert set(PlaybookVersion.objects.values_list("status", flat=True)) == {VersionStatus.PUBLISHED}


def test_loading_again_changes_nothing(capsys):
    load(capsys)
    before = Criterion.objects.count()
    said = load(capsys)

    assert "standard.yaml: already there as Standard v1." in said
    assert PlaybookVersion.objects.count() == 2
    assert Criterion.objects.count() == before


def test_a_changed_file_becomes_the_next_version_and_the_old_one_says_so(capsys, tmp_path):
    load(capsys)
    changed = tmp_path / "standard.yaml"
    changed.write_text(standard().replace("typical_days: 42", "typical_days: 43"))

    assert "published Standard v2" in load(capsys, changed)
    assert "already there as Standard v1, which a later version has replaced." in load(capsys)
    assert PlaybookVersion.objects.get(playbook__key="standard", status=VersionStatus.PUBLISHED).number == 2


def test_a_bad_file_is_explained_and_the_good_one_beside_it_is_not_loaded(tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text(standard().replace("kind: must_meet", "kind: perhaps", 1))
    with pytest.raises(CommandError) as error:
        call_command("load_playbooks", str(shipped()[0]), str(bad))

    assert "bad.yaml: line" in str(error.value)
    assert "'perhaps' is not one of" in str(error.value)
    assert error.value.returncode == 1
    assert not Playbook.objects.exists()


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"\xff\xfe\x00", "not text in UTF-8"), (None, "cannot be read"), (b"", "the file is empty")],
)
def test_a_file_that_is_none_is_refused_in_words(tmp_path, content, reason):
    path = tmp_path / "playbook.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CommandError, match=reason):
        call_command("load_playbooks", str(path))


def standard() -> str:
    return next(path for path in shipped() if path.name == "standard.yaml").read_text(encoding="utf-8")
