"""The import command on small files: what it says, what it writes, what it refuses."""

import zipfile

import openpyxl
import pytest

from config.reactions import REACTIONS
from gates.choices import CURRENT
from gates.models import Assessment, Gate, PhaseEntry
from gates.overlap.tasks import refresh_imported
from pilots.choices import PilotState, Role
from pilots.models import Event, Pilot, Programme, SourceRecord
from tests.builders import join, make_programme, make_user
from tests.gates.imports.conftest import counts, everything, import_pilots

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("playbooks")]

HEADER = ["ID", "Title", "Unit", "Stage", "Owner e-mail", "Date initiated", "Pilot start"]
ROWS = [
    ["1", "Invoice reading", "Finance", "Pilot", "olga@example.com", "2024-01-15", "2024-03-01"],
    ["2", "Call summaries", "Service", "Idea", "", "2024-02-01", ""],
    ["3", "Old chatbot", "Service", "Retired", "", "2020-02-01", ""],
    ["4", "Parts search", "Logistics", "", "", "", ""],
    ["5", "", "Logistics", "Pilot", "", "", ""],
]


@pytest.fixture
def file(table):
    return table(HEADER, *ROWS)


# --- What it says ------------------------------------------------------------------------------
def test_the_counts_add_up_and_each_rejected_row_has_its_reason(file):
    said = import_pilots(file, "--format", "json").json

    numbers = {name: said[name] for name in ("rows", "created", "updated", "unchanged", "rejected")}
    assert numbers == {"rows": 5, "created": 4, "updated": 0, "unchanged": 0, "rejected": 1}
    assert said["rejections"] == [{"row": 5, "reason": "This row has no title."}]
    assert said["dry_run"] is False


def test_the_text_report_has_the_counts_the_reasons_and_where_to_look(file):
    said = import_pilots(file)

    lines = said.out.splitlines()
    assert [line.split() for line in lines[1:6]] == [
        ["rows", "5"],
        ["created", "4"],
        ["updated", "0"],
        ["unchanged", "0"],
        ["rejected", "1"],
    ]
    assert "  row 5: This row has no title." in lines
    assert "/pilots/?programme=imported-pilots" in said.out
    assert "Reading rows: 5 of 5" in said.progress


def test_sentences_that_differ_only_in_dates_are_told_once_with_their_rows(table):
    rows = [[f"Pilot {n}", "Idea", f"2024-0{n}-01"] for n in range(1, 4)]
    said = import_pilots(table(["Title", "Stage", "Pilot start"], *rows)).out

    assert said.count("but the stage says that the pilot is not in a phase yet") == 1
    assert "3 rows: The date of entering pilot is …" in said
    assert "(rows 1, 2, 3)" in said


def test_cells_that_say_not_applicable_are_counted_apart_from_those_not_understood(table):
    header = ["Title", "Stage", "Date initiated"]
    file = table(header, ["A", "Pilot", "N/A"], ["B", "Pilot", "soonish"], ["C", "Pilot", "2024"])
    cells = import_pilots(file, "--format", "json").json["cells"]

    assert (cells["not_given"], cells["not_understood"], cells["partial"]) == (1, 1, 1)


def test_nothing_but_the_report_is_on_stdout(file):
    said = import_pilots(file, "--format", "json")

    assert len(said.out.strip().splitlines()) == 1
    assert "Writing new pilots: 4 of 4" in said.progress


def test_people_are_told_when_nobody_has_a_role_in_the_programme(file, table):
    programme = make_programme("With people")
    join(make_user(), programme, Role.OWNER)

    assert "Nobody has a role in Alone yet" in import_pilots(file, "--programme", "Alone").out
    assert "Nobody has a role" not in import_pilots(file, "--programme", "With people").out


# --- What it writes ----------------------------------------------------------------------------
def test_each_pilot_is_where_its_row_says(file):
    import_pilots(file)

    found = {pilot.title: pilot for pilot in Pilot.objects.all()}
    reading = found["Invoice reading"]
    assert (reading.state, reading.phase, str(reading.phase_entered_on)) == ("active", "pilot", "2024-03-01")
    assert (reading.phase_number, reading.phase_count, str(reading.intake_on)) == (2, 5, "2024-01-15")
    assert (found["Call summaries"].state, found["Call summaries"].phase) == ("intake", "")
    assert (found["Old chatbot"].state, found["Old chatbot"].phase) == ("retired", "")
    assert found["Parts search"].phase_is_unknown
    assert len({pilot.key for pilot in found.values()}) == 4


