"""The checklist of a gate: reading it, filling it in, what shows a criterion. The same with and without JavaScript."""

from functools import cache
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from gates.amendments.queries import amended_at, terms_of
from gates.checklist import actions
from gates.checklist.forms import AssessmentForm
from gates.checklist.queries import checklist, row_of
from gates.checklist.recording import waiting_at
from gates.checklist.shows import SHOWS, shown_rows
from gates.evidence.actions import add_evidence, link_evidence, unlink_evidence
from gates.evidence.forms import EvidenceForm, LinkForm, ReasonForm
from gates.evidence.queries import evidence_behind, evidence_of, linkable, uses_of
from gates.feedback.queries import feedback_at, feedback_in, feedback_of
from gates.journey.finding import find_gate, gates_shown
from gates.journey.queries import as_turn, checklist_of, latest_turns, steps, way_of
from gates.journey.readiness import item_of, waits_for
from gates.models import Assessment, Evidence, Gate
from gates.signoffs.queries import sign_off_panel
from gates.waivers.forms import AskForm, DecisionNoteForm, RevocationForm
from gates.waivers.queries import panel_of
from gates.waivers.rules import states_offered
from pilots.permissions import Permission, granted, require
from pilots.rules import RuleViolation
from pilots.views.finding import find_pilot


@login_required
@require_safe
def current(request, key):
    """To the gate this pilot is working towards, or its overview before it has one."""
    pilot = find_pilot(request, key)

    newest = Gate.objects.filter(pilot=pilot).current().select_related("definition").first()
    if newest is None:
        return redirect("gates:overview", pilot.key)
    return redirect("gates:gate", pilot.key, newest.definition.key)


@cache  # as the gates themselves
def _gates_with_all():
    return gates_shown().annotate(
        said=feedback_at("pk"), newest_turn=latest_turns(), amended=amended_at(), **way_of("pilot")
    )


@login_required
@require_safe
def gate_page(request, key, gate_key):
    gate: Any = find_gate(request, key, gate_key, among=_gates_with_all())

    today = timezone.localdate()
    assessments = checklist_of(gate)
    page = checklist(
        gate, assessments, reader=request.user, today=today, evidence=evidence_of(gate, today=today)
    )
    panel = sign_off_panel(request.user, gate, today=today, assessments=assessments)
    show, must_only = request.GET.get("show", "all"), request.GET.get("must") == "1"
    rows = shown_rows(page.rows, show, must_only)
    tabs = [(value, label, len(shown_rows(page.rows, value, must_only))) for value, label in SHOWS]
    context = (
        _frame(request, gate, page)
        | panel
        | {
            "groups": page.groups(rows),
            "show": show if show in dict(SHOWS) else "all",
            "tabs": tabs,
            "must_only": must_only,
            "steps": steps(gate.pilot, gate, today=today),
            "feedback": feedback_in(gate.said),
            "turn": as_turn(gate.newest_turn) if gate.is_current else None,
            "terms": terms_of(gate) if page.rows else None,
            "today": today,
        }
    )
    return render(request, "gates/gate.html", context)


def _frame(request, gate, page):
    return {
        "gate": gate,
        "pilot": gate.pilot,
        "page": page,
        "may": granted(request.user, pilot=gate.pilot),
        "tab": "gate",
        "waiting": waiting_at(page) if page else frozenset(),
    }


def _find_criterion(request, key, gate_key, criterion_key) -> tuple[Gate, Assessment]:
    gate = find_gate(request, key, gate_key)
    assessments = gate.assessments.select_related("criterion", "responsible")
    return gate, get_object_or_404(assessments, criterion__key=criterion_key)


@login_required
def criterion(request, key, gate_key, criterion_key):
    gate, assessment = _find_criterion(request, key, gate_key, criterion_key)

    if request.method == "POST":
        return _assess(request, gate, assessment)
    if request.htmx and request.GET.get("closed"):
        return _fragment(request, gate, assessment, is_open=False)
    return _opened(request, gate, assessment)


