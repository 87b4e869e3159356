"""The portfolio as a file that is sent."""

from collections.abc import Iterable, Sequence

from django.http import StreamingHttpResponse
from django.utils import timezone

from pilots.csv_file import csv_answer


def inventory_file(columns: str, lines: Iterable[Sequence[str]]) -> StreamingHttpResponse:
    return csv_answer(f"portfolio-{columns}-{timezone.localdate():%Y-%m-%d}.csv", lines)
