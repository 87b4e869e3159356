"""A file becomes a table, or is refused with a sentence."""

import zipfile

import pytest

from pilots.imports import files
from pilots.imports.csv_files import likely_delimiter
from pilots.imports.files import read_table
from pilots.imports.table import UnreadableFile


def cells(table):
    return [record.cells for record in table.records]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_encoding_is_found_without_being_told(file_of, encoding):
    table = read_table(file_of("Title,Unit\nCafé – “pilot”,Zürich\n", encoding))

    assert table.header == ("Title", "Unit")
    assert cells(table) == [("Café – “pilot”", "Zürich")]


def test_reading_as_windows_1252_is_said(file_of):
    assert "Windows-1252" in read_table(file_of("Title\nCafé\n", "cp1252")).notes[0]


def test_a_few_damaged_characters_do_not_turn_utf_8_into_another_encoding(file_of):
    table = read_table(file_of(b"Title\n" + "Überprüfung – Prüfstände\n".encode() * 20 + b"caf\xe9\n"))

    assert table.records[0].cells == ("Überprüfung – Prüfstände",)
    assert "1 characters of the file are damaged" in table.notes[0]


def test_cells_keep_their_line_breaks_and_quotes(file_of):
    table = read_table(file_of('Title,Note\r\n"Two\r\nlines","said ""yes"""\r\nplain,5" screen\r\n'))

    assert cells(table) == [("Two\r\nlines", 'said "yes"'), ("plain", '5" screen')]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_any_way(file_of, end):
    assert cells(read_table(file_of(f"Title,Unit{end}a,b{end}c,d"))) == [("a", "b"), ("c", "d")]


def test_columns_may_share_a_name(file_of):
    assert read_table(file_of("Title,Other,Other\na,b,c\n")).header == ("Title", "Other", "Other")


def test_blank_rows_are_no_rows_but_keep_the_numbers_of_the_others(file_of):
    table = read_table(file_of("Title,Unit\na,b\n\n , \nc,d\n"))

    assert [record.number for record in table.records] == [1, 4]


@pytest.mark.parametrize(("row", "count"), [("only", "1 cell "), ("a,b,c", "3 cells")])
def test_a_row_with_another_number_of_cells_stays_with_its_reason(file_of, row, count):
    table = read_table(file_of(f"Title,Unit\na,b\n{row}\nc,d\n"))

    assert [bool(record.fault) for record in table.records] == [False, True, False]
    assert count in table.records[1].fault


def test_empty_cells_after_the_last_column_do_not_spoil_a_row(file_of):
    assert cells(read_table(file_of("Title,Unit\na,b,,\n"))) == [("a", "b")]


def test_a_repeated_header_is_not_a_row_of_data(file_of):
    assert "repeats the header" in read_table(file_of("Title,Unit\na,b\nTitle,Unit\n")).records[1].fault


def test_a_heading_above_the_header_is_skipped_and_named(file_of):
    table = read_table(file_of("Our AI pilots,,\n\nTitle,Unit,Phase\na,b,c\nd,e,f\n"))

    assert table.header == ("Title", "Unit", "Phase")
    assert table.records[0].number == 1
    assert "Our AI pilots" in table.notes[0]


def test_a_column_without_commas_is_a_table_of_one_column(file_of):
    assert cells(read_table(file_of("Title\nOne\nTwo, too\nThree\n")))[0] == ("One",)