def test_only_pilots_in_a_phase_have_a_current_gate_with_frozen_criteria_and_a_score(file):
    import_pilots(file)

    gate = Gate.objects.get(status__in=CURRENT)
    assert (gate.pilot.title, gate.definition.key) == ("Invoice reading", "G2")
    assert gate.assessments.count() == gate.definition.criteria.count() > 10
    assert gate.must_total > 0 and gate.blocker_count > 0 and gate.opened_at
    later = Gate.objects.exclude(pk=gate.pk).values_list("pilot", "definition__key", "status")
    assert sorted(later) == [(gate.pilot_id, key, "upcoming") for key in ("G3", "G4", "G5")]
    assert set(Assessment.objects.values_list("gate")) == {(gate.pk,)}


def test_stays_in_earlier_phases_are_kept_and_end_where_the_next_one_is_known(table):
    header = ["Title", "Stage", "PoC start", "Pilot start", "In production since"]
    import_pilots(table(header, ["A", "Live", "2023-01-01", "2023-05-01", "2024-01-01"]))

    stays = PhaseEntry.objects.order_by("phase__position")
    assert [(stay.phase.key, str(stay.entered_on), str(stay.left_on), stay.is_current) for stay in stays] == [
        ("proof_of_concept", "2023-01-01", "2023-05-01", False),
        ("pilot", "2023-05-01", "None", False),  # when production planning began is not known
        ("production_deployment", "2024-01-01", "None", True),
    ]
    pilot = Pilot.objects.get()
    assert (pilot.in_production, str(pilot.reached_production_on)) == (True, "2024-01-01")


def test_the_day_planned_for_a_phase_is_that_of_the_gate_before_it(table):
    import_pilots(table(["Title", "Stage", "Planned go-live"], ["A", "Pilot", "2030-05-01"]))

    planned = Gate.objects.exclude(planned_on=None).values_list("definition__key", "planned_on")
    assert [(key, str(day)) for key, day in planned] == [("G3", "2030-05-01")]


def test_a_dry_run_tells_the_same_and_writes_nothing(file):
    before = everything()
    dry = import_pilots(file, "--dry-run", "--format", "json").json

    assert everything() == before
    wet = import_pilots(file, "--format", "json").json
    differing = {name for name in wet if wet[name] != dry[name]}
    assert differing == {"dry_run", "slug", "portfolio"}


def test_the_same_file_again_changes_no_row_of_any_table(file):
    import_pilots(file)
    before = everything()

    assert counts(file) == (0, 0, 4, 1)
    assert everything() == before


def test_an_import_is_remembered_as_one_event_per_pilot(file):
    import_pilots(file)

    assert Event.objects.filter(type="pilots.pilot_imported").count() == 4
    event = Event.objects.get(type="pilots.pilot_imported", pilot__title="Parts search")
    assert event.data == {"file": "pilots.csv", "row": 4, "title": "Parts search"}


def test_a_file_is_one_event_that_starts_one_task_whatever_its_rows(file):
    import_pilots(file)

    whole = Event.objects.get(type="pilots.file_imported")
    assert (whole.data["created"], whole.data["updated"]) == (4, 0)
    started = [one for event in Event.objects.all() for one in REACTIONS[event.type]]
    assert started == [refresh_imported]
    import_pilots(file)
    assert Event.objects.filter(type="pilots.file_imported").count() == 1, "nothing changed"


def test_rows_are_matched_to_the_programme_also_after_the_mapping_was_mended(file, tmp_path):
    counts(file)
    mapping = tmp_path / "mine.yaml"
    mapping.write_text(
        "name: mine\nprogramme: Imported pilots\ncolumns:\n  id: ID\n  title: Title\n  unit: Unit\n"
        "  problem: Stage\n"
    )

    assert counts(file, "--mapping", mapping) == (0, 3, 1, 1)
    assert Pilot.objects.count() == 4
    assert counts(file, "--mapping", mapping) == (0, 0, 4, 1)


def test_another_file_that_numbers_its_rows_alike_does_not_overwrite_the_first(table):
    counts(table(["ID", "Title"], *([n, f"Pilot {n}"] for n in range(1, 9))))
    before = everything()
    other = table(["ID", "Title"], *([n, f"Roadworks {n}"] for n in range(1, 9)), name="other.csv")

    error = import_pilots(other).error
    assert "“Roadworks 1”, which was “Pilot 1”" in error and "--programme" in error
    assert everything() == before
    assert counts(other, "--programme", "Roads") == (8, 0, 0, 0)


