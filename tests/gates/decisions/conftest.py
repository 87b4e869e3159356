"""A pilot at the first gate of three, on a Monday in March 2026."""

from datetime import timedelta

import pytest

from tests.builders import start
from tests.gates.decisions.deciding import DAY, current, go


@pytest.fixture(autouse=True)
def today(on):
    with on(DAY):
        yield DAY


@pytest.fixture
def gate(pilot):
    """The first gate of three, with everything open."""
    return start(pilot, on=DAY - timedelta(40))


@pytest.fixture
def second(gate, pilot, ana):
    """The pilot has passed its first gate and works towards the second."""
    go(gate, ana)
    return current(pilot)