@pytest.mark.parametrize(("mark", "word"), [(";", "semicolons"), ("\t", "tabs"), ("|", "pipes")])
def test_another_delimiter_is_refused_by_name_and_read_when_the_mapping_says_it(file_of, mark, word):
    path = file_of(f"Title{mark}Unit{mark}Cost, EUR\nOne{mark}A, B{mark}1,5\nTwo{mark}C{mark}2,5\n")

    with pytest.raises(UnreadableFile, match=f"separated by {word}.*delimiter:"):
        read_table(path)
    assert cells(read_table(path, delimiter=mark))[0] == ("One", "A, B", "1,5")


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("Title,Unit\na,b\n", ","),
        ("Title;Unit\na;b\n", ";"),
        ("Title;Unit;Cost, EUR\na;b;1,5\nc;d;2,5\n", ";"),
        ("Title\tUnit\na\tb\n", "\t"),
        ("Title|Unit\na|b\n", "|"),
        ("sep=|\nTitle|Unit, long\na|b\n", "|"),
        ("Title\nOne\nTwo, too\n", ","),
        ("Title,Kind (a; b; c)\nOne,x; y\n", ","),
        ("", ","),
    ],
)
def test_the_delimiter_that_fits_can_be_found_out(text, mark):
    assert likely_delimiter(text.encode()) == mark
    assert likely_delimiter(text.encode("utf-16")) == mark


def test_semicolons_in_the_words_of_a_comma_file_do_not_matter(file_of):
    table = read_table(file_of("Title,Kind (a; b; c; d)\nOne,x; y\nTwo,z\n"))

    assert len(table.header) == 2


def test_a_first_line_that_names_the_delimiter_is_believed(file_of):
    assert cells(read_table(file_of("sep=;\nTitle;Unit\na;b\n"))) == [("a", "b")]


REFUSED = {
    "empty": (b"", "empty"),
    "blank": (b" \n\n , \n", "empty"),
    "only a header": (b"Title,Unit\n", "no rows"),
    "pdf": (b"%PDF-1.7\n...", "a PDF"),
    "image": (b"\x89PNG\r\n\x1a\n...", "an image"),
    "old excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, r"\.xls"),
    "protected excel": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 9 + "EncryptedPackage".encode("utf-16-le"),
        "password",
    ),
    "gzip": (b"\x1f\x8b\x08\x00abc", "compressed"),
    "zero bytes": (b"Title,Unit\na,\0b\n", "binary"),
    "control characters": (bytes(range(1, 32)) * 20, "binary"),
    "web page": (b"\n<!DOCTYPE html><html>,</html>", "web page"),
    "json": (b'[{"title": "One"}]', "JSON"),
    "broken utf-16": (b"\xff\xfeT\x00i", "damaged"),
    "one giant line": (b"x" * 3_000_000, "line of more than"),
    "one giant cell": (b"Title\n" + b"x" * 200_000 + b"\n", "cell of more than"),
    "unclosed quote": (b'Title,Unit\n"a,b\nc,d\ne,f\n', "line 2 is never closed"),
    "unclosed quote in a long file": (b'Title,Unit\n"a,b\n' + b"c,d\n" * 100_000, "line 2 is never closed"),
    "too many columns": (b",".join(b"c%d" % n for n in range(600)) + b"\n" + b"1," * 599 + b"1\n", "columns"),
    "not a zip after all": (b"PK\x03\x04 not a zip", "damaged"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_table_is_refused_with_one_sentence(file_of, name):
    content, said = REFUSED[name]

    with pytest.raises(UnreadableFile, match=said):
        read_table(file_of(content))


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(UnreadableFile, match="There is no file"):
        read_table(tmp_path / "nowhere.csv")
    with pytest.raises(UnreadableFile, match="is a folder"):
        read_table(tmp_path)


def test_a_file_that_is_too_large_is_refused(file_of, monkeypatch):
    monkeypatch.setattr(files, "MAX_BYTES", 2_000_000)

    with pytest.raises(UnreadableFile, match="larger than 2 MB"):
        read_table(file_of(b"Title\n" + b"x\n" * 1_000_001))


def test_another_zip_archive_is_named_as_such(tmp_path):
    path = tmp_path / "pilots.xlsx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("pilots.csv", "Title\na\n")

    with pytest.raises(UnreadableFile, match="ZIP archive"):
        read_table(path)
