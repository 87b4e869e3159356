"""Programmes and their people."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from pilots.actions.programmes import add_member, create_programme, edit_programme, remove_member
from pilots.forms import MemberForm, ProgrammeForm
from pilots.models import Membership, Programme
from pilots.models.programme import default_currency
from pilots.permissions import Permission, granted, require
from pilots.queries import members, programmes_seen
from pilots.rules import RuleViolation


@login_required
@require_safe
def programme_list(request):
    context = {"programmes": programmes_seen(request.user), "may": granted(request.user)}
    return render(request, "pilots/programmes.html", context)


@login_required
def create(request):
    require(request.user, Permission.MANAGE_PROGRAMMES)

    form = ProgrammeForm(request.POST or None, initial={"currency": default_currency()})
    if request.method == "POST" and form.is_valid():
        try:
            programme = create_programme(by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error("name", violation.reasons)
        else:
            return redirect("pilots:programme", programme.slug)
    return _form(request, form)


@login_required
def edit(request, slug):
    programme = get_object_or_404(Programme.objects.visible_to(request.user), slug=slug)
    require(request.user, Permission.MANAGE_PROGRAMMES, programme=programme)

    initial = {name: getattr(programme, name) for name in ("name", "description", "currency")}
    form = ProgrammeForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            edit_programme(programme=programme, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error("currency" if _moves_currency(form, programme) else "name", violation.reasons)
        else:
            messages.success(request, "Saved.")
            return redirect("pilots:programme", programme.slug)
    return _form(request, form, programme)


def _moves_currency(form: ProgrammeForm, programme: Programme) -> bool:
    return programme.currency_is_fixed and form.cleaned_data["currency"] != programme.currency


def _form(request, form, programme=None):
    failed = request.method == "POST"
    context = {"form": form, "programme": programme, "failed": failed}
    return render(request, "pilots/programme_form.html", context, status=422 if failed else 200)


@login_required
@require_safe
def programme_page(request, slug):
    programme = get_object_or_404(programmes_seen(request.user), slug=slug)

    return _page(request, programme, MemberForm())


def _page(request, programme, form, status=200):
    context = {
        "programme": programme,
        "members": members(programme),
        "form": form,
        "failed": status != 200,
        "may": granted(request.user, programme=programme),
    }
    return render(request, "pilots/programme.html", context, status=status)


@login_required
@require_POST
def member_add(request, slug):
    programme = get_object_or_404(programmes_seen(request.user), slug=slug)
    require(request.user, Permission.MANAGE_PROGRAMMES, programme=programme)

    form = MemberForm(request.POST)
    if not form.is_valid():
        return _page(request, programme, form, status=422)
    person, role = form.cleaned_data["email"], form.cleaned_data["role"]
    membership = add_member(programme=programme, user=person, role=role, by=request.user)
    messages.success(request, f"{person} is now {membership.get_role_display().lower()} here.")
    return redirect("pilots:programme", programme.slug)


@login_required
@require_POST
def member_remove(request, slug, pk):
    programme = get_object_or_404(Programme.objects.visible_to(request.user), slug=slug)
    require(request.user, Permission.MANAGE_PROGRAMMES, programme=programme)
    membership = get_object_or_404(Membership, pk=pk, programme=programme)

    try:
        remove_member(membership=membership, by=request.user)
    except RuleViolation as violation:
        messages.error(request, " ".join(violation.reasons))
    else:
        messages.success(
            request, f"{membership.user} is no longer {membership.get_role_display().lower()} here."
        )
    return redirect("pilots:programme", programme.slug)
