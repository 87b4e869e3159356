"""Putting gates on the agenda of a new or a planned meeting: found by a filter, or picked from the portfolio."""

from collections.abc import Iterable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from gates.choices import MeetingState
from gates.meetings.actions import agenda, calling
from gates.meetings.forms import AgendaForm, IntoForm, MeetingForm, OrderForm
from gates.meetings.queries import (
    Picked,
    candidates,
    choosable,
    open_meetings,
    picked_for,
    programmes_of,
)
from gates.meetings.rules import agenda_blockers
from gates.models import Gate, GateReview, Selection
from pilots.models import Programme
from pilots.permissions import Permission, allows, require
from pilots.rules import RuleViolation

NAMED = 12  # pilots in one message


@login_required
def call(request):
    """Tick gates that a filter of the portfolio finds, and put them on an agenda."""
    programmes = _programmes(request)
    programme = _chosen(programmes, request.GET.get("programme", ""))
    if programme is None:
        return render(request, "gates/meeting_programme.html", {"programmes": programmes})

    found = candidates(request.user, programme, request.GET, today=timezone.localdate(), request=request)
    meetings = list(open_meetings(request.user, programme))
    form = AgendaForm(request.POST or None, choosable=choosable(request.user, programme), meetings=meetings)
    meeting_form = _meeting_form(request, form)
    failed = request.method == "POST"
    if failed and _fine(form, meeting_form):
        review = _put_on_agenda(request, programme, form, meeting_form)
        if review is not None:
            messages.success(request, _result(review, form.chosen, []))
            return redirect("gates:meeting", review.pk)
    ticked = {str(pk) for pk in request.POST.getlist("gates")} if failed else None
    context = {
        "programme": programme,
        "found": found,
        "rows": [(gate, ticked is None or str(gate.pk) in ticked) for gate in found.gates],
        "form": form,
        "meeting_form": meeting_form,
        "meetings": meetings,
        "failed": failed,
    }
    return render(request, "gates/meeting_call.html", context, status=422 if failed else 200)


@login_required
def add(request, pk):
    """Exactly the pilots that were picked, by name, with what cannot be put on an agenda and why."""
    selection = get_object_or_404(Selection.objects.of(request.user), pk=pk)
    programmes = _programmes(request)
    programme = _chosen(programmes_of(selection, programmes) or programmes, request.GET.get("programme", ""))
    if programme is None:
        programmes = programmes_of(selection, programmes)
        return render(request, "gates/meeting_programme.html", {"programmes": programmes})

    picked = picked_for(request.user, programme, selection)
    meetings = list(open_meetings(request.user, programme))
    form = OrderForm(request.POST or None, gates=picked.gates, meetings=meetings)
    meeting_form = _meeting_form(request, form)
    failed = request.method == "POST"
    if failed and picked.gates and _fine(form, meeting_form):
        answer = _add_picked(request, programme, selection, picked, form, meeting_form)
        if answer is not None:
            return answer
    context = {
        "programme": programme,
        "picked": picked,
        "too_many": agenda_blockers(state=MeetingState.PLANNED, items=len(picked.gates)),
        "form": form,
        "meeting_form": meeting_form,
        "meetings": meetings,
        "failed": failed,
        "back": f"{reverse('gates:portfolio')}?{selection.asked}",
    }
    return render(request, "gates/meeting_add.html", context, status=422 if failed else 200)


def _add_picked(request, programme, selection: Selection, picked: Picked, form, meeting_form):
    """Back to the same list when it was a planned meeting; a new one is looked at, to invite people."""
    there = _titles_on(form.meeting) if form.meeting else set()
    review = _put_on_agenda(request, programme, form, meeting_form)
    if review is None:
        return None
    added = [gate for gate in form.chosen if gate.pk not in there]
    left_out = [(gate.pilot.title, "it is on the agenda already") for gate in form.chosen if gate.pk in there]
    left_out += [(pilot.title, why) for pilot, why in picked.left_out]
    messages.success(request, _result(review, added, left_out))
    if form.meeting:
        return redirect(f"{reverse('gates:portfolio')}?{selection.asked}")
    return redirect(f"{reverse('gates:meeting', args=[review.pk])}?selection={selection.pk}")


def _titles_on(review: GateReview) -> set[int | None]:
    return set(review.items.values_list("gate_id", flat=True))


def _result(review: GateReview, added: Iterable[Gate], left_out: list[tuple[str, str]]) -> str:
    """What came of it, by name."""
    names = [gate.pilot.title for gate in added]
    said = f"{len(names)} added to {review.title}" + (f": {_named(names)}." if names else ".")
    if left_out:
        said += f" {len(left_out)} left out: {_named([f'{name} ({why})' for name, why in left_out])}."
    return said


def _named(names: list[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")


def _programmes(request) -> list[Programme]:
    """Where this person may hold a meeting. Raises PermissionDenied where that is nowhere."""
    seen = Programme.objects.visible_to(request.user)
    found = [one for one in seen if allows(request.user, Permission.HOLD_MEETING, programme=one)]
    if not found:
        require(request.user, Permission.HOLD_MEETING)
    return found


def _chosen(programmes: list[Programme], slug: str) -> Programme | None:
    if len(programmes) == 1:
        return programmes[0]
    return next((programme for programme in programmes if programme.slug == slug), None)


def _meeting_form(request, form: IntoForm) -> MeetingForm:
    """Of a meeting that is planned already nothing else is asked, but nothing typed is lost either."""
    asks = form.is_bound and form.makes_new
    return MeetingForm(request.POST) if asks else MeetingForm(initial=request.POST.dict() or None)


def _fine(form: IntoForm, meeting_form: MeetingForm) -> bool:
    """Whether everything asked for is there; both say what is not."""
    fine = form.is_valid()
    return (meeting_form.is_valid() and fine) if form.makes_new else fine


def _put_on_agenda(request, programme, form, meeting_form) -> GateReview | None:
    """The meeting the chosen gates are on now; None when the rules say no."""
    try:
        if form.meeting is None:
            return calling.call_meeting(
                programme=programme, gates=form.chosen, by=request.user, **meeting_form.facts
            )
        agenda.add_to_agenda(review=form.meeting, gates=form.chosen, by=request.user)
    except RuleViolation as violation:
        form.add_error(None, violation.reasons)
        return None
    return form.meeting
