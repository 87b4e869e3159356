"""A program that says which version it read overwrites nothing unseen."""

import pytest

from pilots.registers.actions import edit_entry
from pilots.registers.table import REGISTERS
from tests.api.world import BASE, program_of
from tests.builders import make_entry

pytestmark = pytest.mark.django_db


def change(person, entry, key="risks", **sent):
    return program_of(person).patch(f"{BASE}registers/{key}/{entry.pk}/", sent, format="json")


@pytest.mark.parametrize("key", REGISTERS)
def test_on_the_version_that_stands_a_change_is_kept_and_counts_on(pilot, olga, key):
    entry = make_entry(pilot, key)
    read = program_of(olga).get(f"{BASE}registers/{key}/{entry.pk}/").json()

    answer = change(olga, entry, key, team="Legal", version=read["version"])
    assert (answer.status_code, answer.json()["team"], answer.json()["version"]) == (200, "Legal", 2)


def test_what_somebody_else_changed_since_is_told_and_stays(pilot, olga, petra):
    entry = make_entry(pilot, team="Claims")
    edit_entry(entry=entry, team="Legal", by=petra)

    answer = change(olga, entry, team="Risk", version=1)
    assert answer.status_code == 409
    assert answer.json()["reasons"] == [
        "Petra Plan has changed this since you opened it; version 2 stands now. Nothing of yours is lost: "
        "save once more to replace it.",
        "Team is now “Legal”.",
    ]
    entry.refresh_from_db()
    assert (entry.team, entry.version) == ("Legal", 2)
    assert change(olga, entry, team="Risk", version=2).json()["team"] == "Risk"


def test_what_changes_nothing_conflicts_with_nothing(pilot, olga, petra):
    entry = make_entry(pilot, team="Claims")
    edit_entry(entry=entry, team="Legal", by=petra)

    assert change(olga, entry, team="Legal", version=1).status_code == 200


def test_without_a_version_what_is_sent_replaces_what_stands(pilot, olga, petra):
    entry = make_entry(pilot, team="Claims")
    edit_entry(entry=entry, team="Legal", by=petra)

    assert change(olga, entry, team="Risk").json()["team"] == "Risk"


def test_a_wave_has_room_for_somebody(pilot, olga):
    sent = {"pilot": pilot.key, "cohort": "Nobody", "cap": 0, "planned_on": "2026-12-01"}
    answer = program_of(olga).post(f"{BASE}registers/waves/", sent, format="json")

    assert answer.status_code == 400
    assert answer.json() == {"cap": ["Ensure this value is greater than or equal to 1."]}


@pytest.mark.parametrize("version", [0, -1, "1", 2**31, None])
def test_a_version_that_is_none_is_refused_by_name(pilot, olga, version):
    answer = change(olga, make_entry(pilot), team="Legal", version=version)
    assert (answer.status_code, list(answer.json())) == (400, ["version"])


def test_a_new_entry_has_no_version_to_name(pilot, olga):
    sent = {"pilot": pilot.key, "version": 1}
    answer = program_of(olga).post(f"{BASE}registers/risks/", sent, format="json")
    assert answer.json()["version"] == ["There is no such field here."]
