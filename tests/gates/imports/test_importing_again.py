"""A corrected file after people have worked here: the file is followed, what people did stays."""

from datetime import date

import pytest

from gates.choices import CURRENT, AssessmentState, GateStatus, Outcome
from gates.decisions.actions import decide
from gates.journey.actions import plan_gate, start_pilot
from gates.models import Assessment, Gate, PhaseEntry, PlaybookVersion
from pilots.actions.pilots import archive_pilot, edit_pilot
from pilots.choices import Role
from pilots.models import Event, Pilot, Programme, SourceRecord
from tests.builders import join, make_user
from tests.gates.imports.conftest import counts, everything, import_pilots

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("playbooks")]


@pytest.fixture
def imports(table):
    """`imports(Stage="Pilot")` imports one row; returns its pilot as it is then."""

    def run(**cells) -> Pilot:
        cells = {"ID": "1", "Title": "Invoice reading"} | {
            name.replace("_", " "): value for name, value in cells.items()
        }
        counts(table(list(cells), list(cells.values())))
        return Pilot.objects.get()

    return run


@pytest.fixture
def petra(db):
    return join(make_user("Petra Plan"), None, Role.PROGRAMME_MANAGER, Role.GATEKEEPER)


def current_gates() -> list[str]:
    return list(Gate.objects.filter(status__in=CURRENT).values_list("definition__key", flat=True))


def warnings() -> list[str]:
    return SourceRecord.objects.get().warnings


def last_changes() -> dict:
    return Event.objects.filter(type="pilots.pilot_updated_from_file").latest("pk").changes


# --- Facts -------------------------------------------------------------------------------------
def test_what_a_person_edited_stays_while_the_file_says_the_same(imports, petra):
    pilot = imports(Supplier="Acme", Problem="Slow")
    edit_pilot(pilot=pilot, by=petra, vendor="Contoso")
    pilot = imports(Supplier="Acme", Problem="Very slow")

    assert (pilot.vendor, pilot.problem, warnings()) == ("Contoso", "Very slow", [])
    assert last_changes() == {"problem": ["Slow", "Very slow"]}


def test_what_a_person_edited_stays_with_a_warning_when_the_file_changed_it_too(imports, petra, table):
    pilot = imports(Supplier="Acme")
    edit_pilot(pilot=pilot, by=petra, vendor="Contoso")
    file = table(["ID", "Title", "Supplier"], ["1", "Invoice reading", "Globex"])
    dry = import_pilots(file, "--dry-run", "--format", "json").json
    said = import_pilots(file, "--format", "json").json

    assert Pilot.objects.get().vendor == "Contoso"
    assert len(warnings()) == 1 and "“Globex”" in warnings()[0]
    assert said["warnings"] == dry["warnings"] == [{"row": 1, "warning": warnings()[0]}]
    before = everything()
    assert counts(file) == (0, 0, 1, 0) and everything() == before


def test_an_update_that_changes_no_field_of_ours_only_renews_the_row(imports):
    imports(Colour="red")
    imports(Colour="green")

    assert SourceRecord.objects.get().raw[-1] == ["Colour", "green"]
    assert last_changes() == {}


def test_priority_people_and_dates_follow_the_file(imports):
    olga = join(make_user("Olga", "olga@example.com"), None, Role.OWNER)
    imports(Priority="High", Planned_end="2030-01-01", Owner="")
    pilot = imports(Priority="Low", Planned_end="", Owner="olga@example.com")

    assert (pilot.priority, pilot.ends_on, pilot.owner) == (4, None, olga)
    assert last_changes() == {
        "priority": [2, 4],
        "ends_on": ["2030-01-01", None],
        "owner_email": ["", "olga@example.com"],
    }


# --- Phases ------------------------------------------------------------------------------------
def test_a_pilot_follows_the_file_into_its_next_phase(imports):
    imports(Stage="Proof of concept", PoC_start="2024-01-01", Pilot_start="")
    pilot = imports(Stage="Pilot", PoC_start="2024-01-01", Pilot_start="2024-06-01")

    assert (pilot.phase, pilot.phase_number, pilot.phase_entered_on) == ("pilot", 2, date(2024, 6, 1))
    assert current_gates() == ["G2"]
    stays = PhaseEntry.objects.order_by("pk").values_list("phase__key", "entered_on", "left_on", "is_current")
    assert list(stays) == [
        ("proof_of_concept", date(2024, 1, 1), date(2024, 6, 1), False),
        ("pilot", date(2024, 6, 1), None, True),
    ]
    assert last_changes() == {"phase": ["Proof of concept", "Pilot"]}


