"""The portfolio as a file: imported pilots go back as they came, read again nothing changes, and many cost as few."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gates.inventory.queries import NAMES, lines_of
from pilots.actions.pilots import edit_pilot
from pilots.choices import Role
from pilots.imports.recognising import built_in_names
from pilots.models import Pilot, Programme
from tests.api.world import BASE, program_of
from tests.builders import join, make_pilot, make_user
from tests.gates.imports.conftest import counts
from tests.gates.inventory.exporting import exported

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("playbooks")]

HEADER = ["2_use_case_name", "3_agency", "16_dev_stage", "17_impact_type", "18_date_initiated", "12_outputs"]
ROWS = [
    ["Route planning", "Roads", "Acquisition and/or Development", "Neither", "3/4/2024", "=1+1 routes"],
    ["Call notes", "Health", "Operation and Maintenance", "Both", "FY2024", ""],
    ["Bridges", "Roads", "", "Case-by-case assessment", "N/A", "- cracks\n- rust"],
]


@pytest.fixture
def imported(table):
    """A file of three pilots, in a programme whose manager is returned."""
    path = table(HEADER, *ROWS)
    assert counts(path) == (3, 0, 0, 0)
    programme = Programme.objects.get(name="US federal AI use cases 2024")
    return path, join(make_user("Mia Manager"), programme, Role.PROGRAMME_MANAGER)


def read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_unedited_it_goes_back_as_it_came_and_read_again_nothing_changes(imported, client_of, tmp_path):
    _, mia = imported
    written = tmp_path / "again.csv"
    written.write_bytes(exported(client_of(mia)))
    rows = read(written.read_bytes())

    kept = [[row[name] for name in HEADER] for row in rows]
    assert kept == [[*row[:5], f"'{row[5]}" if row[5] else ""] for row in ROWS]
    assert counts(written) == (0, 0, 3, 0)


def test_what_people_changed_stands_in_its_column_and_the_rest_stays(imported, client_of, tmp_path):
    _, mia = imported
    pilot = Pilot.objects.get(title="Route planning")
    edit_pilot(pilot=pilot, by=mia, title="Routes", risk_tier="high")
    written = tmp_path / "again.csv"
    written.write_bytes(exported(client_of(mia)))

    (row,) = [row for row in read(written.read_bytes()) if row["2_use_case_name"] == "Routes"]
    assert row["17_impact_type"] == "Both"
    assert (row["3_agency"], row["18_date_initiated"]) == ("Roads", "3/4/2024")


def test_a_pilot_that_was_renamed_here_is_the_same_when_its_file_is_read_again(imported, client_of, tmp_path):
    _, mia = imported
    pilot = Pilot.objects.get(title="Route planning")
    edit_pilot(pilot=pilot, by=mia, title="Routes", unit="Roads and bridges")
    written = tmp_path / "again.csv"
    written.write_bytes(exported(client_of(mia)))

    assert counts(written) == (0, 1, 2, 0)
    assert counts(written) == (0, 0, 3, 0)
    pilot.refresh_from_db()
    assert (pilot.title, pilot.unit, Pilot.objects.count()) == ("Routes", "Roads and bridges", 3)
    # By the name that it has in the file; where a row still has it, nobody looks further.
    edit_pilot(pilot=pilot, by=mia, title="Call notes", unit="Health")
    assert counts(written) == (0, 0, 3, 0)


def test_pilots_made_here_stand_below_with_what_is_known(imported, client_of):
    _, mia = imported
    make_pilot(Programme.objects.get(), owner=mia, title="Ours", unit="Parks", vendor="Papierlos GmbH")

    last = read(exported(client_of(mia)))[-1]
    assert (last["2_use_case_name"], last["3_agency"], last["16_dev_stage"]) == ("Ours", "Parks", "Planned")


def test_all_of_it_can_be_written_in_our_own_columns(imported, client_of):
    _, mia = imported
    rows = read(exported(client_of(mia), "standard"))

    assert {row["Title"] for row in rows} == {"Route planning", "Call notes", "Bridges"}


def test_the_filters_of_the_portfolio_narrow_it(imported, client_of):
    _, mia = imported

    assert [row["2_use_case_name"] for row in read(exported(client_of(mia), query="?q=bridge"))] == [
        "Bridges"
    ]
    assert read(exported(client_of(mia), query="?state=nonsense")) == []


def test_nothing_of_other_programmes_is_in_it(imported, nils, client_of):
    assert read(exported(client_of(nils))) == []


def test_the_page_offers_first_what_most_came_in_and_keeps_the_filters(imported, client_of):
    _, mia = imported
    page = client_of(mia).get("/portfolio/export/?q=o").content.decode()

    assert page.index("US federal inventory 2024") < page.index("Pilotage<small>")
    assert "3 of 3" in client_of(mia).get("/portfolio/export/").content.decode()
    assert "/portfolio/export/us-federal-2024/?q=o" in page
    assert "No pilots to export" in client_of(mia).get("/portfolio/export/?q=zzz").content.decode()


def test_columns_nobody_knows_are_not_there(imported, client_of):
    _, mia = imported

    assert client_of(mia).get("/portfolio/export/nonsense/").status_code == 404
    assert program_of(mia).get(f"{BASE}inventory/nonsense/").status_code == 404


def test_the_api_gives_the_same_file_and_refuses_what_it_does_not_know(imported, client_of):
    _, mia = imported
    answer = program_of(mia).get(f"{BASE}inventory/us-federal-2024/?q=bridge")

    assert b"".join(answer.streaming_content) == exported(client_of(mia), query="?q=bridge")
    assert program_of(mia).get(f"{BASE}inventory/us-federal-2024/?colour=red").status_code == 400


def test_every_mapping_that_is_built_in_has_its_name():
    assert set(NAMES) == set(built_in_names())


def test_many_cost_as_few(imported):
    programme = Programme.objects.get()

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            lines = list(lines_of(Pilot.objects.filter(programme=programme), "us-federal-2024"))
        assert len(lines) == 1 + Pilot.objects.count()
        return len(captured)

    few = cost()
    for number in range(40):
        make_pilot(programme, title=f"Pilot {number}")
    assert cost() == few <= 3
