"""Who may sign in."""

from allauth.account.forms import ResetPasswordForm
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from pilots.actions import people
from pilots.forms import PersonForm
from pilots.models import User
from pilots.permissions import Permission, require
from pilots.queries import people_seen
from pilots.rules import RuleViolation

PAGE_SIZE = 50


@login_required
@require_safe
def people_list(request):
    require(request.user, Permission.MANAGE_PEOPLE)

    text = request.GET.get("q", "").strip()
    page = Paginator(people_seen(text), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "pilots/people.html", {"page": page, "text": text})


@login_required
def create(request):
    require(request.user, Permission.MANAGE_PEOPLE)

    form = PersonForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            person = people.create_person(by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error("email", violation.reasons)
        else:
            _invite(request, person)
            messages.success(request, f"{person} has an account and is sent a link to choose a password.")
            return redirect("pilots:people")
    failed = request.method == "POST"
    context = {"form": form, "failed": failed}
    return render(request, "pilots/person_form.html", context, status=422 if failed else 200)


def _invite(request, person: User) -> None:
    """Send the link with which a password is chosen: the one of a password reset."""
    reset = ResetPasswordForm({"email": person.email})
    if reset.is_valid():
        reset.save(request)


@login_required
@require_POST
def set_active(request, pk):
    require(request.user, Permission.MANAGE_PEOPLE)
    person = get_object_or_404(User, pk=pk)

    active = request.POST.get("active") == "true"
    try:
        people.set_active(person=person, active=active, by=request.user)
    except RuleViolation as violation:
        messages.error(request, " ".join(violation.reasons))
    else:
        messages.success(request, f"{person} may sign in {'again' if active else 'no longer'}.")
    return redirect("pilots:people")
