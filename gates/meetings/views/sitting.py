"""Meeting mode: one item on everybody's screen, votes, and the decision recorded in front of all.

One person presents and turns the item for everybody; who follows asks every few seconds where the meeting
is, may look at another item on purpose, and goes along again from the item that is shown. All of it works
by keyboard, and without JavaScript by reloading.
"""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from gates.choices import MeetingState
from gates.decisions.footing import may_override
from gates.decisions.forms import DecisionForm, one_row_more
from gates.decisions.views import confirm_context, decision_context
from gates.meetings.actions import sitting
from gates.meetings.forms import RemarkForm, VoteForm
from gates.meetings.queries import (
    agenda_of,
    is_invited,
    look_of,
    owed_by,
    promised_in,
    sitting_gate,
    standing_of,
    times_of,
)
from gates.meetings.views.doing import done, find_item, find_meeting, held_item, held_meeting
from gates.models import AgendaItem, Attendee, GateReview, Vote
from pilots.permissions import Permission, allows, granted, require
from pilots.rules import RuleViolation

STOP_ASKING = 286  # htmx then polls no more


@login_required
@require_safe
def follow(request, pk):
    """To the item that is on everybody's screen."""
    return _to_shown(find_meeting(request, pk))


def _to_shown(review: GateReview):
    if review.state != MeetingState.RUNNING or review.current is None:
        return redirect("gates:meeting", review.pk)
    return redirect("gates:meeting_run", review.pk, review.current.position)


def _page(request, review: GateReview, position: int, *, status=200, form=None, vote_form=None):
    """One item in meeting mode. A fixed number of queries, however long the agenda."""
    items = agenda_of(review)
    item = next((item for item in items if item.position == position), None)
    if item is None:
        raise Http404
    may = granted(request.user, programme=review.programme)
    context = _look(request, review, items, item) | {
        "before": items[position - 2] if position > 1 else None,
        "after": items[position] if position < len(items) else None,
        "attendees": list(review.attendees.select_related("person")),
        "remark_form": RemarkForm(initial={"text": item.remark}),
        "may_lead": "hold_meeting" in may,
        "may": may,
    }
    if item.gate is None:
        return render(request, "gates/sitting_topic.html", context, status=status)
    context |= _gate_context(request, item, context["attendees"], form, vote_form)
    return render(request, "gates/sitting_gate.html", context, status=status)


def _gate_context(request, item: AgendaItem, attendees: list[Attendee], form, vote_form) -> dict:
    """What is shown of the gate that an item is about, with the forms to vote and decide."""
    gate = sitting_gate(item)
    vote = next((vote for vote in item.votes.all() if vote.person_id == request.user.pk), None)
    is_open = item.decision_id is None and gate.pilot.owner_id != request.user.pk
    context = decision_context(request, gate, form or _blank(request, gate)())
    return context | {
        "decides": is_open and "decide_gate" in context["may"],
        "votes": is_open and any(one.person_id == request.user.pk for one in attendees),
        "vote_form": vote_form or VoteForm(initial=_as_voted(vote)),
        "vote": vote,
        "owed": owed_by(gate.pilot),
        "today": timezone.localdate(),
    }


def _look(request, review: GateReview, items: list[AgendaItem], item: AgendaItem) -> dict:
    """What changes while somebody looks at an item: where the meeting is, votes, what is done. No query."""
    may_present = allows(request.user, Permission.HOLD_MEETING, programme=review.programme)
    presents = may_present and review.presenter_id in (None, request.user.pk)
    return {
        "review": review,
        "items": items,
        "item": item,
        "standing": standing_of(item),
        "times": times_of(review, len(items), now=timezone.now()),
        "promised": promised_in(items),
        "shown": next((one for one in items if one.pk == review.current_id), None),
        "all_done": all(one.is_done for one in items if one.gate),
        "presents": presents,
        "may_present": may_present and not presents,
        "look": look_of(review, items, item),
    }


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
    item = find_item(request, review.pk, position=position, gate__isnull=False)
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
            messages.success(request, f"Recorded: {decision.get_outcome_display()}, {item.title}.")
            return _go_on(review)
    return _page(request, review, position, form=form, status=422)


