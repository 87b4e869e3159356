"""A table as a file that spreadsheets open."""

import csv
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse

from pilots.audit_log import safe


def csv_file(
    name: str, facts: Iterable[tuple[str, str]], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> HttpResponse:
    """What it is and as of when, then the table. Texts are kept from being worked out as formulas."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response.write("\ufeff")  # so that a spreadsheet knows how it is written
    writer = csv.writer(response)
    for fact in facts:
        writer.writerow([safe(text) for text in fact])
    writer.writerow([])
    writer.writerow(columns)
    for row in rows:
        writer.writerow([safe(cell) if isinstance(cell, str) else cell for cell in row])
    return response
