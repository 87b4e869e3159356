"""Gate meetings in the browser: the list, calling one, its agenda, the invitation, its minutes."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from gates.choices import MeetingState
from gates.meetings.actions import calling
from gates.meetings.calendar import invitation
from gates.meetings.forms import AgendaForm, MeetingForm
from gates.meetings.queries import (
    agenda_of,
    called_and_past,
    candidates,
    choosable,
    decided_elsewhere,
    open_meetings,
    standing_of,
    times_of,
)
from gates.models import AgendaItem, GateReview
from pilots.models import Programme
from pilots.permissions import Permission, allows, granted, require
from pilots.rules import RuleViolation

PAGE_SIZE = 50


def find_meeting(request, pk: int) -> GateReview:
    return get_object_or_404(
        GateReview.objects.visible_to(request.user).select_related("programme", "called_by"), pk=pk
    )


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
def call(request):
    """Tick gates that the portfolio's filter finds, and put them on the agenda of a new or a planned meeting."""
    programmes = _programmes(request)
    if not programmes:
        require(request.user, Permission.HOLD_MEETING)
    programme = _chosen(programmes, request.GET.get("programme", ""))
    if programme is None:
        return render(request, "gates/meeting_programme.html", {"programmes": programmes})

    today = timezone.localdate()
    found = candidates(request.user, programme, request.GET, today=today, request=request)
    meetings = list(open_meetings(request.user, programme))
    form = AgendaForm(request.POST or None, choosable=choosable(request.user, programme), meetings=meetings)
    # Of a meeting that is planned already nothing else is asked, but nothing typed is lost either.
    asks = form.is_bound and form.makes_new
    meeting_form = MeetingForm(request.POST) if asks else MeetingForm(initial=request.POST.dict() or None)
    if request.method == "POST":
        review = _put_on_agenda(request, programme, form, meeting_form)
        if review is not None:
            return redirect("gates:meeting", review.pk)
    failed = request.method == "POST"
    ticked = {str(pk) for pk in request.POST.getlist("gates")} if failed else None
    context = {
        "programme": programme,
        "found": found,
        "rows": [(gate, ticked is None or str(gate.pk) in ticked) for gate in found.gates],
        "form": form,
        "meeting_form": meeting_form,
        "meetings": meetings,
        "failed": failed,
        "today": today,
    }
    return render(request, "gates/meeting_call.html", context, status=422 if failed else 200)


def _programmes(request) -> list[Programme]:
    """Where this person may hold a meeting."""
    seen = Programme.objects.visible_to(request.user)
    return [one for one in seen if allows(request.user, Permission.HOLD_MEETING, programme=one)]


def _chosen(programmes: list[Programme], slug: str) -> Programme | None:
    if len(programmes) == 1:
        return programmes[0]
    return next((programme for programme in programmes if programme.slug == slug), None)


def _put_on_agenda(request, programme, form, meeting_form) -> GateReview | None:
    """The meeting the ticked gates are on now; None when something has to be put right first."""
    fine = form.is_valid()
    if form.makes_new:
        fine = meeting_form.is_valid() and fine
    if not fine:
        return None
    gates = list(form.cleaned_data["gates"])
    try:
        if form.meeting is None:
            review = calling.call_meeting(
                programme=programme, gates=gates, by=request.user, **meeting_form.facts
            )
            messages.success(request, f"The meeting is called, with {len(gates)} on its agenda.")
        else:
            review = form.meeting
            added = calling.add_to_agenda(review=review, gates=gates, by=request.user)
            messages.success(request, f"{added} added to the agenda.")
    except RuleViolation as violation:
        form.add_error(None, violation.reasons)
        return None
    return review


@login_required
@require_safe
def meeting(request, pk):
    """The agenda while the meeting is to come, the minutes once it was held."""
    review = find_meeting(request, pk)

    items = agenda_of(review)
    attendees = list(review.attendees.select_related("person"))
    context = {
        "review": review,
        "rows": [(item, standing_of(item)) for item in items],
        "elsewhere": decided_elsewhere(items),
        "attendees": attendees,
        "present": [str(one.person) for one in attendees if one.was_present],
        "absent": [str(one.person) for one in attendees if not one.was_present],
        "times": times_of(review, len(items)),
        "may": granted(request.user, programme=review.programme),
        "today": timezone.localdate(),
    }
    over = review.state in (MeetingState.HELD, MeetingState.CANCELLED)
    return render(request, "gates/minutes.html" if over else "gates/agenda.html", context)


