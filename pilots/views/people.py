"""Who may sign in."""

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from pilots.actions import people
from pilots.forms import PersonForm
from pilots.models import User
from pilots.permissions import Permission, require
from pilots.queries import people_seen
from pilots.rules import RuleViolation, WorkHeld

PAGE_SIZE = 50


@login_required
@require_safe
def people_list(request):
    require(request.user, Permission.MANAGE_PEOPLE)

    text = request.GET.get("q", "").replace("\x00", "").strip()  # PostgreSQL refuses NUL in a text
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
            messages.success(
                request, f"{person} has an account. A link to choose a password goes to {person.email}."
            )
            return redirect("pilots:people")
    failed = request.method == "POST"
    context = {"form": form, "failed": failed}
    return render(request, "pilots/person_form.html", context, status=422 if failed else 200)


def _invite(request, person: User) -> None:
    """Send the link with which a first password is chosen; it works like that of a password reset."""
    key = default_token_generator.make_token(person)
    link = reverse("account_reset_password_from_key", args=[user_pk_to_url_str(person), key])
    context = {"url": request.build_absolute_uri(link), "person": person, "by": request.user}
    get_adapter(request).send_mail("account/email/invitation", person.email, context)


@login_required
@require_POST
def set_active(request, pk):
    require(request.user, Permission.MANAGE_PEOPLE)
    person = get_object_or_404(User, pk=pk)

    active, reason = request.POST.get("active") == "true", request.POST.get("reason", "").replace("\x00", "")
    try:
        people.set_active(person=person, active=active, reason=reason, by=request.user)
    except WorkHeld as held:
        messages.error(request, " ".join(held.reasons))
        return redirect("gates:hand_over", person.pk)
    except RuleViolation as violation:
        messages.error(request, " ".join(violation.reasons))
    else:
        messages.success(request, f"{person} may sign in {'again' if active else 'no longer'}.")
    return redirect("pilots:people")