# --- Owners ------------------------------------------------------------------------------------
def test_owners_are_found_by_address_only_among_active_people_of_the_programme(table):
    programme, elsewhere = make_programme("Imported pilots"), make_programme("Elsewhere")
    olga = join(make_user("Olga", "olga@example.com"), programme, Role.OWNER)
    ida = join(make_user("Ida", "ida@example.com"), None, Role.ADMINISTRATOR)
    join(make_user("Gone", "gone@example.com", is_active=False), programme, Role.OWNER)
    join(make_user("Nils", "nils@example.com"), elsewhere, Role.OWNER)
    names = ["Olga <OLGA@example.com>", "ida@example.com", "gone@example.com", "nils@example.com", "x@y.org"]
    import_pilots(table(["Title", "Owner"], *([f"P{n}", name] for n, name in enumerate(names))))

    assert [pilot.owner for pilot in Pilot.objects.order_by("title")] == [olga, ida, None, None, None]
    said = [
        [(problem["field"], problem["raw"]) for problem in record.problems if problem["field"] == "owner"]
        for record in SourceRecord.objects.order_by("record_number")
    ]
    strangers = [[("owner", name)] for name in ("gone@example.com", "nils@example.com", "x@y.org")]
    assert said == [[], [], *strangers]


def test_an_owner_who_was_unknown_is_taken_when_the_file_names_one_who_is_not(table):
    programme = make_programme("Imported pilots")
    olga = join(make_user("Olga", "olga@example.com"), programme, Role.OWNER)
    counts(table(["Title", "Owner"], ["A", "x@y.org"]))
    counts(table(["Title", "Owner"], ["A", "olga@example.com"]))

    assert Pilot.objects.get().owner == olga
    assert SourceRecord.objects.get().warnings == []