@login_required
def edit(request, pk):
    review = find_meeting(request, pk)
    require(request.user, Permission.HOLD_MEETING, programme=review.programme)

    form = MeetingForm(request.POST or None, initial=MeetingForm.facts_now(review))
    if request.method == "POST" and form.is_valid():
        try:
            calling.change_meeting(review=review, by=request.user, **form.facts)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            messages.success(request, "Saved. Send the new invitation to those who come.")
            return redirect("gates:meeting", review.pk)
    failed = request.method == "POST"
    context = {"review": review, "form": form, "failed": failed}
    return render(request, "gates/meeting_form.html", context, status=422 if failed else 200)


@login_required
@require_safe
def invitation_file(request, pk):
    review = find_meeting(request, pk)

    items = agenda_of(review)
    lines = [f"{item.position}. {item.gate.pilot.title}: {item.gate.definition}" for item in items]
    url = request.build_absolute_uri(reverse("gates:meeting", args=[review.pk]))
    content = invitation(
        uid=f"gate-review-{review.pk}@{request.get_host()}",
        revision=review.revision,
        title=review.title,
        starts_at=review.starts_at,
        minutes=review.item_minutes * max(1, len(items)),
        place=review.place,
        text="\n".join(["Agenda", *lines, "", url]),
        url=url,
        state=review.state,
        people=[(one.person.name, one.person.email) for one in review.attendees.select_related("person")],
        stamped_at=timezone.now(),
    )
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="gate-meeting-{review.pk}.ics"'
    return response


def _act(request, pk, action, said, **arguments):
    """One action on a meeting, then back to it with what came of it."""
    review = find_meeting(request, pk)
    require(request.user, Permission.HOLD_MEETING, programme=review.programme)
    try:
        action(review=review, by=request.user, **arguments)
    except RuleViolation as violation:
        messages.error(request, " ".join(violation.reasons))
    else:
        messages.success(request, said)
    return redirect("gates:meeting", pk)


@login_required
@require_POST
def cancel(request, pk):
    return _act(request, pk, calling.cancel_meeting, "The meeting is cancelled.")


@login_required
@require_POST
def close(request, pk):
    return _act(request, pk, calling.close_meeting, "The meeting is closed. These are its minutes.")


@login_required
@require_POST
def start(request, pk):
    review = find_meeting(request, pk)
    require(request.user, Permission.HOLD_MEETING, programme=review.programme)
    try:
        calling.start_meeting(review=review, by=request.user)
    except RuleViolation as violation:
        messages.error(request, " ".join(violation.reasons))
        return redirect("gates:meeting", pk)
    return redirect("gates:meeting_run", pk, 1)


def find_item(request, pk: int, item_pk: int) -> AgendaItem:
    items = AgendaItem.objects.visible_to(request.user).select_related(
        "review__programme", "gate__pilot", "gate__definition"
    )
    return get_object_or_404(items, pk=item_pk, review=pk)


@login_required
@require_POST
def item_move(request, pk, item_pk):
    item = find_item(request, pk, item_pk)
    require(request.user, Permission.HOLD_MEETING, programme=item.review.programme)

    places = -1 if request.POST.get("to") == "up" else 1
    try:
        calling.move_item(item=item, by_places=places, by=request.user)
    except RuleViolation as violation:
        messages.error(request, " ".join(violation.reasons))
    return redirect(f"{reverse('gates:meeting', args=[pk])}#item-{item.pk}")


@login_required
@require_POST
def item_remove(request, pk, item_pk):
    item = find_item(request, pk, item_pk)
    require(request.user, Permission.HOLD_MEETING, programme=item.review.programme)

    try:
        calling.remove_from_agenda(item=item, by=request.user)
    except RuleViolation as violation:
        messages.error(request, " ".join(violation.reasons))
    else:
        messages.success(request, f"{item.gate.pilot.title} is off the agenda.")
    return redirect("gates:meeting", pk)
