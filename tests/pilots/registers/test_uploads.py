"""Entries from a file: shown first, recorded on a word, and an export that changes nothing."""

import csv
from datetime import datetime, time
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import lists, text
from openpyxl import Workbook, load_workbook

from pilots.models import Event, Pilot, RegisterFile, Risk
from pilots.registers.actions import edit_entry, remove_entry
from pilots.registers.table import REGISTERS
from pilots.registers.uploads.queries import preview
from tests.builders import days_ago, join, make_entry, make_pilot, make_programme, make_user

pytestmark = pytest.mark.django_db
HEAD = [
    "ID",
    "Pilot",
    "What can go wrong",
    "Likelihood",
    "Impact",
    "Mitigation",
    "State",
    "Owner",
    "Next review",
]


def exported(client, key="risks") -> list[list[str]]:
    answer = client.get(reverse("pilots:register_export", args=[key]))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(StringIO(text, newline="")))


def send(client, rows, key="risks"):
    text = StringIO(newline="")
    csv.writer(text).writerows(rows)
    return send_bytes(client, text.getvalue().encode(), "entries.csv", key)


def send_bytes(client, data: bytes, name: str, key="risks"):
    file = SimpleUploadedFile(name, data)
    return client.post(reverse("pilots:register_upload", args=[key]), {"file": file})


def looked_at(client, rows, key="risks"):
    """What a file would do, and where to say that it should."""
    answer = send(client, rows, key)
    assert answer.status_code == 302, answer.content.decode()
    return preview(RegisterFile.objects.get()), answer["Location"]


def faults(found) -> list[tuple]:
    return [(fault.row, fault.column, fault.sentence) for fault in found.faults]


@pytest.mark.parametrize("key", REGISTERS)
def test_an_export_that_nobody_touched_changes_nothing(pilot, olga, client_of, key):
    make_entry(pilot, key, owner=olga, review_on=days_ago(3))
    make_entry(make_pilot(pilot.programme, owner=olga), key, team="=Two  words")
    client = client_of(olga)

    found, _ = looked_at(client, exported(client, key), key)

    assert (found.same, found.does, faults(found)) == (2, 0, [])


def test_an_export_with_entries_of_others_says_nothing_of_them(pilot, olga, client_of):
    own = make_entry(pilot)
    make_entry(make_pilot(pilot.programme, owner=make_user()))
    client = client_of(olga)
    rows = exported(client)
    told = next(row for row in rows if row[0] == str(own.pk))
    told[rows[0].index("Team")] = "Legal"

    found, _ = looked_at(client, rows)

    assert ([row.entry for row in found.changed], found.same, faults(found)) == ([own], 1, [])


def workbook_of(client, key="risks", **asked) -> bytes:
    answer = client.get(reverse("pilots:register_workbook", args=[key]), asked)
    assert answer["Content-Disposition"].endswith('.xlsx"')
    return b"".join(answer.streaming_content)


def cells_of(data: bytes) -> list[list]:
    return [[cell.value for cell in row] for row in load_workbook(BytesIO(data)).active.iter_rows()]


@pytest.mark.parametrize("key", REGISTERS)
def test_a_workbook_that_nobody_touched_changes_nothing(pilot, olga, client_of, key):
    make_entry(pilot, key, owner=olga, review_on=days_ago(3))
    make_entry(make_pilot(pilot.programme, owner=olga), key, team="=Two  words")
    client = client_of(olga)

    assert send_bytes(client, workbook_of(client, key), "entries.xlsx", key).status_code == 302
    found = preview(RegisterFile.objects.get())

    assert (found.same, found.does, faults(found)) == (2, 0, [])


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(texts=lists(text(max_size=60).filter(lambda one: "\0" not in one), min_size=2, max_size=2))
def test_whatever_was_written_comes_back_from_a_workbook_as_it_was(pilot, olga, client_of, texts):
    Risk.objects.all().delete()
    RegisterFile.objects.all().delete()
    title, mitigation = texts
    make_entry(pilot, title=f"T{title}", mitigation=mitigation)
    client = client_of(olga)

    assert send_bytes(client, workbook_of(client), "entries.xlsx").status_code == 302
    found = preview(RegisterFile.objects.get())

    assert (found.same, found.does, faults(found)) == (1, 0, [])