# --- What it refuses ---------------------------------------------------------------------------
def zip_bomb(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<x/>")
        package.writestr("xl/workbook.xml", "<x/>")
        package.writestr("xl/worksheets/sheet1.xml", b" " * 120_000_000)


BROKEN = {
    "binary": (lambda path: path.write_bytes(bytes(range(256)) * 40), "not text"),
    "empty": (lambda path: path.write_bytes(b""), "empty"),
    "only blanks": (lambda path: path.write_bytes(b"\n ,, \n\n"), "empty"),
    "header only": (lambda path: path.write_text("Title,Stage\n"), "no rows below"),
    "wrong delimiter": (lambda path: path.write_text("Title;Stage\nA;Pilot\nB;Pilot\n"), "semicolons"),
    "one giant line": (lambda path: path.write_text("Title," + "x" * 2_000_000), "line"),
    "giant cell": (lambda path: path.write_text('Title\n"' + "x\n" * 200_000 + '"\n'), "cell"),
    "zip bomb": (zip_bomb, "unpack"),
    "truncated workbook": (lambda path: path.write_bytes(b"PK\x03\x04" + b"x" * 500), "damaged"),
    "open quote": (lambda path: path.write_text('Title,Stage\n"A,Pilot\nB,Pilot\n'), "never closed"),
    "no title": (lambda path: path.write_text("Colour,Size\nred,4\n"), "No column holds the title"),
    "folder": (lambda path: path.mkdir(), "is a folder"),
    "missing": (lambda path: None, "There is no file"),
    "web page": (lambda path: path.write_text("<!DOCTYPE html><html></html>"), "web page"),
    "json": (lambda path: path.write_text('[{"title": "A"}]'), "JSON"),
}


@pytest.mark.parametrize("how", BROKEN)
@pytest.mark.parametrize("arguments", [(), ("--dry-run",), ("--programme", "New one")])
def test_a_broken_file_is_refused_in_a_sentence_and_leaves_no_trace(how, arguments, tmp_path):
    make, why = BROKEN[how]
    path = tmp_path / "broken.csv"
    make(path)
    before = everything()

    said = import_pilots(path, *arguments)
    assert why in said.error and said.error[-1] in ".?" and "\n" not in said.error
    assert said.out == "" and everything() == before


def test_a_refusal_is_json_where_json_was_asked_for(tmp_path):
    said = import_pilots(tmp_path / "none.csv", "--format", "json")

    assert said.json == {"error": said.error} and "There is no file" in said.error


def test_a_file_that_may_not_be_read_is_refused(tmp_path, monkeypatch, table):
    file = table(["Title"], ["A"])

    def denied(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(file), "open", denied)
    assert "cannot be opened: permission denied." in import_pilots(file).error


def test_a_file_without_a_usable_row_makes_no_programme(table):
    before = everything()

    assert counts(table(["Title", "Stage"], ["", "Pilot"], ["n/a", ""])) == (0, 0, 0, 2)
    assert everything() == before


def test_a_playbook_that_is_not_there_is_refused(file):
    assert (
        "There is no published playbook “waterfall”" in import_pilots(file, "--playbook", "waterfall").error
    )


def test_a_programme_name_that_does_not_fit_is_refused(file):
    assert "longer than 120 characters" in import_pilots(file, "--programme", "x" * 121).error
    assert not Programme.objects.exists()


# --- Mappings ----------------------------------------------------------------------------------
def test_a_mapping_by_path_says_which_columns_and_which_delimiter(tmp_path):
    file, mapping = tmp_path / "liste.csv", tmp_path / "liste.yaml"
    file.write_text("Vorhaben;Stand\nRechnungen lesen;läuft\n", encoding="cp1252")
    mapping.write_text(
        'name: liste\nprogramme: Vorhaben\ndelimiter: ";"\ncolumns: {title: Vorhaben, stage: Stand}\n'
        "stages:\n  - {says: läuft, state: active, phase: pilot}\n",
        encoding="utf-8",
    )

    assert counts(file, "--mapping", mapping) == (1, 0, 0, 0)
    pilot = Pilot.objects.get()
    assert (pilot.title, pilot.phase, pilot.programme.name) == ("Rechnungen lesen", "pilot", "Vorhaben")


def test_a_mistake_in_a_mapping_is_named_with_its_line_and_field(file, tmp_path):
    mapping = tmp_path / "bad.yaml"
    mapping.write_text(
        "columns:\n  title: Title\n  stagge: Stage\nstages:\n  - says: x\n    state: walking\n"
    )
    error = import_pilots(file, "--mapping", mapping).error

    assert "bad.yaml, line 3, columns.stagge: this name is not known; did you mean “stage”?" in error
    assert "line 6, stages.state: “walking” is not known" in error
    assert not Pilot.objects.exists()


def test_names_in_a_mapping_that_do_not_fit_are_mistakes(file, tmp_path):
    mapping = tmp_path / "bad.yaml"
    mapping.write_text(f"name: {'x' * 61}\nprogramme: {'y' * 121}\ncolumns: {{title: Title}}\n")
    error = import_pilots(file, "--mapping", mapping).error

    assert "line 1, name: " in error and "line 2, programme: " in error


def test_a_phase_that_the_playbook_lacks_is_unknown_with_a_warning(table):
    file = table(["Title", "Stage"], ["A", "Production planning"])
    said = import_pilots(file, "--playbook", "express", "--format", "json").json

    assert "the playbook Express has no such phase" in said["warnings"][0]["warning"]
    assert Pilot.objects.get().phase_is_unknown
    assert SourceRecord.objects.get().warnings == [said["warnings"][0]["warning"]]


# --- Rows --------------------------------------------------------------------------------------
def test_long_cells_are_cut_where_they_must_be_and_kept_whole_beside(table):
    header = ["Title", "Unit", "Problem", "Supplier", "Model"]
    long = "word " * 5_000
    import_pilots(table(header, [long, long, long, long, long]))

    pilot, record = Pilot.objects.get(), SourceRecord.objects.get()
    assert max(map(len, (pilot.title, pilot.unit, pilot.vendor, pilot.model_name))) <= 200
    assert pilot.problem == long.strip()
    assert [cell for _, cell in record.raw] == [long] * 5
    assert {problem["kind"] for problem in record.problems if problem["field"] != "stage"} == {"shortened"}


def test_a_ragged_row_is_rejected_and_the_others_are_imported(tmp_path):
    file = tmp_path / "ragged.csv"
    file.write_text("Title,Stage\nA,Pilot\nB,Pilot,more\nC\nD,Pilot\n")
    said = import_pilots(file, "--format", "json").json

    assert (said["created"], [rejection["row"] for rejection in said["rejections"]]) == (2, [2, 3])


def test_odd_characters_reach_the_database_without_harm(tmp_path):
    file = tmp_path / "odd.csv"
    file.write_bytes(("Title,Problem\nA\x01B\u200b 😀,x\x0b\x1fy\ufffe" + 50 * " and so on" + "\n").encode())

    assert counts(file) == (1, 0, 0, 0)
    assert Pilot.objects.get().title == "AB 😀"


def test_a_workbook_is_the_same_as_its_csv(file, tmp_path):
    book = openpyxl.Workbook()
    for row in [HEADER, *ROWS]:
        book.active.append([int(cell) if cell.isdecimal() else cell for cell in row])
    book.save(tmp_path / "pilots.xlsx")
    counts(file)

    assert counts(tmp_path / "pilots.xlsx") == (0, 0, 4, 1)


def test_states_of_imported_pilots_are_the_known_ones(table):
    words = ["On hold", "Cancelled", "Running", "Proof of concept", "Production planning", "Scaled adoption"]
    import_pilots(table(["Title", "Phase"], *([word, word] for word in words)))

    found = {pilot.title: (pilot.state, pilot.phase) for pilot in Pilot.objects.all()}
    assert found == {
        "On hold": (PilotState.ON_HOLD, ""),
        "Cancelled": (PilotState.STOPPED, ""),
        "Running": (PilotState.ACTIVE, ""),
        "Proof of concept": (PilotState.ACTIVE, "proof_of_concept"),
        "Production planning": (PilotState.ACTIVE, "production_planning"),
        "Scaled adoption": (PilotState.ACTIVE, "scaled_adoption"),
    }
