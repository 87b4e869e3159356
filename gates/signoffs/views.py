"""Signing at a gate, who holds the roles of a programme, and who stands in for whom."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from gates.choices import GateStatus
from gates.journey.finding import find_gate
from gates.models import Delegation, Gatekeeper
from gates.signoffs import actions
from gates.signoffs.forms import DelegationForm, GatekeeperForm, SignForm
from gates.signoffs.page import seat_pages
from gates.signoffs.people import acting_today, delegations_of, role_holders
from pilots.models import Programme
from pilots.permissions import Permission, granted, require
from pilots.rules import RuleViolation


@login_required
def sign(request, key, gate_key):
    gate = find_gate(request, key, gate_key)
    today = timezone.localdate()
    pages = seat_pages(request.user, gate, today=today)
    require(request.user, Permission.SIGN_OFF, pilot=gate.pilot, seated=bool(pages))

    form = SignForm(request.POST or None, pages=pages)
    if request.method == "POST" and form.is_valid():
        try:
            said = _say(gate, request.user, form)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            messages.success(request, said)
            return redirect("gates:gate", gate.pilot.key, gate.definition.key)
    failed = request.method == "POST"
    context = {
        "gate": gate,
        "pilot": gate.pilot,
        "seats": pages,
        "form": form,
        "failed": failed,
        "can_sign": any(page.can_sign for page in pages),
        "can_withdraw": gate.status == GateStatus.SUBMITTED and any(page.is_signed for page in pages),
        "may": granted(request.user, pilot=gate.pilot, seated=True),
        "tab": "gate",
    }
    return render(request, "gates/sign.html", context, status=422 if failed else 200)


def _say(gate, user, form: SignForm) -> str:
    """Sign or take back; returns what to tell the person."""
    page, comment = form.page, form.cleaned_data["comment"]
    seat = {"gate": gate, "role": page.seat.role, "holder": page.seat.holder}
    if form.cleaned_data["what"] == "withdraw":
        actions.withdraw_sign_off(by=user, comment=comment, **seat)
        return f"Taken back: the sign-off as {page.label} at {gate.definition}."
    actions.sign_off(by=user, comment=comment, digest=page.digest, **seat)
    return f"Signed as {page.label} at {gate.definition}."


@login_required
def gatekeepers(request, slug):
    programme = get_object_or_404(Programme.objects.visible_to(request.user), slug=slug)
    if request.method == "POST":
        require(request.user, Permission.MANAGE_GATEKEEPERS, programme=programme)

    roles = role_holders(programme)
    form = GatekeeperForm(request.POST or None, programme=programme, roles=roles)
    if request.method == "POST" and form.is_valid():
        try:
            named = actions.name_gatekeeper(programme=programme, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            messages.success(request, f"{named.person} now signs as {named.role} here.")
            return redirect("gates:gatekeepers", programme.slug)
    failed = request.method == "POST"
    context = {
        "programme": programme,
        "roles": roles,
        "form": form,
        "failed": failed,
        "may": granted(request.user, programme=programme),
    }
    return render(request, "gates/gatekeepers.html", context, status=422 if failed else 200)


@login_required
@require_POST
def gatekeeper_dismiss(request, slug, pk):
    programme = get_object_or_404(Programme.objects.visible_to(request.user), slug=slug)
    require(request.user, Permission.MANAGE_GATEKEEPERS, programme=programme)
    gatekeeper = get_object_or_404(Gatekeeper.objects.select_related("person"), pk=pk, programme=programme)

    actions.dismiss_gatekeeper(gatekeeper=gatekeeper, by=request.user)
    messages.success(request, f"{gatekeeper.person} no longer signs as {gatekeeper.role} here.")
    return redirect("gates:gatekeepers", programme.slug)


@login_required
def delegations(request):
    form = DelegationForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            given = actions.give_delegation(by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            messages.success(request, f"{given.receiver} can sign for you in that time.")
            return redirect("gates:delegations")
    failed = request.method == "POST"
    today = timezone.localdate()
    mine, lent = delegations_of(request.user)
    context = {
        "form": form,
        "failed": failed,
        "given": mine,
        "had": lent,
        "acting": acting_today(request.user, today),
        "today": today,
    }
    return render(request, "gates/delegations.html", context, status=422 if failed else 200)


@login_required
@require_POST
def delegation_end(request, pk):
    mine = Delegation.objects.filter(Q(giver=request.user) | Q(receiver=request.user))
    delegation = get_object_or_404(mine.select_related("giver", "receiver"), pk=pk)

    actions.end_delegation(delegation=delegation, by=request.user)
    messages.success(request, f"{delegation.receiver} no longer signs for {delegation.giver}.")
    return redirect("gates:delegations")
