"""Meeting mode: one item on everybody's screen, votes, and the decision recorded in front of all.

Who presents turns the item for everybody; who follows asks every few seconds where the meeting is. All
of it works by keyboard, and without JavaScript by reloading.
"""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from gates.choices import MeetingState
from gates.decisions.footing import may_override
from gates.decisions.forms import DecisionForm, one_row_more
from gates.decisions.views import confirm_context, decision_context
from gates.meetings.actions import sitting
from gates.meetings.forms import RemarkForm, VoteForm
from gates.meetings.queries import agenda_of, is_invited, next_open, sitting_gate, standing_of, times_of
from gates.meetings.views.planning import find_item, find_meeting
from gates.models import AgendaItem, GateReview, Vote
from pilots.permissions import Permission, allows, granted, require
from pilots.rules import RuleViolation


@login_required
@require_safe
def follow(request, pk):
    """To the item that is on everybody's screen."""
    review = find_meeting(request, pk)

    if review.state != MeetingState.RUNNING or review.current is None:
        return redirect("gates:meeting", pk)
    return redirect("gates:meeting_run", pk, review.current.position)


def _page(request, review: GateReview, position: int, *, status=200, form=None, vote_form=None):
    """One item in meeting mode. A fixed number of queries, however long the agenda."""
    items = agenda_of(review)
    item = next((item for item in items if item.position == position), None)
    if item is None:
        raise Http404
    gate = sitting_gate(item)
    may = granted(request.user, pilot=gate.pilot)
    vote = next((vote for vote in item.votes.all() if vote.person_id == request.user.pk), None)
    attendees = list(review.attendees.select_related("person"))
    is_open = item.decision_id is None and gate.pilot.owner_id != request.user.pk
    context = decision_context(request, gate, form or _blank(request, gate)()) | {
        "review": review,
        "items": items,
        "item": item,
        "standing": standing_of(item),
        "times": times_of(review, len(items)),
        "before": items[position - 2] if position > 1 else None,
        "after": items[position] if position < len(items) else None,
        "presents": "hold_meeting" in may,
        "attendees": attendees,
        "decides": is_open and "decide_gate" in may,
        "votes": is_open and any(one.person_id == request.user.pk for one in attendees),
        "vote_form": vote_form or VoteForm(initial=_as_voted(vote)),
        "remark_form": RemarkForm(initial={"text": item.remark}),
        "may": may,
    }
    return render(request, "gates/sitting.html", context, status=status)


def _as_voted(vote: Vote | None) -> dict[str, str]:
    return {"outcome": vote.outcome, "comment": vote.comment} if vote else {}


@login_required
def run(request, pk, position):
    review = find_meeting(request, pk)
    if review.state != MeetingState.RUNNING:
        return redirect("gates:meeting", pk)
    if request.method == "POST":
        return _decide(request, review, position)
    return _page(request, review, position)


def _decide(request, review, position):
    """The decision on this item: first everything in one sentence, then recorded, then the next item."""
    item = _item_at(request, review, position)
    gate = sitting_gate(item)
    require(request.user, Permission.DECIDE_GATE, pilot=gate.pilot)
    if "add" in request.POST or "change" in request.POST:
        typed = one_row_more(request.POST) if "add" in request.POST else request.POST.dict()
        return _page(request, review, position, form=_blank(request, gate)(initial=typed))
    form = _blank(request, gate)(request.POST)
    if form.is_valid():
        try:
            if "confirm" not in request.POST:
                context = confirm_context(request, gate, form) | {"review": review, "item": item}
                return render(request, "gates/sitting_confirm.html", context)
            decision = sitting.decide_item(item=item, by=request.user, **form.facts)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            messages.success(request, f"Recorded: {decision.get_outcome_display()}, {gate.pilot.title}.")
            return _go_on(request, review, item)
    return _page(request, review, position, form=form, status=422)


def _blank(request, gate):
    return partial(DecisionForm, gate=gate, may_override=may_override(request.user, gate))


