"""The documents of a pilot, one piece with all its revisions, replacing and removing it, and its files."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import F
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from gates.evidence import actions
from gates.evidence.downloads import download
from gates.evidence.forms import ReasonForm, RevisionForm
from gates.evidence.queries import (
    SOON,
    VALIDITY,
    documents,
    evidence_counts,
    keeper_of,
    readings_of,
    revisions_of,
    uses_of,
)
from gates.evidence.rules import change_blockers
from gates.models import Evidence, EvidenceRevision, Gate
from pilots.permissions import Permission, granted, require
from pilots.rules import RuleViolation
from pilots.views.finding import find_pilot

PAGE_SIZE = 50


@login_required
@require_safe
def document_list(request, key):
    pilot = find_pilot(request, key)

    today = timezone.localdate()
    show, text = request.GET.get("show", "in_force"), request.GET.get("q", "").replace("\0", "")[:200]
    counts = evidence_counts(pilot, today=today)
    found = documents(pilot, validity=show, text=text.strip(), today=today)
    context = {
        "pilot": pilot,
        "page": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
        "tabs": [(name, label, counts[name]) for name, label in VALIDITY],
        "show": show if show in counts else "all",
        "text": text,
        "has_any": any(counts.values()),
        "today": today,
        "soon": today + SOON,
        "may": granted(request.user, pilot=pilot),
        "tab": "documents",
    }
    return render(request, "gates/documents.html", context)


def _find(request, key, pk) -> tuple:
    pilot = find_pilot(request, key)
    pieces = Evidence.objects.select_related("current__author", "added_by", "removed_by")
    return pilot, get_object_or_404(pieces, pk=pk, pilot=pilot)


def _context(request, pilot, evidence, **more):
    today = timezone.localdate()
    under_way = Gate.objects.current().filter(pilot=pilot).exists()
    context = {
        "pilot": pilot,
        "evidence": evidence,
        "uses": uses_of(evidence),
        "readings": readings_of(evidence),
        "today": today,
        "soon": today + SOON,
        "why_not": change_blockers(removed=evidence.removed_at is not None, under_way=under_way),
        "may": granted(request.user, pilot=pilot, named=keeper_of(evidence)),
        "tab": "documents",
    }
    return context | more


@login_required
@require_safe
def document(request, key, pk):
    pilot, evidence = _find(request, key, pk)

    context = _context(request, pilot, evidence, revisions=revisions_of(evidence))
    return render(request, "gates/document.html", context)


@login_required
def replace(request, key, pk):
    """What the new revision does to every criterion and gate, and the form for it."""
    pilot, evidence = _find(request, key, pk)
    require(request.user, Permission.FILL_IN_GATE, pilot=pilot, named=keeper_of(evidence))

    form = RevisionForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            revision = actions.revise_evidence(evidence=evidence, by=request.user, **form.facts)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            messages.success(request, f"Replaced. This is v{revision.number} now.")
            return redirect("gates:document", pilot.key, evidence.pk)
    return _form(request, pilot, evidence, form, "gates/document_replace.html")


@login_required
def remove(request, key, pk):
    """What the removal does to every criterion and gate, and the reason for it."""
    pilot, evidence = _find(request, key, pk)
    require(request.user, Permission.FILL_IN_GATE, pilot=pilot, named=keeper_of(evidence))

    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.remove_evidence(evidence=evidence, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            messages.success(request, "Removed. Its revisions stay readable here.")
            return redirect("gates:document", pilot.key, evidence.pk)
    return _form(request, pilot, evidence, form, "gates/document_remove.html")


def _form(request, pilot, evidence, form, template):
    failed = request.method == "POST"
    context = _context(request, pilot, evidence, form=form, failed=failed)
    return render(request, template, context, status=422 if failed else 200)


@login_required
@require_safe
def evidence_file(request, pk, number=None):
    """The file of a revision, or of the current one, to those who may see the pilot."""
    revisions = EvidenceRevision.objects.visible_to(request.user).exclude(file="").filter(evidence=pk)
    wanted = {"number": number} if number else {"pk": F("evidence__current")}
    revision = get_object_or_404(revisions.select_related("evidence__pilot"), **wanted)

    return download(revision) or _file_gone(request, revision)


def _file_gone(request, revision):
    evidence = revision.evidence
    context = {"revision": revision, "evidence": evidence, "pilot": evidence.pilot}
    return render(request, "gates/document_gone.html", context, status=404)