def test_in_a_workbook_days_are_days_numbers_numbers_and_nothing_a_formula(pilot, olga, client_of):
    review = days_ago(3)
    make_entry(pilot, "debt", shortcut="=1+1", effort_days=3, cost=Decimal("12.50"), review_on=review)
    head, row = cells_of(workbook_of(client_of(olga), "debt"))
    said = dict(zip(head, row, strict=True))

    assert said[next(one for one in head if "shortcut" in one.lower())] == "'=1+1"
    assert said["Next review"] == datetime.combine(review, time())
    assert {3, 12.5} <= set(row)


def test_a_workbook_holds_what_the_list_shows(pilot, olga, client_of):
    make_entry(pilot, title="Kept")
    make_entry(make_pilot(pilot.programme, owner=olga), title="Of another")

    rows = cells_of(workbook_of(client_of(olga), pilot=pilot.key))
    assert [row[3] for row in rows[1:]] == ["Kept"]


def test_who_sees_nothing_gets_the_columns_only(pilot, nils, client_of):
    make_entry(pilot)
    assert len(cells_of(workbook_of(client_of(nils)))) == 1


def test_lines_and_formulas_come_back_as_they_were(pilot, olga, client_of):
    make_entry(pilot, mitigation="=One\r\n\r\n  two", checkpoint="-3, “quoted”")
    client = client_of(olga)

    found, _ = looked_at(client, exported(client))

    assert (found.same, found.does, faults(found)) == (1, 0, [])


def test_of_an_archived_pilot_an_untouched_row_is_the_same_and_a_changed_one_is_refused(
    pilot, olga, client_of
):
    entry = make_entry(pilot, "lessons", title="Nobody used it")
    Pilot.objects.filter(pk=pilot.pk).update(state="stopped", archived_at="2026-01-01T00:00Z")
    client = client_of(olga)
    rows = exported(client, "lessons")

    found, _ = looked_at(client, rows, "lessons")
    assert (found.same, found.does, faults(found)) == (1, 0, [])
    RegisterFile.objects.all().delete()
    rows[1][rows[0].index("Team")] = "Legal"
    found, _ = looked_at(client, rows, "lessons")
    sentence = "This pilot is archived. Restore it before changing it."
    assert (found.same, found.does, faults(found)) == (0, 0, [(2, "Pilot", sentence)])
    assert entry.team == ""


def test_a_file_adds_and_changes_once_somebody_says_so(pilot, olga, ana, client_of):
    entry = make_entry(pilot, likelihood=2)
    client = client_of(olga)
    rows = [
        HEAD,
        [entry.pk, pilot.key, entry.title, "4 Likely", "5", entry.mitigation, "Open", "", ""],
        ["", pilot.key.lower(), "It sleeps", "1 rare", "minor", "", "", "ANA@example.com", "2027-01-31"],
    ]
    rows[2][4] = "2 Minor"
    found, address = looked_at(client, rows)

    assert [row.changes for row in found.changed] == [[("Likelihood", "2 Unlikely", "4 Likely")]]
    assert [str(row.entry) for row in found.new] == ["It sleeps"]
    assert Risk.objects.get().likelihood == 2
    page = client.get(address).content.decode()
    assert "2 Unlikely → 4 Likely" in page and "Record 2 entries" in page

    client.post(address)
    client.post(address)

    new = Risk.objects.get(title="It sleeps")
    assert (new.likelihood, new.impact, new.owner, str(new.review_on)) == (1, 2, ana, "2027-01-31")
    assert (new.state, new.written_by) == ("open", olga)
    assert Risk.objects.get(pk=entry.pk).likelihood == 4
    assert Event.objects.filter(type__startswith="pilots.entry_", actor=olga).count() == 3
    assert RegisterFile.objects.get().result == {"new": 1, "changed": 1, "same": 0, "wrong": 0}