def _assess(request, gate, assessment):
    require(request.user, Permission.FILL_IN_GATE, pilot=gate.pilot, named=assessment.responsible_id)

    form = AssessmentForm(request.POST, programme=gate.pilot.programme, states=_states(assessment))
    if form.is_valid():
        try:
            filled = actions.assess_criterion(assessment=assessment, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            return _saved(request, filled.gate, filled.assessment, "Saved.", before=assessment)
    return _opened(request, gate, assessment, form=form, status=422)


@login_required
@require_POST
def evidence_add(request, key, gate_key, criterion_key):
    gate, assessment = _find_criterion(request, key, gate_key, criterion_key)
    require(request.user, Permission.FILL_IN_GATE, pilot=gate.pilot, named=assessment.responsible_id)

    form = EvidenceForm(request.POST, request.FILES, auto_id=_ids(assessment))
    if form.is_valid():
        try:
            add_evidence(assessment=assessment, by=request.user, **form.facts)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            return _saved(request, gate, assessment, "Evidence added.", is_open=True)
    return _opened(request, gate, assessment, evidence_form=form, status=422)


@login_required
def evidence_link(request, key, gate_key, criterion_key):
    """Choose among the pieces of this pilot one that serves this criterion too."""
    gate, assessment = _find_criterion(request, key, gate_key, criterion_key)
    require(request.user, Permission.FILL_IN_GATE, pilot=gate.pilot, named=assessment.responsible_id)

    form = LinkForm(request.POST or None, pilot=gate.pilot)
    if request.method == "POST" and form.is_valid():
        try:
            link_evidence(assessment=assessment, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            return _saved(request, gate, assessment, "Linked.", is_open=True)
    text = request.GET.get("q", "").replace("\0", "")[:200].strip()
    context = _about(request, gate, assessment, form) | {"text": text}
    context["pieces"] = linkable(assessment, gate.pilot, text=text)
    return render(request, "gates/evidence_link.html", context, status=422 if context["failed"] else 200)


@login_required
def evidence_unlink(request, key, gate_key, criterion_key, pk):
    """Why a piece no longer serves this criterion; the piece itself stays."""
    gate, assessment = _find_criterion(request, key, gate_key, criterion_key)
    require(request.user, Permission.FILL_IN_GATE, pilot=gate.pilot, named=assessment.responsible_id)
    evidence = get_object_or_404(Evidence, pk=pk, pilot=gate.pilot)

    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            unlink_evidence(evidence=evidence, assessment=assessment, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            return _saved(request, gate, assessment, "Unlinked.", is_open=True)
    context = _about(request, gate, assessment, form) | {"evidence": evidence}
    context["use"] = next((use for use in uses_of(evidence) if use.assessment.pk == assessment.pk), None)
    return render(request, "gates/evidence_unlink.html", context, status=422 if context["failed"] else 200)


def _about(request, gate, assessment, form):
    context = _frame(request, gate, None) | {"assessment": assessment, "form": form}
    return context | {"failed": request.method == "POST", "today": timezone.localdate()}


def _saved(request, gate, assessment, said, *, is_open=False, before=None):
    """What a successful save answers: the row with blockers and readiness beside it, or the page again.

    `before`: the assessment as it was; rows that were waiting for it are drawn anew once it opens them.
    """
    if not request.htmx:
        messages.success(request, said)
        address = reverse("gates:gate", args=[gate.pilot.key, gate.definition.key])
        return redirect(f"{address}#c-{assessment.criterion.key}")
    gate = find_gate(request, gate.pilot.key, gate.definition.key)
    today = timezone.localdate()
    page = checklist(
        gate, checklist_of(gate), reader=request.user, today=today, evidence=evidence_of(gate, today=today)
    )
    row = next(row for row in page.rows if row.pk == assessment.pk)
    context = _frame(request, gate, page) | {"row": row, "is_open": is_open, "said": said}
    if before and item_of(assessment, today=today).opens_others > item_of(before, today=today).opens_others:
        context["opened"] = page.opened_by(row)
    context["may"] = granted(request.user, pilot=gate.pilot, named=assessment.responsible_id)
    if is_open:
        context |= _forms(gate, _fresh(assessment)) | _waiver(request, gate, assessment, context["may"])
    return render(request, "gates/_criterion_saved.html", context)


def _fresh(assessment):
    return Assessment.objects.select_related("criterion", "responsible").get(pk=assessment.pk)


def _states(assessment):
    return states_offered(
        state=assessment.state, waived_until=assessment.stale_on, today=timezone.localdate()
    )


def _ids(assessment) -> str:
    """Ids of a form of this criterion: several may stand open on one page."""
    return f"evidence_{assessment.pk}_%s"


def _forms(gate, assessment, form=None, evidence_form=None):
    initial = {
        "state": assessment.state,
        "note": "" if assessment.check_name else assessment.note,
        "responsible": assessment.responsible_id,
    }
    return {
        "form": form
        or AssessmentForm(initial=initial, programme=gate.pilot.programme, states=_states(assessment)),
        "evidence_form": evidence_form or EvidenceForm(auto_id=_ids(assessment)),
    }


def _opened(request, gate, assessment, *, form=None, evidence_form=None, status=200):
    forms = _forms(gate, assessment, form, evidence_form) | {"failed": status != 200}
    return _fragment(request, gate, assessment, is_open=True, status=status, **forms)


def _fragment(request, gate, assessment, *, is_open, status=200, **context):
    today = timezone.localdate()
    evidence = evidence_behind(assessment, gate, today=today)
    # Only a criterion that depends on others needs to know where those stand.
    beside = checklist_of(gate) if assessment.criterion.depends_on else []
    waiting_for = waits_for(beside, today=today).get(assessment.pk, [])
    row = row_of(assessment, gate, evidence, reader=request.user, today=today, waiting_for=waiting_for)
    context |= _frame(request, gate, None) | {"row": row, "is_open": is_open}
    context["remarks"] = feedback_of(gate).on(assessment.pk) if is_open else []
    may = granted(request.user, pilot=gate.pilot, named=assessment.responsible_id)
    context["may"] = may
    if is_open:
        context |= _waiver(request, gate, assessment, may)
    template = "gates/_criterion.html" if request.htmx else "gates/criterion.html"
    return render(request, template, context, status=status)


def _waiver(request, gate, assessment, may):
    """What the opened row says about waiving this criterion."""
    today = timezone.localdate()
    panel = panel_of(assessment, gate, reader=request.user, may=may, today=today)
    return {
        "panel": panel,
        "ask_form": AskForm(today=today, auto_id=f"ask_{assessment.pk}_%s"),
        "decision_form": DecisionNoteForm(auto_id=f"note_{assessment.pk}_%s"),
        "revocation_form": RevocationForm(auto_id=f"revoke_{assessment.pk}_%s"),
    }