def test_a_pilot_follows_the_file_into_production(imports):
    imports(Stage="Pilot", Live_since="")
    pilot = imports(Stage="Live", Live_since="2024-06-01")

    assert pilot.in_production and pilot.reached_production_on == date(2024, 6, 1)
    assert Pilot.objects.filter(in_production=True, phase="production_deployment").count() == 1


def test_a_pilot_that_the_file_moves_back_finds_its_gate_as_it_was_left(imports):
    imports(Stage="Proof of concept")
    answered = Assessment.objects.filter(check_name="").first()
    Assessment.objects.filter(pk=answered.pk).update(state=AssessmentState.MET, note="Shown in March.")
    imports(Stage="Pilot")
    pilot = imports(Stage="Proof of concept")

    assert (pilot.phase, current_gates()) == ("proof_of_concept", ["G1"])
    gate = Gate.objects.get(status__in=CURRENT)
    assert gate.assessments.count() == gate.definition.criteria.count()
    answered.refresh_from_db()
    assert (answered.state, answered.note) == (AssessmentState.MET, "Shown in March.")


def test_a_pilot_that_the_file_retires_ends_and_works_towards_no_gate(imports):
    imports(Stage="Live", Live_since="2024-01-01", Date_retired="")
    pilot = imports(Stage="Retired", Live_since="2024-01-01", Date_retired="2025-01-31")

    assert (pilot.state, pilot.ended_on, pilot.in_production) == ("retired", date(2025, 1, 31), False)
    assert pilot.reached_production_on == date(2024, 1, 1)
    assert current_gates() == []
    assert last_changes() == {"ended_on": [None, "2025-01-31"], "state": ["active", "retired"]}
    pilot = imports(Stage="Live", Live_since="2024-01-01", Date_retired="")
    assert (pilot.state, pilot.ended_on, pilot.in_production) == ("active", None, True)
    assert current_gates() == ["G4"]


def test_a_pilot_that_the_file_takes_back_to_intake_is_in_no_phase(imports):
    imports(Stage="Pilot", Pilot_start="2024-01-01")
    pilot = imports(Stage="Idea", Pilot_start="")

    assert (pilot.state, pilot.phase, pilot.phase_number, pilot.phase_entered_on) == ("intake", "", 0, None)
    assert current_gates() == []
    assert not PhaseEntry.objects.filter(is_current=True).exists()
    assert imports(Stage="Pilot", Pilot_start="2024-02-01").phase == "pilot"
    assert current_gates() == ["G2"]


def test_a_pause_in_the_same_phase_leaves_its_gate_alone(imports):
    imports(Stage="Pilot", Status="Active")
    gate = Gate.objects.get(status__in=CURRENT)
    pilot = imports(Stage="Pilot", Status="On hold")

    assert (pilot.state, pilot.phase) == ("on_hold", "pilot")
    assert Gate.objects.get(status__in=CURRENT).opened_at == gate.opened_at
    assert last_changes() == {"state": ["active", "on_hold"]}
    assert imports(Stage="Pilot", Status="Active").state == "active"


def test_a_phase_that_the_file_no_longer_tells_stays_with_a_warning(imports):
    imports(Stage="Pilot")
    pilot = imports(Stage="")

    assert (pilot.phase, current_gates()) == ("pilot", ["G2"])
    assert "no longer tells the phase; the pilot stays in Pilot" in warnings()[0]


def test_a_phase_that_becomes_known_is_entered(imports):
    assert imports(Stage="").phase_is_unknown
    assert imports(Stage="Pilot").phase == "pilot"
    assert current_gates() == ["G2"]


