"""Programmes and pilots through the API's door."""

import pytest

from pilots.models import Event, Pilot, Programme
from tests.api.world import BASE, nothing_written, program_of
from tests.builders import days_ago, make_gate, make_pilot, make_playbook


def test_a_programme_names_its_people_with_all_their_roles(programme, petra, olga, ida):
    shown = program_of(olga).get(f"{BASE}programmes/{programme.slug}/").json()

    assert [(person["name"], person["roles"]) for person in shown["members"]] == [
        ("Ida Admin", ["administrator"]),
        ("Olga Owner", ["owner"]),
        ("Petra Plan", ["programme_manager"]),
    ]


def test_whoever_creates_a_programme_sees_and_manages_it(petra):
    program = program_of(petra)
    made = program.post(f"{BASE}programmes/", {"name": "Back office"}, format="json")

    assert made.status_code == 201
    assert made.json()["members"] == [{"id": petra.pk, "name": "Petra Plan", "roles": ["programme_manager"]}]
    again = program.patch(f"{BASE}programmes/{made.json()['slug']}/", {"description": "Ours."}, format="json")
    assert again.json()["description"] == "Ours."


def test_a_taken_programme_name_is_a_conflict(programme, petra):
    program = program_of(petra)
    with nothing_written():
        answer = program.post(f"{BASE}programmes/", {"name": "customer SERVICE"}, format="json")

    assert answer.status_code == 409
    assert answer.json() == {"reasons": ["There is already a programme of this name."]}


def test_editing_a_programme_keeps_what_is_not_sent(programme, petra):
    program_of(petra).patch(f"{BASE}programmes/{programme.slug}/", {"name": "Service"}, format="json")
    program_of(petra).patch(f"{BASE}programmes/{programme.slug}/", {"description": "All."}, format="json")

    kept = Programme.objects.get(pk=programme.pk)
    assert (kept.name, kept.description, kept.slug) == ("Service", "All.", "customer-service")


def test_a_created_pilot_begins_in_intake_with_a_key_and_an_event(programme, petra, olga, sven):
    body = {
        "programme": programme.slug,
        "title": "Meeting notes",
        "risk_tier": "limited",
        "priority": 1,
        "owner": olga.pk,
        "sponsor": sven.pk,
        "intake_on": "2026-03-01",
    }
    made = program_of(petra).post(f"{BASE}pilots/", body, format="json").json()

    pilot = Pilot.objects.get(key=made["key"])
    assert (made["state"], made["phase"], made["gate"]) == ("intake", "", None)
    assert (made["owner"], made["sponsor"]["name"]) == ({"id": olga.pk, "name": "Olga Owner"}, "Sven Sponsor")
    assert (pilot.title, pilot.priority, str(pilot.intake_on)) == ("Meeting notes", 1, "2026-03-01")
    event = Event.objects.get(pilot=pilot, type="pilots.pilot_created")
    assert event.actor == petra


LONG = "x" * 201
WRONG = {
    "title": ("", None, LONG, "nul\0", 7, ["a"], {"a": 1}),
    "risk_tier": ("terrible", 1, None),
    "priority": (0, 9, "1", 1.5, True, "high", 10**30),
    "owner": (987_654, -1, 1.5, "1", "olga@example.com", True, 10**30, [1]),
    "intake_on": ("yesterday", "2026-02-30", "0001-01-01", "9999-12-31", 20260301, "2026-03-01T10:00:00Z"),
    "problem": ("x" * 10_001, 3),
}


@pytest.mark.parametrize("field", WRONG)
def test_a_wrong_value_is_named_by_its_field_and_nothing_is_written(field, pilot, petra):
    program = program_of(petra)
    for value in WRONG[field]:
        with nothing_written():
            answer = program.patch(f"{BASE}pilots/{pilot.key}/", {field: value}, format="json")

        assert answer.status_code == 400, value
        assert list(answer.json()) == [field], value
        assert all(isinstance(sentence, str) and sentence for sentence in answer.json()[field])


def test_a_person_of_another_programme_reads_like_one_who_is_not_there(pilot, petra, nils):
    program = program_of(petra)
    answers = [
        program.patch(f"{BASE}pilots/{pilot.key}/", {"owner": pk}, format="json").content
        for pk in (nils.pk, 987_654)
    ]
    assert answers[0] == answers[1]
    assert b"Nobody in this programme" in answers[0]


def test_dates_that_contradict_each_other_are_a_conflict(pilot, petra):
    program = program_of(petra)
    with nothing_written():
        answer = program.patch(
            f"{BASE}pilots/{pilot.key}/", {"intake_on": "2026-05-01", "ends_on": "2026-04-01"}, format="json"
        )
    assert answer.status_code == 409
    assert answer.json()["reasons"] == ["The planned end is before the pilot was proposed."]


