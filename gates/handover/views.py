"""Handing over: picking what goes to whom, looking at it, doing it, and undoing it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from gates.handover import actions
from gates.handover.forms import HandoverForm
from gates.handover.page import blocks, sorted_steps, sorted_things
from gates.handover.planning import forth
from gates.handover.queries import (
    handovers_seen,
    may_undo,
    people_to_hand_over,
    things_seen,
    tokens_ending_with,
    work_left,
    work_of,
)
from gates.handover.rules import UNDO_WITHIN, undo_blockers
from pilots.permissions import Permission, allows, granted, require
from pilots.rules import RuleViolation

SHOWN = 10  # handovers of before


@login_required
@require_safe
def own(request):
    return redirect("gates:hand_over", request.user.pk)


@login_required
def pick(request, pk):
    person = get_object_or_404(people_to_hand_over(request.user), pk=pk)
    require(request.user, Permission.HAND_OVER_WORK, named=person.pk)

    groups = work_of(person, by=request.user)
    form = HandoverForm(request.POST or None, person=person, by=request.user, groups=groups)
    if request.method == "POST" and form.is_valid():
        try:
            handover = actions.prepare_handover(
                person=person,
                things=form.picked,
                receivers=form.receivers,
                note=form.cleaned_data["note"],
                by=request.user,
            )
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            return redirect("gates:handover", handover.pk)
    failed = request.method == "POST"
    context = {
        "person": person,
        "own": person.pk == request.user.pk,
        "form": form,
        "failed": failed,
        "blocks": blocks(form, groups),
        "tokens": tokens_ending_with(person, now=timezone.now()),
        "before": handovers_seen(request.user).filter(person=person, done_at__isnull=False)[:SHOWN],
        "left": work_left(person),
        "may": granted(request.user),
    }
    return render(request, "gates/hand_over.html", context, status=422 if failed else 200)


@login_required
@require_safe
def handover_page(request, pk):
    return _show(request, get_object_or_404(handovers_seen(request.user), pk=pk))


def _show(request, handover, reasons=()):
    things = things_seen(handover, request.user)
    context = {"handover": handover, "reasons": reasons, "failed": bool(reasons), "count": len(things)}
    if handover.done_at is None:
        context["moves"], context["stays"] = sorted_steps(forth(things, handover.person, by=handover.by))
        context["moving"] = sum(len(lines.things) for lines in context["moves"])
        template = "gates/handover_preview.html"
    else:
        context["moved"], context["back"], context["stays"] = sorted_things(things)
        context |= _undoing(request, handover)
        template = "gates/handover.html"
    return render(request, template, context, status=422 if reasons else 200)


def _undoing(request, handover) -> dict:
    blockers = undo_blockers(
        done_at=handover.done_at,
        undone=handover.undone_at is not None,
        holder_has_left=not handover.person.is_active,
        holder=str(handover.person),
        now=timezone.now(),
    )
    leaves = allows(request.user, Permission.MANAGE_PEOPLE) and handover.person_id != request.user.pk
    return {
        "undo": not blockers and may_undo(handover, request.user),
        "undo_until": handover.done_at + UNDO_WITHIN,
        "may_leave": leaves and handover.person.is_active,
    }


@login_required
@require_POST
def confirm(request, pk):
    handover = get_object_or_404(handovers_seen(request.user), pk=pk, by=request.user)
    require(request.user, Permission.HAND_OVER_WORK, named=handover.person_id)

    try:
        actions.hand_over(handover=handover, by=request.user)
    except RuleViolation as violation:
        return _show(request, handover, violation.reasons)
    messages.success(request, "Handed over. Whoever takes it over gets one mail.")
    return redirect("gates:handover", handover.pk)


@login_required
@require_POST
def undo(request, pk):
    handover = get_object_or_404(handovers_seen(request.user), pk=pk)
    if not may_undo(handover, request.user):
        raise PermissionDenied(f"Your role does not allow you to {Permission.HAND_OVER_WORK}.")

    try:
        actions.undo_handover(handover=handover, by=request.user)
    except RuleViolation as violation:
        return _show(request, handover, violation.reasons)
    messages.success(request, f"Undone. {handover.person} holds again what had not moved on.")
    return redirect("gates:handover", handover.pk)
