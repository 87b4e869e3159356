"""The pages of a review: asking for it, reading as a reviewer, feedback and its answers, sending back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from gates.checklist.queries import checklist
from gates.evidence.queries import evidence_of
from gates.feedback.actions import answer_feedback, give_feedback
from gates.feedback.queries import feedback_of
from gates.journey.actions import request_review
from gates.journey.finding import find_gate
from gates.journey.queries import checklist_of
from gates.models import Feedback
from gates.review import actions
from gates.review.forms import AnswerForm, FeedbackForm, RequestForm, SendBackForm
from gates.review.queries import is_seated, reading_of, review_rows, shown, told_of_request
from gates.review.turns import reviews_of, signed_by
from gates.rules import comment_blockers, feedback_blockers
from pilots.permissions import Permission, allows, granted, require
from pilots.rules import RuleViolation

PAGE_SIZE = 50
SIGNED_SHOWN = 10  # below what waits for this person, before they ask for all of them


@login_required
@require_safe
def reviews(request):
    """The gates at which this person has to sign or decide, then those signed that wait for others.

    `?show=signed` shows only the latter, all of them.
    """
    user, today, number = request.user, timezone.localdate(), request.GET.get("page")
    only_signed = request.GET.get("show") == "signed"
    signed = Paginator(shown(signed_by(user, today=today)), PAGE_SIZE if only_signed else SIGNED_SHOWN)
    signed_page = signed.get_page(number if only_signed else 1)
    page = (
        None if only_signed else Paginator(shown(reviews_of(user, today=today)), PAGE_SIZE).get_page(number)
    )
    rows = review_rows([*(page or ()), *signed_page], user, today=today)
    count = len(page) if page else 0
    context = {
        "page": page,
        "rows": rows[:count],
        "signed_page": signed_page,
        "signed_rows": rows[count:],
    }
    return render(request, "gates/reviews.html", context)


@login_required
def review(request, key, gate_key):
    """First what is open and who will be told, then the request itself."""
    gate = find_gate(request, key, gate_key)
    require(request.user, Permission.REQUEST_REVIEW, pilot=gate.pilot)

    form = RequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            request_review(gate=gate, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            messages.error(request, " ".join(violation.reasons))
        else:
            messages.success(request, "The gatekeepers have been asked for a decision.")
        return _to_gate(gate)
    page = checklist(gate, checklist_of(gate), reader=request.user, today=timezone.localdate())
    context = {"form": form, "page": page, "told": told_of_request(gate, today=timezone.localdate())}
    return _shown(request, "gates/review.html", gate, context)


@login_required
@require_POST
def withdraw(request, key, gate_key):
    gate = find_gate(request, key, gate_key)
    require(request.user, Permission.REQUEST_REVIEW, pilot=gate.pilot)

    try:
        actions.withdraw_review(gate=gate, by=request.user)
    except RuleViolation as violation:
        messages.error(request, " ".join(violation.reasons))
    else:
        messages.success(request, "The request is withdrawn. The gate is open again.")
    return _to_gate(gate)


@login_required
def send_back(request, key, gate_key):
    gate = find_gate(request, key, gate_key)
    _require_at_gate(request.user, Permission.SEND_BACK, gate)

    form = SendBackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.send_back(gate=gate, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            messages.success(request, "Sent back. The owner is told why.")
            return _to_gate(gate)
    return _shown(request, "gates/send_back.html", gate, {"form": form})


@login_required
@require_safe
def reading(request, key, gate_key):
    """On to the first criterion this reviewer has said nothing of, or to the end."""
    gate = find_gate(request, key, gate_key)
    _require_at_gate(request.user, Permission.GIVE_FEEDBACK, gate)

    following = reading_of(checklist_of(gate), feedback_of(gate), request.user).first_open
    return _to_item(gate, following)


@login_required
def review_criterion(request, key, gate_key, criterion_key):
    """One criterion with its evidence beside the feedback form."""
    gate = find_gate(request, key, gate_key)
    _require_at_gate(request.user, Permission.GIVE_FEEDBACK, gate)

    feedback, assessments = feedback_of(gate), checklist_of(gate)
    way = reading_of(assessments, feedback, request.user)
    item = next((one for one in way.items if one.key == criterion_key), None)
    if item is None:
        raise Http404
    before, after = way.around(criterion_key)
    form = _feedback_form(request, gate, item.said, item.assessment)
    if form is None:
        return _to_item(gate, after)
    today = timezone.localdate()
    evidence = evidence_of(gate, today=today)
    page = checklist(gate, assessments, reader=request.user, today=today, evidence=evidence)
    context = {
        "form": form,
        "row": next(row for row in page.rows if row.pk == item.assessment.pk),
        "remarks": feedback.on(item.assessment.pk),
        "way": way,
        "place": way.place(criterion_key),
        "before": before,
        "after": after,
        "said": item.said,
    }
    return _shown(request, "gates/review_criterion.html", gate, context)


@login_required
def review_end(request, key, gate_key):
    """What this reviewer said of each criterion, a word on the gate as a whole, and what to do next."""
    gate = find_gate(request, key, gate_key)
    _require_at_gate(request.user, Permission.GIVE_FEEDBACK, gate)

    feedback = feedback_of(gate)
    form = _feedback_form(request, gate, feedback.by(request.user.pk).get(None), None)
    if form is None:
        messages.success(request, "Your feedback on the gate is kept.")
        return redirect("gates:review_end", gate.pilot.key, gate.definition.key)
    context = {
        "form": form,
        "way": reading_of(checklist_of(gate), feedback, request.user),
        "remarks": feedback.on_the_whole,
        "said": feedback.by(request.user.pk).get(None),
        "signs": is_seated(request.user, gate, today=timezone.localdate()),
        "may_send_back": _allowed_at_gate(request.user, Permission.SEND_BACK, gate),
    }
    return _shown(request, "gates/review_end.html", gate, context)


def _feedback_form(request, gate, said, assessment) -> FeedbackForm | None:
    """The form to show, filled with what was `said` before; None once what was sent is kept."""
    initial = {"level": said.level, "comment": said.comment} if said else {}
    form = FeedbackForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method != "POST" or not form.is_valid():
        return form
    for sentence in comment_blockers(**form.cleaned_data):
        form.add_error("comment", sentence)
    if form.is_valid():
        try:
            give_feedback(gate=gate, assessment=assessment, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            return None
    return form


@login_required
def answer(request, pk):
    """Answer a piece of feedback."""
    seen = Feedback.objects.visible_to(request.user).filter(answers=None)
    feedback = get_object_or_404(
        seen.select_related("gate__pilot__programme", "gate__definition", "assessment__criterion", "by"),
        pk=pk,
    )
    gate = feedback.gate
    named = feedback.assessment.responsible_id if feedback.assessment else None
    require(request.user, Permission.FILL_IN_GATE, pilot=gate.pilot, named=named)

    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            answer_feedback(feedback=feedback, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            messages.success(request, "Your answer is kept beside the feedback.")
            return _to_gate(gate)
    return _shown(request, "gates/answer_form.html", gate, {"form": form, "feedback": feedback})


def _allowed_at_gate(user, permission, gate) -> bool:
    """Asks who is seated only where the roles alone do not allow it."""
    if allows(user, permission, pilot=gate.pilot):
        return True
    seated = is_seated(user, gate, today=timezone.localdate())
    return allows(user, permission, pilot=gate.pilot, seated=seated)


def _require_at_gate(user, permission, gate) -> None:
    require(user, permission, pilot=gate.pilot, seated=_allowed_at_gate(user, permission, gate))


def _to_gate(gate):
    return redirect("gates:gate", gate.pilot.key, gate.definition.key)


def _to_item(gate, item):
    place = [gate.pilot.key, gate.definition.key]
    if item is None:
        return redirect("gates:review_end", *place)
    return redirect("gates:review_criterion", *place, item.key)


def _shown(request, template, gate, context):
    failed = request.method == "POST"
    refused = feedback_blockers(gate_status=gate.status, owns_pilot=gate.pilot.owner_id == request.user.pk)
    context |= {"gate": gate, "pilot": gate.pilot, "tab": "gate", "failed": failed, "refused": refused}
    context["may"] = granted(request.user, pilot=gate.pilot)
    return render(request, template, context, status=422 if failed else 200)
