"""The editor of a draft: its phases, their gates, the criteria. Every form works without JavaScript."""

from dataclasses import replace
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from gates.playbooks import editing
from gates.playbooks.complaints import sentences
from gates.playbooks.drafting import EditedMeanwhile, edit_draft
from gates.playbooks.forms import CriterionForm, PhaseForm, PlaybookForm, typed_playbook
from gates.playbooks.queries import published_version, under_way
from gates.playbooks.schema import PlaybookError, parse
from gates.playbooks.views.drafts import read_or_send
from gates.playbooks.views.finding import KNOWN_CHECKS, find_draft
from pilots.rules import RuleViolation

STEPS = {"up": editing.UP, "down": editing.DOWN}
LETTERS = {
    "value": "V",
    "data": "D",
    "technical": "T",
    "operational": "O",
    "organisational": "C",
    "risk": "R",
    "finance": "F",
}


def _read(request, key, number):
    """The draft and what it says; what it says is None when only its text can be edited."""
    draft = find_draft(request, key, number)
    try:
        return draft, parse(draft.source, known_checks=KNOWN_CHECKS, unfinished=True)
    except PlaybookError:
        return draft, None


def _to_text(draft):
    return redirect("gates:playbook_text", draft.playbook.key, draft.number)


def _found(view):
    """What an address names may be gone; who was just changing it is told so and keeps the draft in view."""

    @wraps(view)
    def finding(request, key, number, **named):
        try:
            return view(request, key, number, **named)
        except editing.NotThere:
            if request.method != "POST":
                raise Http404 from None
        messages.error(request, "This is no longer in the draft, or has another key by now.")
        return redirect("gates:playbook_edit", key, number)

    return finding


@login_required
@require_safe
def editor(request, key, number):
    draft, playbook = _read(request, key, number)

    return _to_text(draft) if playbook is None else _show(request, draft, playbook)


def _show(request, draft, playbook, *, refused=(), status=200):
    context = {
        "draft": draft,
        "playbook": playbook,
        "published": published_version(draft.playbook),
        "under_way": under_way(draft.playbook),
        "blockers": editing.publishing_blockers(playbook),
        "refused": refused,
        "at": request.GET.get("at", ""),
    }
    return render(request, "gates/playbook_edit.html", context, status=status)


@login_required
@require_POST
def arrange(request, key, number):
    """Moves a phase or criterion one place, or removes it."""
    draft, playbook = _read(request, key, number)
    if playbook is None:
        return _to_text(draft)

    do, phase, criterion = (request.POST.get(name, "") for name in ("do", "phase", "criterion"))
    try:
        after = _arranged(playbook, do, phase, criterion)
        edit_draft(
            draft=draft,
            after=after,
            seen=request.POST.get("seen", ""),
            known_checks=KNOWN_CHECKS,
            by=request.user,
        )
    except (editing.NotThere, EditedMeanwhile):
        reasons = EditedMeanwhile().reasons
        return _show(request, draft, playbook, refused=reasons, status=409)
    except PlaybookError as error:
        return _show(request, draft, playbook, refused=sentences(error, after), status=422)
    except RuleViolation as violation:
        return _show(request, draft, playbook, refused=violation.reasons, status=409)
    messages.success(request, {"up": "Moved up.", "down": "Moved down."}.get(do, "Removed."))
    here = f"{phase}.{criterion}" if criterion else phase
    address = reverse("gates:playbook_edit", args=[key, number])
    return redirect(f"{address}?at={here}.{do}#at-{here}" if do in STEPS else address)


def _arranged(playbook, do, phase, criterion):
    if do in STEPS and criterion:
        return editing.move_criterion(playbook, phase, criterion, STEPS[do])
    if do in STEPS:
        return editing.move_phase(playbook, phase, STEPS[do])
    if do == "remove" and criterion:
        return editing.remove_criterion(playbook, phase, criterion)
    if do == "remove":
        return editing.remove_phase(playbook, phase)
    raise Http404


@login_required
@read_or_send
def facts(request, key, number):
    draft, playbook = _read(request, key, number)
    if playbook is None:
        return _to_text(draft)

    typed = typed_playbook(playbook)
    form = PlaybookForm(request.POST or None, initial=typed)

    def change():
        said = form.cleaned_data
        return replace(playbook, name=said["name"], description=said["description"])

    context = {"heading": "Name and description", "back": "", "typed": typed}
    return _form(request, draft, form, change, "", "gates/playbook_facts.html", context)


