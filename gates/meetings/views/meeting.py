"""The page of one meeting, and its agenda while it is to come."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from gates.choices import MeetingState
from gates.meetings.actions import agenda
from gates.meetings.forms import TopicForm
from gates.meetings.queries import agenda_of, decided_elsewhere, times_of
from gates.meetings.views.doing import done, find_meeting, held_item, held_meeting
from gates.meetings.views.minutes import minutes_page
from gates.models import GateReview, Selection
from pilots.permissions import granted
from pilots.rules import RuleViolation


@login_required
@require_safe
def meeting(request, pk):
    """The agenda while the meeting is to come, the minutes once it is over."""
    review = find_meeting(request, pk)

    over = review.state in (MeetingState.HELD, MeetingState.CANCELLED)
    return minutes_page(request, review) if over else _agenda_page(request, review)


def _agenda_page(request, review: GateReview, form: TopicForm | None = None):
    items = agenda_of(review)
    context = {
        "review": review,
        "items": items,
        "elsewhere": decided_elsewhere(items),
        "attendees": list(review.attendees.select_related("person")),
        "times": times_of(review, len(items), now=timezone.now()),
        "may": granted(request.user, programme=review.programme),
        "back": _came_from(request),
        "form": form or TopicForm(),
        "failed": form is not None,
    }
    return render(request, "gates/agenda.html", context, status=422 if form else 200)


def _came_from(request) -> str:
    """The list in the portfolio from which the agenda was picked just now; blank without one."""
    pk = request.GET.get("selection", "")
    known = Selection.objects.of(request.user).filter(pk=int(pk) if pk.isdecimal() and len(pk) < 19 else 0)
    selection = known.first() if pk else None
    return f"{reverse('gates:portfolio')}?{selection.asked}" if selection else ""


@login_required
@require_POST
def topic(request, pk):
    review = held_meeting(request, pk)

    form = TopicForm(request.POST)
    if form.is_valid():
        try:
            agenda.add_to_agenda(review=review, topic=form.cleaned_data["topic"], by=request.user)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            return redirect("gates:meeting", pk)
    return _agenda_page(request, review, form)


@login_required
@require_POST
def item_move(request, pk, item_pk):
    item = held_item(request, pk, item_pk)

    places = -1 if request.POST.get("to") == "up" else 1
    done(request, agenda.move_item, item=item, by_places=places)
    return redirect(f"{reverse('gates:meeting', args=[pk])}#item-{item.pk}")


@login_required
@require_POST
def item_remove(request, pk, item_pk):
    item = held_item(request, pk, item_pk)

    done(request, agenda.remove_from_agenda, f"{item.title} is off the agenda.", item=item)
    return redirect("gates:meeting", pk)