def _item_at(request, review, position) -> AgendaItem:
    item = AgendaItem.objects.filter(review=review, position=position).first()
    if item is None:
        raise Http404
    return find_item(request, review.pk, item.pk)


def _go_on(request, review, item):
    """To the next item that is open; who presents takes everybody along."""
    following = next_open(review, after=item)
    if following is None:
        return redirect("gates:meeting_run", review.pk, item.position)
    if allows(request.user, Permission.HOLD_MEETING, programme=review.programme):
        sitting.show_item(item=following)
    return redirect("gates:meeting_run", review.pk, following.position)


@login_required
@require_safe
def now(request, pk):
    """Where the meeting is, for those who follow: the votes, and the item that is shown."""
    review = find_meeting(request, pk)

    items = agenda_of(review)
    here = next((item for item in items if str(item.pk) == request.GET.get("at")), None)
    context = {
        "review": review,
        "item": here,
        "standing": standing_of(here) if here else None,
        "elsewhere": review.current if here and review.current_id != here.pk else None,
        "now": timezone.now(),
    }
    over = review.state != MeetingState.RUNNING
    return render(request, "gates/_sitting_now.html", context, status=286 if over else 200)


@login_required
@require_POST
def show(request, pk, item_pk):
    item = find_item(request, pk, item_pk)
    require(request.user, Permission.HOLD_MEETING, programme=item.review.programme)
    try:
        sitting.show_item(item=item)
    except RuleViolation as violation:
        messages.error(request, " ".join(violation.reasons))
    return redirect("gates:meeting_run", pk, item.position)


@login_required
@require_POST
def vote(request, pk, item_pk):
    item = find_item(request, pk, item_pk)
    if not is_invited(request.user, item.review):
        raise PermissionDenied("Only who is invited to the meeting votes in it.")

    form = VoteForm(request.POST)
    if form.is_valid():
        try:
            cast = sitting.cast_vote(item=item, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            messages.success(request, f"Your vote: {cast.get_outcome_display()}.")
            return redirect("gates:meeting_run", pk, item.position)
    if item.review.state != MeetingState.RUNNING:
        messages.error(request, " ".join(str(error) for error in form.non_field_errors()))
        return redirect("gates:meeting", pk)
    return _page(request, item.review, item.position, vote_form=form, status=422)


@login_required
@require_POST
def remark(request, pk, item_pk):
    item = find_item(request, pk, item_pk)
    require(request.user, Permission.HOLD_MEETING, programme=item.review.programme)

    form = RemarkForm(request.POST)
    if form.is_valid():
        return _say(request, item, sitting.remark, "Kept for the minutes.", text=form.cleaned_data["text"])
    messages.error(request, " ".join(form.errors.as_text().split()))
    return redirect("gates:meeting_run", pk, item.position)


@login_required
@require_POST
def park(request, pk, item_pk):
    item = find_item(request, pk, item_pk)
    require(request.user, Permission.HOLD_MEETING, programme=item.review.programme)

    try:
        sitting.park(item=item, by=request.user)
    except RuleViolation as violation:
        messages.error(request, " ".join(violation.reasons))
        return redirect("gates:meeting_run", pk, item.position)
    return _go_on(request, item.review, item)


def _say(request, item, action, said, **arguments):
    try:
        action(item=item, by=request.user, **arguments)
    except RuleViolation as violation:
        messages.error(request, " ".join(violation.reasons))
    else:
        messages.success(request, said)
    return redirect("gates:meeting_run", item.review_id, item.position)


@login_required
@require_POST
def attendance(request, pk):
    review = find_meeting(request, pk)
    require(request.user, Permission.HOLD_MEETING, programme=review.programme)

    present = [int(one) for one in request.POST.getlist("present") if one.isdecimal() and len(one) < 19]
    try:
        sitting.take_attendance(review=review, present=present, by=request.user)
    except RuleViolation as violation:
        messages.error(request, " ".join(violation.reasons))
    else:
        messages.success(request, "Who is here is written down.")
    return redirect(reverse("gates:meeting_follow", args=[pk]))
