"""The scene that the pages of these tests show: made once per file, copied for each test, whose writes are undone."""

from copy import deepcopy

import pytest

from tests.flows.scene import make_scene, surroundings
from tests.made_once import made_once


@pytest.fixture(scope="module")
def aside(tmp_path_factory):
    """The settings that keep the scene's files and mail apart."""
    return surroundings(tmp_path_factory.mktemp("scene"))


@pytest.fixture(scope="module")
def first_scene(django_db_setup, django_db_blocker, aside):
    with made_once(django_db_blocker, **aside):
        yield make_scene()


@pytest.fixture
def scene(first_scene, aside, db, settings):
    for name, value in aside.items():
        setattr(settings, name, value)
    return deepcopy(first_scene)
