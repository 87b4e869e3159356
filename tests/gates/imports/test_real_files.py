"""The real portfolios in the database, as a person finds them."""

import pytest

from pilots.models import Pilot, SourceRecord
from tests.gates.imports.conftest import counts, everything

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.django_db,
    pytest.mark.usefixtures("playbooks"),
]
V1, V2 = "us-fed-2024/v1.csv", "us-fed-2024/v2.csv"


def test_the_corrected_inventory_makes_what_is_new_and_no_duplicate(shared_data):
    counts(shared_data / V1)

    assert counts(shared_data / V2) == (376, 25, 1732, 0)
    assert Pilot.objects.count() == SourceRecord.objects.count() == 2133
    before = everything()
    assert counts(shared_data / V2) == (0, 0, 2133, 0)
    assert everything() == before


@pytest.mark.either
def test_a_dry_run_of_the_inventory_writes_nothing(shared_data):
    before = everything()

    assert counts(shared_data / V2, "--dry-run") == (2133, 0, 0, 0)
    assert everything() == before


@pytest.mark.parametrize(
    ("name", "rows"), [("us-fed-2023/2023.csv", 710), ("us-it-dashboard-projects/projects.csv", 2467)]
)
def test_other_files_are_imported_whole_and_once(shared_data, name, rows):
    assert counts(shared_data / name) == (rows, 0, 0, 0)
    assert counts(shared_data / name) == (0, 0, rows, 0)
