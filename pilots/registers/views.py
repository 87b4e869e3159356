"""The registers of a pilot and of the whole portfolio in the browser."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from pilots.models import Entry, Pilot
from pilots.permissions import Permission, allows, granted, require
from pilots.registers import actions
from pilots.registers.choosing import matrix_of, narrowing
from pilots.registers.filters import FILTERS
from pilots.registers.finding import find_register
from pilots.registers.queries import entries_of, fills, gaps_of, history
from pilots.registers.rows import cells_of, rows_of
from pilots.registers.table import Register
from pilots.rules import RuleViolation
from pilots.views.finding import find_pilot

PAGE_SIZE = 50
EDIT = Permission.EDIT_REGISTER


@login_required
@require_safe
def overview(request, key):
    pilot = find_pilot(request, key)

    today = timezone.localdate()
    found = fills(request.user, today=today, pilot=pilot)
    return render(
        request, "pilots/registers/overview.html", _about(request, pilot) | {"fills": found, "today": today}
    )


@login_required
@require_safe
def entries(request, key, register):
    register, pilot = find_register(register), find_pilot(request, key)

    today = timezone.localdate()
    filters = FILTERS[register.key](request.GET, entries_of(register, pilot), request=request)
    page = Paginator(filters.qs, PAGE_SIZE).get_page(request.GET.get("page"))
    context = _about(request, pilot, register) | {
        "page": page,
        "rows": rows_of(register, page, today=today),
        "matrix": matrix_of(register, entries_of(register, pilot)),
        "narrowed": narrowing(filters),
        "gaps": [] if narrowing(filters) else gaps_of(register, pilot),
        "today": today,
    }
    return render(request, "pilots/registers/list.html", context)


@login_required
def create(request, key, register):
    register, pilot = find_register(register), find_pilot(request, key)
    require(request.user, EDIT, pilot=pilot)

    told = {register.each: request.GET[register.each]} if register.each in request.GET else {}
    form = register.form(request.POST or None, pilot=pilot, initial=told)
    if request.method == "POST" and form.is_valid():
        try:
            entry = actions.add_entry(model=register.model, pilot=pilot, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            messages.success(request, f"“{entry}” is added.")
            return redirect("pilots:register", pilot.key, register.key)
    return _form_page(request, form, pilot, register)


@login_required
@require_safe
def show(request, key, register, pk):
    register, pilot, entry = _find(request, key, register, pk)

    today = timezone.localdate()
    (row,) = rows_of(register, [entry], today=today)
    context = _about(request, pilot, register) | {
        "entry": entry,
        "row": row,
        "facts": cells_of(entry, register.facts),
        "log": {"rows": history(entry)},
        "may_edit": allows(request.user, EDIT, pilot=pilot, named=entry.owner_id),
    }
    return render(request, "pilots/registers/entry.html", context)


@login_required
def edit(request, key, register, pk):
    register, pilot, entry = _find(request, key, register, pk)
    require(request.user, EDIT, pilot=pilot, named=entry.owner_id)

    version, seen = entry.version, _seen(request)
    form = register.form(request.POST or None, instance=entry, pilot=pilot)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_entry(entry=entry, by=request.user, seen=seen, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)  # they tell what stands, so saving once more replaces it
        else:
            messages.success(request, "Saved.")
            return redirect("pilots:entry", pilot.key, register.key, pk)
    elif request.method == "POST" and seen is not None:
        version = seen  # nobody has been told yet what somebody else wrote meanwhile
    return _form_page(request, form, pilot, register, {"pk": pk, "version": version})


def _seen(request) -> int | None:
    """The version of the entry that this form was opened on, if it says one."""
    text = request.POST.get("seen", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _form_page(request, form, pilot: Pilot, register: Register, entry: dict | None = None):
    failed = request.method == "POST"
    pilot = find_pilot(request, pilot.key) if failed else pilot
    context = _about(request, pilot, register) | {"form": form, "failed": failed, "edited": entry}
    return render(request, "pilots/registers/form.html", context, status=422 if failed else 200)


@login_required
def remove(request, key, register, pk):
    register, pilot, entry = _find(request, key, register, pk)
    require(request.user, EDIT, pilot=pilot)

    refused: list[str] = []
    if request.method == "POST":
        try:
            actions.remove_entry(entry=entry, by=request.user)
        except RuleViolation as violation:
            refused = violation.reasons
        else:
            messages.success(request, f"“{entry}” is removed. It can be put back from its page.")
            return redirect("pilots:entry", pilot.key, register.key, pk)
    context = _about(request, pilot, register) | {"entry": entry, "refused": refused}
    return render(request, "pilots/registers/remove.html", context, status=422 if refused else 200)


@login_required
@require_POST
def restore(request, key, register, pk):
    register, pilot, entry = _find(request, key, register, pk)
    require(request.user, EDIT, pilot=pilot)

    try:
        actions.restore_entry(entry=entry, by=request.user)
    except RuleViolation as violation:
        messages.error(request, " ".join(violation.reasons))
    else:
        messages.success(request, f"“{entry}” is back in the register.")
    return redirect("pilots:entry", pilot.key, register.key, pk)


def _find(request, key: str, register_key: str, pk: int) -> tuple[Register, Pilot, Entry]:
    register, pilot = find_register(register_key), find_pilot(request, key)
    entry = get_object_or_404(entries_of(register, pilot), pk=pk)
    entry.pilot = pilot
    return register, pilot, entry


def _about(request, pilot: Pilot, register: Register | None = None) -> dict:
    may = granted(request.user, pilot=pilot)
    return {"pilot": pilot, "register": register, "may": may, "tab": "registers"}
