"""A table as a file that spreadsheets open."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import StreamingHttpResponse

from pilots.audit_log import safe
from pilots.csv_file import csv_answer


def csv_file(
    name: str, facts: Iterable[tuple[str, str]], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> StreamingHttpResponse:
    """What it is and as of when, then the table. Texts are kept from being worked out as formulas."""
    return csv_answer(name, _lines(facts, columns, rows))


def _lines(
    facts: Iterable[tuple[str, str]], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> Iterator[Sequence[Any]]:
    for fact in facts:
        yield [safe(text) for text in fact]
    yield []
    yield columns
    for row in rows:
        yield [safe(cell) if isinstance(cell, str) else cell for cell in row]