def _form(request, draft, form, change, prefix, template, context):
    """Shows a form of the editor, or saves what it says: `change` makes the playbook that it stands for."""
    if request.method == "POST" and form.is_valid():
        try:
            edit_draft(
                draft=draft,
                after=change(),
                seen=request.POST.get("seen", ""),
                known_checks=KNOWN_CHECKS,
                by=request.user,
            )
        except EditedMeanwhile:
            return _edited_meanwhile(request, draft, form, template, context)
        except PlaybookError as error:
            form.complain(error, prefix)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            messages.success(request, "Saved.")
            address = reverse("gates:playbook_edit", args=[draft.playbook.key, draft.number])
            return redirect(address + context["back"])
    failed = bool(form.errors)
    context |= {"form": form, "draft": draft, "failed": failed}
    context["seen"] = request.POST.get("seen", draft.digest)
    return render(request, template, context, status=422 if failed else 200)


def _edited_meanwhile(request, draft, form, template, context):
    """What is in the draft by now beside what was typed; saving once more keeps what was typed."""
    differing = form.differing(context["typed"]) if context["typed"] else []
    context |= {"form": form, "draft": draft, "meanwhile": True, "differing": differing}
    context["seen"] = draft.digest
    return render(request, template, context, status=409)


@login_required
@read_or_send
def phase_new(request, key, number):
    draft, playbook = _read(request, key, number)
    if playbook is None:
        return _to_text(draft)

    gate_key = editing.free_key([phase.gate.key for phase in playbook.phases], "G")
    typed = {"gate_key": gate_key, "quorum": "all", "score_threshold": 80, "floor_threshold": 50}
    form = PhaseForm(request.POST or None, initial=typed | {"typical_days": 60})
    context: dict = {"heading": "New phase", "back": "#phases", "typed": {}, "phase": None}
    return _form(
        request,
        draft,
        form,
        lambda: editing.add_phase(playbook, form.spec()),
        f"phases[{editing.place_of_new_phase(playbook)}].",
        "gates/playbook_phase.html",
        context,
    )


@login_required
@read_or_send
@_found
def phase(request, key, number, phase_key):
    draft, playbook = _read(request, key, number)
    if playbook is None:
        return _to_text(draft)
    place, found = editing.find_phase(playbook, phase_key)

    typed = PhaseForm.typed(found)
    roles = len(found.gate.gatekeeper_roles)
    form = PhaseForm(request.POST or None, initial=typed, roles=roles)
    context = {"heading": f"Phase {found.name}", "back": f"#at-{phase_key}", "typed": typed, "phase": found}
    return _form(
        request,
        draft,
        form,
        lambda: editing.replace_phase(playbook, phase_key, form.spec(found.gate.criteria)),
        f"phases[{place}].",
        "gates/playbook_phase.html",
        context,
    )


@login_required
@read_or_send
@_found
def criterion_new(request, key, number, phase_key):
    draft, playbook = _read(request, key, number)
    if playbook is None:
        return _to_text(draft)
    place, found = editing.find_phase(playbook, phase_key)

    above = found.gate.criteria
    initial = _start_of_criterion(found.gate, request.GET.get("like", ""))
    form = CriterionForm(
        request.POST or None,
        initial=initial,
        checks=sorted(KNOWN_CHECKS),
        above=above,
    )
    context = _about_criterion(found, None) | {
        "heading": "New criterion",
        "back": f"#at-{phase_key}",
        "typed": {},
    }
    return _form(
        request,
        draft,
        form,
        lambda: editing.add_criterion(playbook, phase_key, form.spec()),
        f"phases[{place}].gate.criteria[{len(above)}].",
        "gates/playbook_criterion.html",
        context,
    )


def _start_of_criterion(gate, like):
    """What a new criterion begins with: a copy of the one of this key, or next to nothing."""
    taken = [criterion.key for criterion in gate.criteria]
    try:
        _, original = editing.find_criterion(gate, like)
    except editing.NotThere:
        return {"area": "value", "kind": "must_meet", "effort_days": 1}
    letter = LETTERS[original.area]
    return CriterionForm.typed(original) | {"key": editing.free_key(taken, letter)}


def _about_criterion(found, criterion):
    return {"phase": found, "criterion": criterion}


@login_required
@read_or_send
@_found
def criterion(request, key, number, phase_key, criterion_key):
    draft, playbook = _read(request, key, number)
    if playbook is None:
        return _to_text(draft)
    place, found = editing.find_phase(playbook, phase_key)
    row, original = editing.find_criterion(found.gate, criterion_key)

    typed = CriterionForm.typed(original)
    form = CriterionForm(
        request.POST or None,
        initial=typed,
        checks=sorted(KNOWN_CHECKS),
        above=found.gate.criteria[:row],
    )
    heading = f"{original.key} {original.title}"
    back = f"#at-{phase_key}.{criterion_key}"
    context = _about_criterion(found, original) | {"heading": heading, "back": back, "typed": typed}
    return _form(
        request,
        draft,
        form,
        lambda: editing.replace_criterion(playbook, phase_key, criterion_key, form.spec()),
        f"phases[{place}].gate.criteria[{row}].",
        "gates/playbook_criterion.html",
        context,
    )
