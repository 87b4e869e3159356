"""The scene that the pages of these tests show."""

import pytest

from tests.flows.scene import scene_in


@pytest.fixture
def scene(db, settings, tmp_path):
    return scene_in(tmp_path, settings)
