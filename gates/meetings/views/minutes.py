"""The minutes of a meeting: read through, sent, and afterwards only added to."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from gates.choices import MeetingState
from gates.meetings.actions import minutes as actions
from gates.meetings.forms import AdditionForm
from gates.meetings.queries import minutes_of, readers_of_minutes
from gates.meetings.views.doing import done, held_meeting
from gates.models import GateReview
from pilots.permissions import granted
from pilots.rules import RuleViolation


def minutes_page(request, review: GateReview, form: AdditionForm | None = None):
    """What is kept of a meeting that is over. A fixed number of queries."""
    minutes = minutes_of(review)
    may_lead = "hold_meeting" in (may := granted(request.user, programme=review.programme))
    held = review.state == MeetingState.HELD
    context = {
        "review": review,
        "minutes": minutes,
        "may": may,
        "may_lead": may_lead and held,
        "added_since": review.minutes_sent_at
        and minutes.added_at
        and minutes.added_at > review.minutes_sent_at,
        "form": form or AdditionForm(items=[entry.item for entry in minutes.entries]),
        "failed": form is not None,
    }
    return render(request, "gates/minutes.html", context, status=422 if form else 200)


@login_required
def send(request, pk):
    """To whom the minutes go, by name; then they go."""
    review = held_meeting(request, pk)

    people = readers_of_minutes(review)
    if request.method == "POST":
        count = "1 person" if len(people) == 1 else f"{len(people)} people"
        done(request, actions.send_minutes, f"The minutes go to {count}.", review=review)
        return redirect("gates:meeting", pk)
    return render(request, "gates/minutes_send.html", {"review": review, "people": people})


@login_required
@require_POST
def add(request, pk):
    review = held_meeting(request, pk)

    items = list(review.items.select_related("gate__pilot", "gate__definition"))
    form = AdditionForm(request.POST, items=items)
    if form.is_valid():
        try:
            actions.add_to_minutes(review=review, by=request.user, **form.facts)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            messages.success(request, "Added. Everybody sees that it was, by whom and when.")
            return redirect("gates:meeting", pk)
    return minutes_page(request, review, form)
