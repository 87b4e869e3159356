"""The gate that the tests of waivers share."""

import pytest

from tests.builders import make_gate
from tests.gates.waivers.waiving import CRITERIA


@pytest.fixture
def gate(pilot):
    """V1 is open, R1 is its check's and not met, K1 a kill criterion, O1 is met."""
    return make_gate(CRITERIA, pilot=pilot, score_threshold=10)
