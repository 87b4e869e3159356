"""Tokens with which a person's programs come in."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from pilots.actions.tokens import create_token, revoke_token
from pilots.forms import TokenForm


@login_required
def token_list(request):
    form = TokenForm(request.POST or None, user=request.user)
    secret = ""
    if request.method == "POST" and form.is_valid():
        expires_at = timezone.now() + timedelta(days=form.cleaned_data["days"])
        _, secret = create_token(user=request.user, name=form.cleaned_data["name"], expires_at=expires_at)
        form = TokenForm(user=request.user)
    failed = form.is_bound
    context = {
        "form": form,
        "failed": failed,
        "secret": secret,  # shown this once
        "tokens": request.user.api_tokens.all(),
        "now": timezone.now(),
    }
    return render(request, "pilots/tokens.html", context, status=422 if failed else 200)


@login_required
@require_POST
def token_revoke(request, pk):
    token = get_object_or_404(request.user.api_tokens, pk=pk)

    revoke_token(token=token, by=request.user)
    messages.success(request, f"“{token.name}” no longer opens anything.")
    return redirect("pilots:tokens")
