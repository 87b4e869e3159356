"""The scene that the pages of these tests show."""

import pytest

from tests.flows.scene import make_scene, write_mail


@pytest.fixture
def scene(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.MAIL_FOLDER = tmp_path / "mail"
    settings.DEMO = True
    write_mail(settings.MAIL_FOLDER)
    return make_scene()
