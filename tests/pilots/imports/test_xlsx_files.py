"""Excel workbooks, as people make them and as attackers do."""

import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from pilots.imports import xlsx_files
from pilots.imports.files import read_table
from pilots.imports.table import UnreadableFile


@pytest.fixture
def workbook(tmp_path):
    def make(sheets: dict[str, list[list[object]]], name: str = "book.xlsx", hidden: tuple[str, ...] = ()):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            sheet.sheet_state = "hidden" if title in hidden else "visible"
            for row in rows:
                sheet.append(row)
        path = tmp_path / name
        book.save(path)
        return path

    return make


def cells(table):
    return [record.cells for record in table.records]


def test_dates_are_dates_and_numbers_have_no_needless_decimals(workbook):
    rows = [
        ["Title", "On", "At", "N", "Yes"],
        ["a", date(2024, 3, 1), datetime(2024, 3, 1, 14, 30), 5.0, True],
    ]

    assert cells(read_table(workbook({"Pilots": rows}))) == [
        ("a", date(2024, 3, 1), "2024-03-01 14:30:00", "5", "TRUE")
    ]


def test_the_name_of_a_workbook_does_not_matter(workbook):
    assert cells(read_table(workbook({"Pilots": [["Title"], ["a"]]}, name="pilots.csv"))) == [("a",)]


def test_the_first_visible_sheet_with_a_table_is_read_and_the_others_are_named(workbook):
    path = workbook(
        {
            "Lists": [["Phase", "Risk"], ["Pilot", "High"]],
            "Empty": [],
            "Read me": [["How to fill this in"], ["Slowly"]],
            "Use cases": [["Title", "Unit"], ["a", "b"]],
        },
        hidden=("Lists",),
    )

    table = read_table(path)
    assert cells(table) == [("a", "b")]
    assert "“Use cases”" in table.notes[0] and "“Read me”" in table.notes[0]


def test_short_rows_and_gaps_are_only_empty_cells(workbook):
    table = read_table(workbook({"P": [["Title", "Unit", "Phase"], ["a"], [], [None, None, "x"]]}))

    assert cells(table) == [("a", "", ""), ("", "", "x")]
    assert [record.number for record in table.records] == [1, 3]


def test_cells_without_a_header_are_kept(workbook):
    table = read_table(workbook({"P": [["Title"], ["a", "remark"]]}))

    assert table.header == ("Title", "") and cells(table) == [("a", "remark")]


def test_a_wrong_declared_size_is_ignored(workbook, tmp_path):
    path = workbook({"P": [["Title", "Unit"], ["a", "b"], ["c", "d"]]})
    changed = rewritten(path, tmp_path, lambda sheet: sheet.replace(b'ref="A1:B3"', b'ref="A1:A1"'))

    assert cells(read_table(changed)) == [("a", "b"), ("c", "d")]


def test_a_workbook_without_rows_is_refused(workbook):
    with pytest.raises(UnreadableFile, match="no sheet has a header with rows"):
        read_table(workbook({"P": [["Title"]]}))


def test_a_bomb_is_refused_before_it_is_unpacked(workbook, tmp_path, monkeypatch):
    path = workbook({"P": [["Title"], ["a"]]})
    row = b'<row r="2"><c r="A2" t="inlineStr"><is><t>x</t></is></c></row>'
    bomb = rewritten(
        path, tmp_path, lambda sheet: sheet.replace(b"</sheetData>", row * 1_000_000 + b"</sheetData>")
    )
    monkeypatch.setattr(
        xlsx_files.openpyxl, "load_workbook", lambda *_, **__: pytest.fail("It was unpacked.")
    )

    with pytest.raises(UnreadableFile, match="would unpack to"):
        read_table(bomb)


def test_repeated_row_numbers_are_refused_even_in_a_small_file(workbook, tmp_path):
    path = workbook({"P": [["Title"], ["a"], ["b"]]})
    changed = rewritten(path, tmp_path, lambda sheet: sheet.replace(b'<row r="3"', b'<row r="2"'))

    with pytest.raises(UnreadableFile, match="row number 2 comes more than once"):
        read_table(changed)


def test_a_billion_laughs_are_refused(workbook, tmp_path):
    path = workbook({"P": [["Title"], ["a"]]})
    lol = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    changed = rewritten(path, tmp_path, lambda sheet: lol + sheet.replace(b"<v>0</v>", b"<v>&b;</v>"))

    with pytest.raises(UnreadableFile, match="damaged"):
        read_table(changed)


def test_too_many_parts_and_too_many_cells_are_refused(workbook, monkeypatch):
    path = workbook({"P": [["Title", "Unit"], ["a", "b"]]})
    monkeypatch.setattr(xlsx_files, "MAX_CELLS", 3)
    with pytest.raises(UnreadableFile, match="more cells"):
        read_table(path)
    monkeypatch.setattr(xlsx_files, "MAX_PARTS", 3)
    with pytest.raises(UnreadableFile, match="parts"):
        read_table(path)


def test_a_far_cell_does_not_make_a_table_of_a_million_rows(workbook, tmp_path):
    path = workbook({"P": [["Title"], ["a"], ["b"]]})
    far = rewritten(
        path,
        tmp_path,
        lambda s: s.replace(b'<row r="3"', b'<row r="1048576"').replace(b'"A3"', b'"A1048576"'),
    )

    assert cells(read_table(far)) == [("a",), ("b",)]


def rewritten(path, folder, change):
    """The workbook with its first sheet changed."""
    changed = folder / "changed.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            content = old.read(part)
            new.writestr(part.filename, change(content) if part.filename.endswith("sheet1.xml") else content)
    return changed
