"""Warning signs in the browser: of one pilot, and of the whole portfolio."""

from itertools import groupby

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from gates.choices import Question
from gates.portfolio.filters import PilotFilters
from gates.portfolio.health import with_current_gate
from gates.portfolio.queries import choices
from gates.signs import actions
from gates.signs.by_pilot import columns_of, pilots_showing, rows_of
from gates.signs.forms import AnswerForm
from gates.signs.page import VIEWS, choice_of, menus, sections
from gates.signs.portfolio import BY, FILE_COLUMNS, heat, rows_of_file
from gates.signs.queries import past_signs, place_of, questions_of, standing_signs, warning_signs_of
from gates.signs.rules import is_watched
from metrics.value.views.csv_file import csv_file
from pilots.models import Pilot
from pilots.permissions import Permission, granted, require
from pilots.rules import RuleViolation
from pilots.views.finding import find_pilot

PAGE_SIZE = 25  # a row is as wide as there are signs


@login_required
@require_safe
def pilot_signs(request, key):
    pilot = find_pilot(request, key)

    today = timezone.localdate()
    context = {
        "pilot": pilot,
        "groups": standing_signs(warning_signs_of(pilot), today=today),
        "questions": questions_of(pilot, today=today),
        "past": past_signs(pilot, today=today),
        "today": today,
        "over": not is_watched(place_of(pilot)),
        "may": granted(request.user, pilot=pilot),
        "tab": "overview",
    }
    return render(request, "gates/pilot_signs.html", context)


@login_required
def answer_question(request, key, question):
    pilot = find_pilot(request, key)
    if question not in Question.values:
        raise Http404
    require(request.user, Permission.ANSWER_QUESTION, pilot=pilot)

    asked, form = Question(question), AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_question(pilot=pilot, question=asked, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            messages.success(request, "Your answer is kept, with today's date.")
            return redirect("gates:pilot_signs", pilot.key)
    failed = request.method == "POST"
    known = [one for one in questions_of(pilot, today=timezone.localdate()) if one.question == asked]
    context = {
        "pilot": pilot,
        "question": asked,
        "known": known[0].answer if known else None,
        "form": form,
        "failed": failed,
        "may": granted(request.user, pilot=pilot),
        "tab": "overview",
    }
    return render(request, "gates/answer_question.html", context, status=422 if failed else 200)


def _pilots_asked(request, choice, today):
    """The pilots this person may see and asks for, archived ones among them."""
    pilots = with_current_gate(Pilot.objects.visible_to(request.user)).order_by()
    filters = PilotFilters(choice.asked, queryset=pilots, request=request, today=today)
    # A value that no filter knows narrows to nothing: showing everything would look like an answer.
    return filters.qs if filters.is_valid() else pilots.none()


@login_required
@require_safe
def portfolio_signs(request):
    choice = choice_of(request.GET)

    today = timezone.localdate()
    pilots = _pilots_asked(request, choice, today)
    context = {
        "choice": choice,
        "menus": menus(choices(request.user), request.GET),
        "views": VIEWS.items(),
        "kinds": BY.items(),
        "text": request.GET.get("q", ""),
        "today": today,
    }
    if choice.view == "pilots":
        context |= _by_pilot(request, pilots, choice, today)
        return render(request, "gates/signs_by_pilot.html", context)
    found = heat(pilots, by=choice.by, modes=choice.modes, today=today)
    context |= {"heat": found, "sections": sections(found, choice)}
    return render(request, "gates/signs.html", context)


def _by_pilot(request, pilots, choice, today):
    """One page of pilots, each with the signs that it shows and for how long."""
    page = Paginator(pilots_showing(pilots, choice.modes), PAGE_SIZE).get_page(request.GET.get("page"))
    columns = columns_of(pilots, choice.modes)
    return {
        "page": page,
        "columns": columns,
        "groups": [(mode.label, len(list(signs))) for mode, signs in groupby(columns, lambda one: one.mode)],
        "rows": rows_of(page, columns, today=today),
    }


@login_required
@require_safe
def signs_csv(request):
    choice = choice_of(request.GET)

    today = timezone.localdate()
    facts = [("Warning signs", "one row for each that stands"), ("As of", today.isoformat()), *choice.told]
    rows = rows_of_file(_pilots_asked(request, choice, today), choice.modes)
    return csv_file(f"warning-signs-{today}.csv", facts, FILE_COLUMNS, rows)
