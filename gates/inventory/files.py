"""A file that is sent line by line, so that its size does not matter."""

import csv
from collections.abc import Iterable, Iterator, Sequence

from django.http import StreamingHttpResponse
from django.utils import timezone


class _Line:
    """A file that gives each line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def inventory_file(columns: str, lines: Iterable[Sequence[str]]) -> StreamingHttpResponse:
    response = StreamingHttpResponse(_written(lines), content_type="text/csv; charset=utf-8")
    name = f"portfolio-{columns}-{timezone.localdate():%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _written(lines: Iterable[Sequence[str]]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield "\ufeff"  # so that a spreadsheet knows how it is written
    for line in lines:
        yield writer.writerow(line)
