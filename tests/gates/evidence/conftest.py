"""The gate and the note that the tests of evidence share, and a folder for its files."""

import pytest

from gates.evidence.actions import add_evidence
from tests.builders import make_gate
from tests.gates.evidence.keeping import row


@pytest.fixture
def gate(pilot):
    return make_gate(pilot=pilot)


@pytest.fixture
def note(gate, olga):
    """A note at V1, added in the past."""
    return add_evidence(assessment=row(gate), kind="note", note="Seen on site.", by=olga)


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path
