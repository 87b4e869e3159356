"""Pages of pilots that try the same: of one pilot, of the portfolio, and of what is being written down."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_POST, require_safe

from gates.lessons.queries import lessons_of
from gates.models import Distinction, Overlap
from gates.overlap import actions
from gates.overlap.forms import DistinctionForm, OverlapFilterForm
from gates.overlap.queries import Two, overlaps_of, overlaps_seen, page_of, pairs_of, similar_to
from metrics.value.views.csv_file import csv_file
from pilots.models import Pilot
from pilots.permissions import Permission, allows, granted, require
from pilots.rules import RuleViolation
from pilots.views.finding import find_pilot

MOST = 5_000  # rows of a file


@login_required
@require_safe
def pilot_overlaps(request, key):
    return _page(request, find_pilot(request, key))


def _page(request, pilot, failed_on=None, form=None):
    """All that try the same as this pilot; `form` failed for the pilot `failed_on`."""
    found = overlaps_of(pilot, request.user)
    context = {
        "pilot": pilot,
        "rows": [(one, form if one.pilot == failed_on else _form(one.pilot)) for one in found],
        "apart": overlaps_of(pilot, request.user, apart=True),
        "form": form,
        "failed": form is not None,
        "may": granted(request.user, pilot=pilot),
        "tab": "overview",
    }
    return render(request, "gates/pilot_overlaps.html", context, status=422 if form is not None else 200)


def _form(other: Pilot, sent=None) -> DistinctionForm:
    return DistinctionForm(sent, auto_id=f"{other.key}_%s")  # several such forms stand on one page


@login_required
@require_POST
def tell_apart(request, key, other_key):
    pilot = find_pilot(request, key)
    require(request.user, Permission.TELL_APART, pilot=pilot)
    pairs = Overlap.objects.visible_to(request.user).select_related("pilot", "other")
    overlap = get_object_or_404(
        pairs, Q(pilot=pilot, other__key=other_key) | Q(other=pilot, pilot__key=other_key)
    )
    other = overlap.other if overlap.pilot_id == pilot.pk else overlap.pilot

    form = _form(other, request.POST)
    if form.is_valid():
        try:
            actions.tell_apart(pilot=pilot, other=other, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            messages.success(request, f"{pilot.key} and {other.key} are told apart. You can undo it below.")
            return redirect("gates:pilot_overlaps", pilot.key)
    return _page(request, pilot, other, form)


@login_required
@require_POST
def undo_distinction(request, key, pk):
    pilot = find_pilot(request, key)
    require(request.user, Permission.TELL_APART, pilot=pilot)
    said = Distinction.objects.visible_to(request.user).about(pilot).select_related("pilot", "other")
    distinction = get_object_or_404(said, pk=pk)

    try:
        actions.undo_distinction(distinction=distinction, by=request.user)
    except RuleViolation as violation:
        messages.error(request, " ".join(violation.reasons))
    else:
        messages.success(request, "Undone: the two are listed as alike again.")
    return redirect("gates:pilot_overlaps", pilot.key)


@login_required
@require_safe
def all_overlaps(request):
    form = OverlapFilterForm(request.GET, user=request.user)

    rows = overlaps_seen(request.user, form.choice)
    page, pairs = page_of(rows, request.GET.get("page"))
    context = {"page": page, "pairs": pairs, "form": form, "asked": any(vars(form.choice).values())}
    return render(request, "gates/all_overlaps.html", context)


@login_required
@require_safe
def overlaps_file(request):
    choice = OverlapFilterForm(request.GET, user=request.user).choice

    today = timezone.localdate()
    seen = overlaps_seen(request.user, choice)
    rows = [_line(two) for two in pairs_of(seen[:MOST])]
    left = seen.count() - MOST if len(rows) == MOST else 0
    facts = [("Pilots that try the same", ""), ("As of", date_format(today, "j M Y"))]
    if left > 0:
        facts.append(("Left out", f"{left:,} less alike than these; narrow the list to have all"))
    return csv_file(f"overlaps-{today}.csv", facts, COLUMNS, rows)


COLUMNS = (
    *("Alike, %", "Shared words", "Pairs of these texts"),
    *(f"{what} {side}" for side in "AB" for what in ("Pilot", "Title", "Programme", "Owner", "Outcome")),
    "Told apart because",
)


def _line(two: Two) -> list:
    sides = [
        cell
        for side in (two.left, two.right)
        for cell in (
            side.pilot.key,
            side.pilot.title,
            str(side.pilot.programme),
            str(side.pilot.owner or ""),
            side.outcome,
        )
    ]
    reason = two.distinction.reason if two.distinction else ""
    return [two.left.percent, ", ".join(two.left.words), two.copies, *sides, reason]


@login_required
def similar(request):
    """What is being written down comes as a POST, for it may be long; nothing is changed."""
    sent = request.POST if request.method == "POST" else request.GET
    text = {name: sent.get(name, "")[:20_000] for name in ("title", "problem", "workflow")}

    found = similar_to(request.user, **text)
    context = {"found": found, "asked": any(text.values()), "title": text["title"]}
    pilots = [one.pilot for one in found]
    context["taught"] = lessons_of(pilots, request.user, today=timezone.localdate()) if pilots else []
    context["may_create"] = allows(request.user, Permission.CREATE_PILOT)
    template = "gates/_similar.html" if request.htmx else "gates/similar.html"
    return render(request, template, context)