@pytest.mark.parametrize(
    ("row", "column", "sentence"),
    [
        (["x", "", "A", "1", "1"], "ID", "There is no risk “x” that you can see."),
        (["", "PIL-999", "A", "1", "1"], "Pilot", "There is no pilot “PIL-999” that you can see."),
        (["", "", "A", "1", "1"], "Pilot", "Give the key of the pilot."),
        (["", "KEY", "", "1", "1"], "What can go wrong", "This is missing."),
        (["", "KEY", "A", "", "1"], "Likelihood", "This is missing."),
        (
            ["", "KEY", "A", "9", "1"],
            "Likelihood",
            "“9” is none of: 1 Rare, 2 Unlikely, 3 Possible, 4 Likely, 5 Almost certain.",
        ),
        (["", "KEY", "A", "1", "1", "", "accepted"], "Mitigation", "Say why it is accepted."),
        (
            ["", "KEY", "A", "1", "1", "", "", "no@example.com"],
            "Owner",
            "Nobody in this programme has the address “no@example.com”.",
        ),
        (
            ["", "KEY", "A", "1", "1", "", "", "", "0026-03-02"],
            "Next review",
            "Give a day from 1950 to 2199.",
        ),
        (
            ["", "KEY", "A" * 201, "1", "1"],
            "What can go wrong",
            "Ensure this value has at most 200 characters (it has 201).",
        ),
        (["", "KEY", "It sleeps", "1", "1"], "ID", "Row 2 is about the same risk."),
    ],
)
def test_what_is_wrong_is_said_by_row_and_column_and_left_out(pilot, olga, client_of, row, column, sentence):
    row = [pilot.key if cell == "KEY" else cell for cell in [*row, "", "", "", ""][:9]]
    good = ["", pilot.key, "It sleeps", "1", "1", "", "", "", ""]
    found, address = looked_at(client_of(olga), [HEAD, good, row])

    assert faults(found) == [(3, column, sentence)]
    client_of(olga).post(address)
    assert Risk.objects.get().title == "It sleeps"


def test_nobody_writes_by_file_where_they_may_not_write(pilot, olga, client_of, programme):
    other = make_entry(make_pilot(programme, owner=make_user()))
    hidden = make_entry(make_pilot(make_programme("Logistics"), owner=make_user()))
    rows = [["ID", "Team"], [other.pk, "Mine"], [hidden.pk, "Mine"]]

    found, _ = looked_at(client_of(olga), rows)

    assert faults(found) == [
        (2, "Pilot", "Your role does not allow you to change the registers of a pilot."),
        (3, "ID", f"There is no risk “{hidden.pk}” that you can see."),
    ]


def test_nobody_adds_by_file_where_they_may_not_write(pilot, olga, client_of, programme):
    other = make_pilot(programme, owner=make_user())
    found, _ = looked_at(client_of(olga), [HEAD[1:5], [other.key, "It sleeps", "1", "1"]])

    assert [fault.sentence for fault in found.faults] == [
        "Your role does not allow you to change the registers of a pilot."
    ]


def test_what_somebody_did_since_the_file_was_sent_is_not_undone(pilot, olga, petra, client_of):
    changed, removed = make_entry(pilot), make_entry(pilot, title="Another")
    rows = [["ID", "Team"], [changed.pk, "Legal"], [removed.pk, "Legal"]]
    _, address = looked_at(client_of(olga), rows)
    edit_entry(entry=changed, team="Claims", by=petra)
    remove_entry(entry=removed, by=petra)

    client_of(olga).post(address)

    assert set(Risk.objects.values_list("team", flat=True)) == {"Claims", ""}
    assert RegisterFile.objects.get().result == {"new": 0, "changed": 0, "same": 0, "wrong": 2}


ROLE = "This role is in the register already. Change who holds it there."
CHOSEN = "Another option is chosen already. Reject that one first."


