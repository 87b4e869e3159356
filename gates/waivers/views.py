"""The pages of waivers: asking, deciding, the list of a gate and the list of everything."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from gates.models import Assessment, Gate, Waiver
from gates.waivers import actions
from gates.waivers.forms import AskForm, DecisionNoteForm, RevocationForm, WaiverFilterForm
from gates.waivers.queries import WaiverChoice, cards, lines, panel_of, waivers_of, waivers_seen
from pilots.models import Pilot
from pilots.permissions import Permission, granted, require
from pilots.rules import RuleViolation
from pilots.views.finding import find_pilot

PAGE_SIZE = 50


def _find_gate(pilot: Pilot, gate_key: str) -> Gate:
    """The latest attempt at this gate, with its pilot. Raises Http404."""
    gates = Gate.objects.filter(pilot=pilot, definition__key=gate_key).select_related("definition")
    gate = gates.order_by("-attempt").first()
    if gate is None:
        raise Http404
    gate.pilot = pilot
    return gate


@login_required
@require_safe
def gate_waivers(request, key, gate_key):
    pilot = find_pilot(request, key)
    return _gate_page(request, _find_gate(pilot, gate_key))


def _gate_page(request, gate, failed_on=None, form=None):
    """All waivers of a gate, each with its forms; `form` failed for the waiver with the id `failed_on`."""
    may = granted(request.user, pilot=gate.pilot)
    found = cards(waivers_of(gate), gate=gate, reader=request.user, may=may, today=timezone.localdate())
    context = {
        "gate": gate,
        "pilot": gate.pilot,
        "rows": [(card, *_forms(card.waiver.pk, failed_on, form)) for card in found],
        "form": form,
        "failed": form is not None,
        "may": may,
        "tab": "gate",
    }
    return render(request, "gates/waivers.html", context, status=422 if form is not None else 200)


def _forms(pk, failed_on=None, form=None):
    """The form to decide and the form to revoke, with what was typed where one has failed."""
    failed = form if pk == failed_on else None
    decision = failed if isinstance(failed, DecisionNoteForm) else DecisionNoteForm(auto_id=_ids(pk, "note"))
    revocation = failed if isinstance(failed, RevocationForm) else RevocationForm(auto_id=_ids(pk, "revoke"))
    return decision, revocation


def _ids(pk: int, what: str) -> str:
    return f"{what}_{pk}_%s"  # several such forms stand on one page


@login_required
def waiver_ask(request, key, gate_key, criterion_key):
    pilot = find_pilot(request, key)
    gate = _find_gate(pilot, gate_key)
    criteria = Assessment.objects.filter(gate=gate).select_related("criterion", "responsible")
    assessment = get_object_or_404(criteria, criterion__key=criterion_key)
    require(request.user, Permission.ASK_WAIVER, pilot=pilot, named=assessment.responsible_id)

    today = timezone.localdate()
    form = AskForm(request.POST or None, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            waiver = actions.ask_waiver(assessment=assessment, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            messages.success(request, "The waiver is asked for. Whoever may approve it is told.")
            return redirect(_place(gate, waiver))
    failed = request.method == "POST"
    may = granted(request.user, pilot=pilot, named=assessment.responsible_id)
    context = {
        "pilot": pilot,
        "gate": gate,
        "assessment": assessment,
        "panel": panel_of(assessment, gate, reader=request.user, may=may, today=today),
        "form": form,
        "failed": failed,
        "may": may,
        "tab": "gate",
    }
    return render(request, "gates/waiver_form.html", context, status=422 if failed else 200)


def _find(request, pk) -> Waiver:
    waivers = Waiver.objects.visible_to(request.user).select_related(
        "assessment__gate__definition", "assessment__gate__pilot__programme",
        "assessment__gate__pilot__owner", "assessment__gate__pilot__sponsor",
    )  # fmt: skip
    return get_object_or_404(waivers, pk=pk)


def _place(gate: Gate, waiver: Waiver) -> str:
    return f"{reverse('gates:waivers', args=[gate.pilot.key, gate.definition.key])}#waiver-{waiver.pk}"


@login_required
@require_POST
def waiver_approve(request, pk):
    waiver = _find(request, pk)
    require(request.user, Permission.APPROVE_WAIVER, pilot=waiver.assessment.gate.pilot)

    form = DecisionNoteForm(request.POST, auto_id=_ids(pk, "note"))
    return _act(request, waiver, form, actions.approve_waiver, "The criterion is waived.")


@login_required
@require_POST
def waiver_refuse(request, pk):
    waiver = _find(request, pk)
    require(request.user, Permission.APPROVE_WAIVER, pilot=waiver.assessment.gate.pilot)

    form = DecisionNoteForm(request.POST, auto_id=_ids(pk, "note"))
    form.fields["note"].required = True
    form.fields["note"].error_messages["required"] = "Say why the waiver is refused."
    return _act(request, waiver, form, actions.refuse_waiver, "The waiver is refused.")


@login_required
@require_POST
def waiver_revoke(request, pk):
    waiver = _find(request, pk)
    require(request.user, Permission.APPROVE_WAIVER, pilot=waiver.assessment.gate.pilot)

    form = RevocationForm(request.POST, auto_id=_ids(pk, "revoke"))
    said = "The waiver is revoked; the criterion stands as it did before."
    return _act(request, waiver, form, actions.revoke_waiver, said)


def _act(request, waiver, form, act, said):
    """One action on one waiver, or the page of its gate again with what was typed and why not."""
    gate = waiver.assessment.gate
    if form.is_valid():
        try:
            act(waiver=waiver, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            messages.success(request, said)
            return redirect(_place(gate, waiver))
    return _gate_page(request, gate, waiver.pk, form)


@login_required
@require_POST
def waiver_withdraw(request, pk):
    waiver = _find(request, pk)
    if waiver.asked_by_id != request.user.pk:
        raise PermissionDenied("Only the person who asked for a waiver can withdraw it.")

    try:
        actions.withdraw_waiver(waiver=waiver, by=request.user)
    except RuleViolation as violation:
        messages.error(request, " ".join(violation.reasons))
    else:
        messages.success(request, "The waiver is no longer asked for.")
    return redirect(_place(waiver.assessment.gate, waiver))


@login_required
@require_safe
def all_waivers(request):
    form = WaiverFilterForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}

    choice = WaiverChoice(**{name: value for name, value in asked.items() if value})
    today = timezone.localdate()
    found = waivers_seen(request.user, choice, today=today)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": lines(page, today=today),
        "form": form,
        "choice": choice,
    }
    return render(request, "gates/all_waivers.html", context)
