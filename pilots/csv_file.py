"""A table as a file, sent line by line, so that its size does not matter."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import StreamingHttpResponse


class _Line:
    """A file that gives each line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def csv_answer(name: str, lines: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """The file of this name; its lines, the header among them, are asked for while it is sent."""
    response = StreamingHttpResponse(_written(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _written(lines: Iterable[Sequence[Any]]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield "\ufeff"  # so that a spreadsheet knows how it is written
    for line in lines:
        yield writer.writerow(line)