def test_only_what_is_sent_is_changed(pilot, petra):
    program_of(petra).patch(f"{BASE}pilots/{pilot.key}/", {"sponsor": None}, format="json")

    pilot.refresh_from_db()
    assert (pilot.sponsor, pilot.owner.name, pilot.title) == (None, "Olga Owner", "Invoice reading")


def test_where_a_pilot_is_on_its_way_cannot_be_written(pilot, petra):
    program = program_of(petra)
    for field in ("state", "phase", "key", "archived_at", "in_production", "programme"):
        with nothing_written():
            answer = program.patch(f"{BASE}pilots/{pilot.key}/", {field: "active"}, format="json")
        assert answer.json() == {field: ["There is no such field here."]}


def test_archived_pilots_are_listed_only_when_asked_for(pilot, petra):
    program = program_of(petra)
    program.post(f"{BASE}pilots/{pilot.key}/archive/")

    def listed(query=""):
        return [row["key"] for row in program.get(f"{BASE}pilots/{query}").json()["results"]]

    assert (listed(), listed("?archived=true"), listed("?archived=false")) == ([], [pilot.key], [])
    assert program.post(f"{BASE}pilots/{pilot.key}/archive/").status_code == 409
    assert program.post(f"{BASE}pilots/{pilot.key}/restore/").json()["archived_at"] is None
    assert listed() == [pilot.key]


def test_a_started_pilot_has_its_first_gate_planned(pilot, olga):
    version = make_playbook()
    body = {"playbook": version.playbook.key, "on": days_ago(10).isoformat()}
    program = program_of(olga)
    started = program.post(f"{BASE}pilots/{pilot.key}/start/", body, format="json").json()

    assert (started["state"], started["phase"], started["days_in_phase"]) == (
        "active",
        "proof_of_concept",
        10,
    )
    assert (started["gate"]["key"], started["gate"]["planned_on"]) == ("G1", days_ago(-20).isoformat())
    again = program.post(f"{BASE}pilots/{pilot.key}/start/", body, format="json")
    assert again.json() == {"reasons": ["This pilot is already on its way."]}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"on": "2026-01-01"}, "playbook"),
        ({"playbook": "unknown", "on": "2026-01-01"}, "playbook"),
        ({"playbook": "standard", "on": "2199-01-01"}, "on"),
        ({"playbook": "standard"}, "on"),
    ],
)
def test_a_start_that_cannot_be_is_named_by_its_field(body, field, pilot, olga):
    program = program_of(olga)
    with nothing_written():
        answer = program.post(f"{BASE}pilots/{pilot.key}/start/", body, format="json")
    assert (answer.status_code, list(answer.json())) == (400, [field])


@pytest.fixture
def three(programme, olga, petra):
    """One overdue and blocked, one on time with another owner, one of nobody and nowhere."""
    late = make_pilot(programme, owner=olga, title="Late", unit="Claims")
    make_gate(pilot=late, planned_on=days_ago(20))
    fine = make_pilot(programme, owner=petra, title="Fine")
    make_gate((), pilot=fine, planned_on=days_ago(-60))
    make_pilot(programme, title="Idle")


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("overdue=true", ["Late"]),
        ("overdue=false", ["Fine", "Idle"]),
        ("blocked=true", ["Late"]),
        ("owner=me", ["Late"]),
        ("owner=none", ["Idle"]),
        ("owner=me&owner=none", ["Idle", "Late"]),
        ("health=off_track&health=on_track", ["Fine", "Late"]),
        ("state=intake", ["Idle"]),
        ("phase=proof_of_concept", ["Fine", "Late"]),
        ("phase=nowhere", []),
        ("programme=customer-service", ["Fine", "Idle", "Late"]),
        ("programme=elsewhere", []),
        ("q=claims", ["Late"]),
        ("due=90", ["Fine", "Late"]),
        ("sort=-title", ["Late", "Idle", "Fine"]),
        ("sort=gate", ["Late", "Fine", "Idle"]),
        ("sort=-blockers,title", ["Late", "Fine", "Idle"]),
    ],
)
def test_pilots_are_narrowed_and_sorted_as_on_the_portfolio_page(query, titles, three, olga):
    rows = program_of(olga).get(f"{BASE}pilots/?{query}").json()["results"]
    assert [row["title"] for row in rows] == titles


@pytest.mark.parametrize(
    "query",
    ["state=nice", "health=ill", "overdue=yes", "owner=olga", "due=-1", "due=x", "blocker=0", "value=much",
     "sort=colour", "phase=%00", "owner=%00", f"q={LONG}"],
)  # fmt: skip
def test_a_filter_value_nobody_knows_is_refused_by_name(query, three, olga):
    answer = program_of(olga).get(f"{BASE}pilots/?{query}")

    assert answer.status_code == 400
    assert list(answer.json()) == [query.split("=")[0]]
