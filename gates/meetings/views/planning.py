"""Gate meetings in the browser: the list, changing one, the invitation, its beginning and end."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from gates.meetings.actions import calling, telling
from gates.meetings.forms import MeetingForm
from gates.meetings.letters import own_copy
from gates.meetings.queries import (
    Told,
    called_and_past,
    invited_by_mail,
)
from gates.meetings.views.doing import done, find_meeting, held_meeting
from pilots.permissions import granted
from pilots.rules import RuleViolation

PAGE_SIZE = 50


@login_required
@require_safe
def meeting_list(request):
    called, past = called_and_past(request.user)

    context = {
        "called": called,
        "page": Paginator(past, PAGE_SIZE).get_page(request.GET.get("page")),
        "may": granted(request.user),
    }
    return render(request, "gates/meetings.html", context)


@login_required
def edit(request, pk):
    review = held_meeting(request, pk)

    people = invited_by_mail(review) if review.invited_at else []
    form = MeetingForm(request.POST or None, initial=MeetingForm.facts_now(review))
    if request.method == "POST" and form.is_valid():
        try:
            calling.change_meeting(review=review, by=request.user, **form.facts)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            told = f" The new invitation goes to {_people(people)}." if people else ""
            messages.success(request, f"Saved.{told}")
            return redirect("gates:meeting", review.pk)
    failed = request.method == "POST"
    context = {"review": review, "form": form, "failed": failed, "people": people}
    return render(request, "gates/meeting_form.html", context, status=422 if failed else 200)


@login_required
@require_safe
def invitation_file(request, pk):
    content, method = own_copy(find_meeting(request, pk), now=timezone.now())

    response = HttpResponse(content, content_type=f"text/calendar; method={method}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="gate-meeting-{pk}.ics"'
    return response


@login_required
def invite(request, pk):
    """To whom the invitation goes, by name; then it goes."""
    review = held_meeting(request, pk)

    people = invited_by_mail(review)
    if request.method == "POST":
        done(request, telling.invite, f"The invitation goes to {_people(people)}.", review=review)
        return redirect("gates:meeting", pk)
    return render(request, "gates/meeting_invite.html", {"review": review, "people": people})


@login_required
def cancel(request, pk):
    """Whom a cancellation tells, by name; then the meeting is cancelled."""
    review = held_meeting(request, pk)

    people = invited_by_mail(review) if review.invited_at else []
    if request.method == "POST":
        told = f" {_people(people).capitalize()} are told by e-mail." if people else ""
        done(request, calling.cancel_meeting, f"The meeting is cancelled.{told}", review=review)
        return redirect("gates:meeting", pk)
    return render(request, "gates/meeting_cancel.html", {"review": review, "people": people})


def _people(people: list[Told]) -> str:
    return "1 person" if len(people) == 1 else f"{len(people)} people"


@login_required
@require_POST
def close(request, pk):
    review = held_meeting(request, pk)

    done(request, calling.close_meeting, "The meeting is closed. These are its minutes.", review=review)
    return redirect("gates:meeting", pk)


@login_required
@require_POST
def start(request, pk):
    review = held_meeting(request, pk)

    done(request, calling.start_meeting, review=review)
    return redirect("gates:meeting_follow", pk)
