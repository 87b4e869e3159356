"""Comma separated text: which encoding, which delimiter, and the rows in it."""

import codecs
import csv
import io
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pilots.imports.spelling import unsafe
from pilots.imports.table import Row, UnreadableFile

MAX_LINE = 1_000_000  # characters
SAMPLE_LINES = 200
SAMPLE_RECORDS = 30
CHUNK = 1 << 20
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "pipes"}
END = "\0"  # cannot be in the text, so it marks the end of the file for the reader of quotes
CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\v\x1a\x1b"))
MOST_CONTROLS = 0.01  # share of the bytes; text has none
MARKS = [  # UTF-32 first: its mark begins with the mark of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
NOT_TEXT = "The file is not text: it looks like a binary file, not a table."


@dataclass(frozen=True)
class Encoding:
    name: str
    errors: str = "strict"
    note: str = ""


def csv_rows(data: bytes, delimiter: str | None) -> tuple[Iterator[Row], list[str]]:
    """The rows of this text and what was noticed. delimiter: what the mapping says, None to expect commas.

    Raises UnreadableFile, also while the rows are read.
    """
    encoding = encoding_of(data)
    hinted, skip = _hint(_lines(data, encoding))
    if delimiter is None:
        delimiter = hinted or _expect_commas(_lines(data, encoding))
    lines = itertools.islice(_lines(data, encoding), skip, None)
    return _rows(lines, delimiter), [encoding.note] if encoding.note else []


def likely_delimiter(data: bytes) -> str:
    """The delimiter that fits the first rows of this text: the comma, unless it does not and another does.

    Raises UnreadableFile.
    """
    encoding = encoding_of(data)
    hinted, _ = _hint(_lines(data, encoding))
    return hinted or _likely(_lines(data, encoding))


def encoding_of(data: bytes) -> Encoding:
    """How this text is encoded. Raises UnreadableFile when it is not text."""
    for mark, name in MARKS:
        if data.startswith(mark):
            if not _decodes(data, name):
                raise UnreadableFile(f"The file says that it is {name[:6].upper()} text, but it is damaged.")
            return Encoding(name)
    if b"\0" in data:
        raise UnreadableFile(NOT_TEXT)
    controls = sum(len(part) - len(part.translate(None, CONTROLS)) for part in _parts(data))
    if controls > MOST_CONTROLS * len(data):
        raise UnreadableFile(NOT_TEXT)
    return Encoding("utf-8") if _decodes(data, "utf-8") else _encoding_with_faults(data)


def _encoding_with_faults(data: bytes) -> Encoding:
    """Windows-1252, unless nearly all of it is UTF-8 with a few broken characters."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if sum(1 for char in text if char > "\x7f") - broken > 2 * broken:
        note = f"{broken} characters of the file are damaged; they are shown as “\ufffd”."
        return Encoding("utf-8", "replace", note)
    undefined = sum(data.count(byte) for byte in (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d"))
    high = len(data) - len(data.translate(None, bytes(range(128, 256))))
    if undefined > 0.1 * high and high > 0.1 * len(data):
        raise UnreadableFile(NOT_TEXT)
    note = "The file is not UTF-8; it was read as Windows-1252, the usual encoding of older Excel files."
    return Encoding("cp1252", "replace" if undefined else "strict", note)


def _decodes(data: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for part in _parts(data):
            decoder.decode(part)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _parts(data: bytes) -> Iterator[bytes]:
    return (data[start : start + CHUNK] for start in range(0, len(data), CHUNK))


def _lines(data: bytes, encoding: Encoding) -> Iterator[str]:
    stream = io.TextIOWrapper(io.BytesIO(data), encoding.name, encoding.errors, newline="")
    for line in iter(lambda: stream.readline(MAX_LINE + 1), ""):
        if len(line) > MAX_LINE:
            raise UnreadableFile(f"The file has a line of more than {MAX_LINE:,} characters; it is no table.")
        if END in line:
            raise UnreadableFile(NOT_TEXT)
        yield line


def _hint(lines: Iterator[str]) -> tuple[str | None, int]:
    """The delimiter in a first line such as `sep=;`, written for Excel, and how many lines to skip for it."""
    first = next(lines, "").strip("\r\n \ufeff").lower()
    if first.startswith("sep=") and first[4:] in DELIMITERS:
        return first[4:], 1
    return None, 0


def _expect_commas(lines: Iterator[str]) -> str:
    """The comma. Raises UnreadableFile when another delimiter fits the first rows and the comma does not."""
    likely = _likely(lines)
    if likely != ",":
        shown = "\\t" if likely == "\t" else likely
        raise UnreadableFile(
            f"The file looks separated by {DELIMITERS[likely]}, not by commas: save it comma separated, "
            f'or say `delimiter: "{shown}"` in the mapping file.'
        )
    return ","


def _likely(lines: Iterator[str]) -> str:
    sample = list(itertools.islice(lines, SAMPLE_LINES))
    width, steady = _fit(sample, ",")
    for other in (";", "\t", "|"):
        other_width, other_steady = _fit(sample, other)
        only_one = width == 1 and other_width > 1 and other_steady >= 0.5
        if only_one or (other_width > width and other_steady >= max(steady, 0.8)):
            return other
    return ","


def _fit(lines: list[str], delimiter: str) -> tuple[int, float]:
    """How many columns this delimiter gives the first row, and which share of the next rows has as many."""
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        widths = [len(cells) for cells in itertools.islice(reader, SAMPLE_RECORDS) if any(cells)]
    except csv.Error:
        return 1, 0.0
    if not widths:
        return 1, 0.0
    return widths[0], widths.count(widths[0]) / len(widths)


def _rows(lines: Iterable[str], delimiter: str) -> Iterator[Row]:
    reader = csv.reader(itertools.chain(lines, [END]), delimiter=delimiter)
    first_line = 1
    try:
        for cells in reader:
            if cells == [END]:
                return
            if cells and cells[-1].endswith(END):
                raise _unclosed(first_line)
            yield Row(
                [unsafe(cell) if cell[:1] == "'" else cell for cell in cells], first_line, reader.line_num
            )
            first_line = reader.line_num + 1
    except csv.Error as error:
        if reader.line_num > first_line:
            raise _unclosed(first_line) from error
        raise UnreadableFile(
            f"Line {first_line} of the file holds a cell of more than {csv.field_size_limit():,} characters; "
            "it is no table."
        ) from error


def _unclosed(first_line: int) -> UnreadableFile:
    return UnreadableFile(
        f"A quotation mark opened in the row at line {first_line} is never closed, "
        "so the rest of the file would end up in one cell. Close it and try again."
    )
