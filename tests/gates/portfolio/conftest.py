"""The portfolio that its tests share."""

import pytest

from tests.builders import make_programme
from tests.gates.portfolio.world import populate


@pytest.fixture
def world(programme, olga, ana, nils):
    populate(programme, 150, people=(olga, ana))
    populate(make_programme("Logistics two"), 20, seed=2)
    return programme