def test_a_pilot_with_a_decision_here_stays_where_it_is(imports, petra):
    pilot = imports(Stage="Proof of concept")
    decide(gate=Gate.objects.get(status__in=CURRENT), outcome=Outcome.HOLD, reason="Wait.", by=petra,
           reason_code="dependency", review_on=date(2099, 1, 1))  # fmt: skip
    pilot = imports(Stage="Live")

    assert (pilot.state, pilot.phase, current_gates()) == ("on_hold", "proof_of_concept", ["G1"])
    assert "gates were decided here" in warnings()[0] and "Production deployment" in warnings()[0]


def test_a_pilot_that_a_person_started_here_stays_where_it_is(imports, petra):
    pilot = imports(Stage="Idea")
    version = PlaybookVersion.objects.get(playbook__key="standard")
    start_pilot(pilot=pilot, version=version, on=date(2024, 5, 1), by=petra)
    pilot = imports(Stage="Live")

    assert (pilot.phase, current_gates()) == ("proof_of_concept", ["G1"])
    assert "it was moved here" in warnings()[0]


def test_a_pilot_that_a_person_and_the_file_moved_alike_needs_no_warning(imports, petra):
    pilot = imports(Stage="Idea")
    version = PlaybookVersion.objects.get(playbook__key="standard")
    start_pilot(pilot=pilot, version=version, on=date(2024, 5, 1), by=petra)
    imports(Stage="Proof of concept")

    assert warnings() == []


def test_an_archived_pilot_stays_where_it_is(imports, petra):
    archive_pilot(pilot=imports(Stage="Idea"), by=petra)
    pilot = imports(Stage="Pilot")

    assert (pilot.state, current_gates()) == ("intake", [])
    assert "it is archived here" in warnings()[0]


# --- Dates -------------------------------------------------------------------------------------
def test_a_corrected_date_of_the_present_phase_is_followed(imports):
    imports(Stage="Live", Live_since="2024-06-01", PoC_start="2023-01-01")
    pilot = imports(Stage="Live", Live_since="2024-07-01", PoC_start="2023-02-01")

    assert pilot.phase_entered_on == pilot.reached_production_on == date(2024, 7, 1)
    stays = PhaseEntry.objects.order_by("phase__position").values_list("entered_on", "is_current")
    assert list(stays) == [(date(2023, 2, 1), False), (date(2024, 7, 1), True)]
    assert last_changes() == {
        "phase_entered_on": ["2024-06-01", "2024-07-01"],
        "reached_production_on": ["2024-06-01", "2024-07-01"],
    }


def test_dates_that_come_and_go_make_and_take_earlier_stays(imports):
    imports(Stage="Live", PoC_start="")
    imports(Stage="Live", PoC_start="2023-02-01")
    assert PhaseEntry.objects.get(is_current=False).entered_on == date(2023, 2, 1)

    imports(Stage="Live", PoC_start="")
    assert not PhaseEntry.objects.filter(is_current=False).exists()


def test_a_corrected_plan_is_followed_unless_a_person_planned_otherwise(imports, petra):
    imports(Stage="Pilot", Planned_go_live="2030-01-01")
    imports(Stage="Pilot", Planned_go_live="2030-03-01")
    gate = Gate.objects.get(definition__key="G3")
    assert gate.planned_on == date(2030, 3, 1)

    plan_gate(gate=gate, planned_on=date(2031, 1, 1), forecast_on=None, reason="Budget.", by=petra)
    imports(Stage="Pilot", Planned_go_live="2030-04-01")
    gate.refresh_from_db()
    assert gate.planned_on == date(2031, 1, 1)
    assert "planned day of gate G3" in warnings()[0]


def test_a_gone_row_stays_and_is_counted(table):
    counts(table(["ID", "Title"], ["1", "A"], ["2", "B"]))
    said = import_pilots(table(["ID", "Title"], ["1", "A"]), "--format", "json").json

    assert (said["unchanged"], said["gone"], Pilot.objects.count()) == (1, 1, 2)


def test_an_update_that_fails_leaves_everything_as_it_was(imports, monkeypatch, table):
    imports(Stage="Proof of concept")
    before = everything()

    def fails(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr("gates.imports.actions.write_following", fails)
    file = table(["ID", "Title", "Stage"], ["1", "Invoice reading", "Pilot"], ["2", "New", "Pilot"])
    assert "nothing was written" in import_pilots(file).error
    assert everything() == before
    assert Programme.objects.count() == 1 and Gate.objects.filter(status=GateStatus.OPEN).count() == 1