def test_of_what_there_is_one_only_a_file_brings_no_second(pilot, olga, client_of):
    make_entry(pilot, "roles", role="adoption")
    key, client = pilot.key, client_of(olga)
    rows = [["Pilot", "Role", "Team"], [key, "Adoption", "HR"], [key, "User support", "Desk"]]

    found, address = looked_at(client, [*rows, [key, "User support", "IT"]], "roles")
    assert (len(found.new), faults(found)) == (1, [(2, "Role", ROLE), (4, "Role", ROLE)])
    page = client.post(address, follow=True).content.decode()

    assert "Recorded 1 entry." in page
    assert page.count(ROLE) == 2
    assert RegisterFile.objects.get().result == {"new": 1, "changed": 0, "same": 0, "wrong": 2}


@pytest.mark.parametrize(
    ("order", "refused"), [([0, 1], []), ([1, 0], [(2, "Verdict", CHOSEN)])], ids=["after", "before"]
)
def test_another_option_is_chosen_once_the_first_is_rejected(pilot, olga, client_of, order, refused):
    old = make_entry(pilot, "options", verdict="chosen", fit="Most of it.", reason="")
    new = make_entry(pilot, "options", name="Bought", verdict="considered", fit="All of it.", reason="")
    rows = [[old.pk, "Rejected", "Too dear"], [new.pk, "Chosen", ""]]
    client = client_of(olga)

    found, address = looked_at(client, [["ID", "Verdict", "Reason"], *(rows[at] for at in order)], "options")
    client.post(address)

    assert faults(found) == refused
    assert RegisterFile.objects.get().result["changed"] == 2 - len(refused)


def test_what_is_refused_only_on_recording_is_told_by_its_row(pilot, olga, petra, client_of, monkeypatch):
    entry = make_entry(pilot)
    _, address = looked_at(client_of(olga), [["ID", "Team"], [entry.pk, "Legal"]])
    seen = preview(RegisterFile.objects.get())
    monkeypatch.setattr("pilots.registers.uploads.actions.preview", lambda file: seen)
    remove_entry(entry=entry, by=petra)

    page = client_of(olga).post(address, follow=True).content.decode()

    assert "1 with an error" in page
    assert "This has been removed. Put it back before changing it." in page


def test_a_file_brings_no_text_that_the_form_would_not_take(pilot, olga, client_of):
    rows = [HEAD[1:6], [pilot.key, "It sleeps", "1", "1", "a" * 20_001]]
    found, _ = looked_at(client_of(olga), rows)

    assert faults(found) == [
        (2, "Mitigation", "Ensure this value has at most 20000 characters (it has 20001).")
    ]


def test_a_spreadsheet_is_read_too(pilot, olga, client_of):
    book, data = Workbook(), BytesIO()
    book.active.append(["Pilot", "Source", "Refreshed", "Supplied", "Next review"])
    book.active.append([pilot.key, "Letters", "Daily", "By hand", days_ago(-9)])
    book.save(data)

    answer = send_bytes(client_of(olga), data.getvalue(), "data.xlsx", "data")

    assert answer.status_code == 302
    found = preview(RegisterFile.objects.get())
    assert [str(row.entry.review_on) for row in found.new] == [days_ago(-9).isoformat()]


@pytest.mark.parametrize("data", [b"", b"Name\nA\n", b"%PDF-1.7", b"ID,ID\n1,2\n"])
def test_a_file_that_is_none_is_refused_with_a_sentence(olga, pilot, client_of, data):
    answer = send_bytes(client_of(olga), data, "entries.csv")

    assert answer.status_code == 422
    assert "There is a problem" in answer.content.decode()


def test_whose_the_file_is_not_does_not_see_it(pilot, olga, petra, client_of):
    _, address = looked_at(client_of(olga), [HEAD[:5], ["", pilot.key, "A", "1", "1"]])

    assert client_of(petra).get(address).status_code == 404
    assert (
        client_of(join(make_user(), pilot.programme, "auditor"))
        .get(reverse("pilots:register_upload", args=["risks"]))
        .status_code
        == 403
    )


def test_a_look_at_many_rows_takes_few_queries(pilot, olga, client_of, django_assert_max_num_queries):
    rows = [HEAD[:5], *(["", pilot.key, f"Risk {number}", "1", "2"] for number in range(200))]
    looked_at(client_of(olga), rows)

    with django_assert_max_num_queries(7):
        assert len(preview(RegisterFile.objects.select_related("by").get()).new) == 200
