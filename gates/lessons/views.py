"""Asking in two fields what a pilot taught, where its benefits are looked at."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render

from gates.lessons.actions import publish_lesson
from gates.lessons.forms import LessonForm
from pilots.permissions import Permission, granted, require
from pilots.rules import RuleViolation
from pilots.views.finding import find_pilot


@login_required
def publish(request, key):
    pilot = find_pilot(request, key)
    require(request.user, Permission.EDIT_REGISTER, pilot=pilot)

    form = LessonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            publish_lesson(pilot=pilot, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            messages.success(request, "Published. It is offered to pilots that are like this one.")
            return redirect("pilots:register", pilot.key, "lessons")
    failed = request.method == "POST"
    context = {"pilot": pilot, "form": form, "failed": failed, "tab": "value"}
    context["may"] = granted(request.user, pilot=pilot)
    return render(request, "gates/lesson_form.html", context, status=422 if failed else 200)
