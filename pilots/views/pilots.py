"""Creating, changing, archiving a pilot; what happened to it; the row it came from."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from pilots.actions.pilots import archive_pilot, create_pilot, edit_pilot, restore_pilot
from pilots.events import reactions
from pilots.forms import ChooseProgrammeForm, PilotForm
from pilots.permissions import Permission, granted, require
from pilots.queries import activity
from pilots.rules import RuleViolation
from pilots.source import cells_left_out, other_warnings
from pilots.views.finding import find_pilot


@login_required
def create(request):
    require(request.user, Permission.CREATE_PILOT)

    where = ChooseProgrammeForm(request.POST or request.GET or None, user=request.user)
    programme = where.cleaned_data["programme"] if where.is_bound and where.is_valid() else None
    if request.method == "GET":
        programme = programme or where.programmes.first()
        initial = {"owner": request.user, "programme": programme}
        form = PilotForm(initial=initial, programme=programme) if programme else None
        where = ChooseProgrammeForm(initial={"programme": programme}, user=request.user)
        return render(request, "pilots/pilot_form.html", {"form": form, "where": where})

    form = PilotForm(request.POST, programme=programme)
    if programme and form.is_valid():
        try:
            pilot = create_pilot(programme=programme, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            messages.success(request, f"{pilot.key} is created. It waits in intake until it is started.")
            return redirect("gates:overview", pilot.key)
    context = {"form": form, "where": where, "failed": True}
    return render(request, "pilots/pilot_form.html", context, status=422)


@login_required
def edit(request, key):
    pilot = find_pilot(request, key)
    require(request.user, Permission.EDIT_PILOT, pilot=pilot)

    form = PilotForm(request.POST or None, instance=pilot, programme=pilot.programme)
    if request.method == "POST" and form.is_valid():
        try:
            edit_pilot(pilot=pilot, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            messages.success(request, "Saved.")
            return redirect("gates:overview", pilot.key)
    failed = request.method == "POST"
    pilot = find_pilot(request, key) if failed else pilot  # as it is, not as it was typed
    context = {"form": form, "pilot": pilot, "failed": failed}
    return render(request, "pilots/pilot_form.html", context, status=422 if failed else 200)


@login_required
@require_POST
def archive(request, key):
    return _change(request, key, archive_pilot, "{} is archived. You find it under “Archived”.")


@login_required
@require_POST
def restore(request, key):
    return _change(request, key, restore_pilot, "{} is back in the portfolio.")


def _change(request, key, action, said):
    pilot = find_pilot(request, key)
    require(request.user, Permission.ARCHIVE_PILOT, pilot=pilot)

    try:
        action(pilot=pilot, by=request.user)
    except RuleViolation as violation:
        messages.error(request, " ".join(violation.reasons))
    else:
        messages.success(request, said.format(pilot.key))
    return redirect("gates:overview", pilot.key)


@login_required
@require_safe
def pilot_activity(request, key):
    pilot = find_pilot(request, key)

    page = activity(request.user, request.GET, types=reactions(), pilot=pilot)
    context = {"pilot": pilot, "page": page, "may": granted(request.user, pilot=pilot), "tab": "activity"}
    return render(request, "pilots/activity.html", context)


@login_required
@require_safe
def source(request, key):
    pilot = find_pilot(request, key)

    record = getattr(pilot, "source", None)
    context = {
        "pilot": pilot,
        "source": record,
        "groups": cells_left_out(record) if record else [],
        "warnings": other_warnings(record) if record else [],
        "may": granted(request.user, pilot=pilot),
        "tab": "source",
    }
    return render(request, "pilots/source.html", context)
