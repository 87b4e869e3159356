"""The registers of all pilots in the browser, and as files."""

import csv
from collections.abc import Iterator

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from pilots.registers.choosing import matrix_of, narrowing, offers
from pilots.registers.files import header, lines
from pilots.registers.filters import FILTERS
from pilots.registers.finding import find_register, may_upload
from pilots.registers.queries import entries_seen, fills
from pilots.registers.rows import rows_of
from pilots.registers.table import Register

PAGE_SIZE = 50


@login_required
@require_safe
def overview(request):
    today = timezone.localdate()
    return render(
        request, "pilots/registers/all.html", {"fills": fills(request.user, today=today), "today": today}
    )


@login_required
@require_safe
def entries(request, register):
    register = find_register(register)

    today = timezone.localdate()
    filters = _asked(request, register)
    page = Paginator(filters.qs, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "register": register,
        "offers": offers(register, request.user, request.GET),
        "filters": filters,
        "page": page,
        "rows": rows_of(register, page, today=today),
        "matrix": matrix_of(register, filters.qs),
        "narrowed": narrowing(filters),
        "may_upload": may_upload(request.user, register),
        "today": today,
    }
    return render(request, "pilots/registers/portfolio.html", context)


@login_required
@require_safe
def export(request, register):
    register = find_register(register)

    found = lines(register, _asked(request, register).qs)
    answer = StreamingHttpResponse(_file(header(register), found), content_type="text/csv; charset=utf-8")
    name = f"{register.key}-{timezone.localdate():%Y-%m-%d}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _asked(request, register: Register):
    return FILTERS[register.key](request.GET, entries_seen(register, request.user), request=request)


class _Line:
    """A file that gives each line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def _file(head: list[str], rows: Iterator[list[str]]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield "\ufeff" + writer.writerow(head)  # so that a spreadsheet knows how it is written
    for row in rows:
        yield writer.writerow(row)
