"""The registers of all pilots in the browser, and as files."""

from itertools import chain

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from pilots.csv_file import csv_answer
from pilots.registers.choosing import matrix_of, narrowing, offers
from pilots.registers.files import header, lines, workbook
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
    # The page is cut from ids alone, then only its rows are put together.
    ids = filters.qs.select_related(None).values("pk")
    page = Paginator(ids, PAGE_SIZE).get_page(request.GET.get("page"))
    found = filters.qs.filter(pk__in=page.object_list)
    context = {
        "register": register,
        "offers": offers(register, request.user, request.GET),
        "filters": filters,
        "page": page,
        "rows": rows_of(register, found, today=today),
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
    return csv_answer(_name(register, "csv"), chain([header(register)], found))


@login_required
@require_safe
def export_workbook(request, register):
    register = find_register(register)

    found = workbook(register, _asked(request, register).qs)
    return FileResponse(found, as_attachment=True, filename=_name(register, "xlsx"))


def _name(register: Register, ending: str) -> str:
    return f"{register.key}-{timezone.localdate():%Y-%m-%d}.{ending}"


def _asked(request, register: Register):
    return FILTERS[register.key](request.GET, entries_seen(register, request.user), request=request)