def _blank(request, gate):
    return partial(DecisionForm, gate=gate, may_override=may_override(request.user, gate))


def _go_on(review: GateReview):
    """To where the meeting is by now."""
    review.refresh_from_db(fields=["current"])
    return _to_shown(review)


@login_required
@require_safe
def now(request, pk):
    """Where the meeting is, for those who follow; nothing while it is as they know it."""
    review = find_meeting(request, pk)

    items = agenda_of(review)
    here = next((item for item in items if str(item.pk) == request.GET.get("at")), None)
    if review.state != MeetingState.RUNNING or here is None:
        return render(request, "gates/_sitting_over.html", {"review": review}, status=STOP_ASKING)
    context = _look(request, review, items, here) | {"oob": True}
    if context["look"] == request.GET.get("look"):
        return HttpResponse(status=204)
    return render(request, "gates/_sitting_now.html", context)


@login_required
@require_POST
def present(request, pk):
    review = held_meeting(request, pk)

    done(request, sitting.present, "You present: everybody follows you now.", review=review)
    return redirect("gates:meeting_follow", pk)


@login_required
@require_POST
def show(request, pk, item_pk):
    item = held_item(request, pk, item_pk)

    done(request, sitting.show_item, item=item)
    return redirect("gates:meeting_run", pk, item.position)


@login_required
@require_POST
def vote(request, pk, item_pk):
    item = find_item(request, pk, pk=item_pk, gate__isnull=False)
    if not is_invited(request.user, item.review):
        raise PermissionDenied("Only who is invited to the meeting votes in it.")

    form, cast = VoteForm(request.POST), None
    if form.is_valid():
        try:
            cast = sitting.cast_vote(item=item, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
    if request.htmx:
        return _vote_card(request, item, form, cast)
    if cast is not None:
        messages.success(request, f"Your vote: {cast.get_outcome_display()}.")
        return redirect("gates:meeting_run", pk, item.position)
    if item.review.state != MeetingState.RUNNING:
        messages.error(request, " ".join(str(error) for error in form.non_field_errors()))
        return redirect("gates:meeting", pk)
    return _page(request, item.review, item.position, status=422, vote_form=form)


def _vote_card(request, item: AgendaItem, form: VoteForm, cast: Vote | None):
    """The answer to a vote sent in the background: the rest of the page stays, with what is typed there."""
    context = {"review": item.review, "item": item, "vote_form": form, "vote": cast, "failed": cast is None}
    context["decides"] = allows(request.user, Permission.DECIDE_GATE, programme=item.review.programme)
    context["said"] = f"Your vote: {cast.get_outcome_display()}." if cast else ""
    return render(request, "gates/_sitting_vote.html", context, status=200 if cast else 422)


@login_required
@require_POST
def remark(request, pk, item_pk):
    item = held_item(request, pk, item_pk)

    form = RemarkForm(request.POST)
    if form.is_valid():
        done(request, sitting.remark, "Kept for the minutes.", item=item, text=form.cleaned_data["text"])
    else:
        messages.error(request, " ".join(form.errors.as_text().split()))
    return redirect("gates:meeting_run", pk, item.position)


@login_required
@require_POST
def park(request, pk, item_pk):
    item = held_item(request, pk, item_pk)

    if done(request, sitting.park, item=item):
        return _go_on(item.review)
    return redirect("gates:meeting_run", pk, item.position)


@login_required
@require_POST
def attendance(request, pk):
    review = held_meeting(request, pk)

    present = [int(one) for one in request.POST.getlist("present") if one.isdecimal() and len(one) < 19]
    done(request, sitting.take_attendance, "Who is here is written down.", review=review, present=present)
    return redirect("gates:meeting_follow", pk)
