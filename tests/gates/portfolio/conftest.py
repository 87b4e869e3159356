"""The portfolio that its tests share, made once per file."""

from copy import deepcopy
from types import SimpleNamespace

import pytest

from pilots.choices import Role
from tests.builders import join, make_programme, make_user
from tests.gates.portfolio.world import populate
from tests.made_once import made_once


@pytest.fixture(scope="module")
def first_world(django_db_setup, django_db_blocker):
    with made_once(django_db_blocker):
        programme, other = make_programme("Customer service"), make_programme("Logistics two")
        olga = join(make_user("Olga Owner"), programme, Role.OWNER)
        ana = join(make_user("Ana Anders"), programme, Role.GATEKEEPER)
        populate(programme, 150, people=(olga, ana))
        populate(other, 20, seed=2)
        nils = join(make_user("Nils Nobody"), make_programme("Logistics"), Role.OWNER)
        yield SimpleNamespace(programme=programme, olga=olga, nils=nils)


@pytest.fixture
def world(first_world, db):
    """A programme with many pilots, of which Olga owns some and Nils sees none; another nobody here may see."""
    return deepcopy(first_world)
