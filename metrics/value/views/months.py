"""A month of a benefit: what came, what shows it, who verified it."""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from metrics.models import Benefit, BenefitPeriod
from metrics.value.actions import record_actual, support_actual, verify_actual
from metrics.value.forms.benefits import BenefitActualForm, SupportForm, VerifyForm
from metrics.value.queries.benefits import claims
from metrics.value.queries.words import HOURS
from metrics.value.rules import FIRST_MONTH, LAST_MONTH, month_in_words, month_of, verify_blockers
from metrics.value.views.finding import find_benefit
from metrics.value.views.small_form import small_form
from pilots.permissions import Permission, granted, require
from pilots.rules import RuleViolation


def find_month(request, key, pk, year, month) -> tuple[Benefit, BenefitPeriod]:
    """The benefit and what was last said of its month. Raises Http404."""
    benefit = find_benefit(request, key, pk)
    if not (FIRST_MONTH.year <= year <= LAST_MONTH.year and 1 <= month <= 12):
        raise Http404
    people = ("recorded_by", "supported_by", "verified_by", "supersedes")
    period = benefit.periods.current().select_related(*people).filter(month=date(year, month, 1)).first()
    if period is None:
        raise Http404
    period.benefit = benefit
    return benefit, period


@login_required
@require_safe
def page(request, key, pk, year, month):
    benefit, period = find_month(request, key, pk, year, month)

    unit = HOURS if benefit.in_hours else benefit.pilot.programme.currency
    people = ("recorded_by", "supported_by", "verified_by", "superseded_by")
    former = benefit.periods.filter(month=period.month, superseded_at__isnull=False)
    context = {
        "pilot": benefit.pilot,
        "benefit": benefit,
        "claim": claims([period], unit)[0],
        "unit": "hours" if benefit.unit == "hours" else unit,
        "former": claims(former.select_related(*people).order_by("-pk"), unit),
        "against": _against(period, request.user),
        "may": granted(request.user, pilot=benefit.pilot),
        "tab": "value",
    }
    return render(request, "metrics/benefit_month.html", context)


def _against(period: BenefitPeriod, user) -> list[str]:
    """Why this reader cannot verify it now, apart from what is still to be typed."""
    return verify_blockers(
        band=period.band,
        note="said when verifying",
        owns_pilot=period.benefit.pilot.owner_id == user.pk,
        answers_for_benefit=period.benefit.owner_id == user.pk,
        recorded_it=period.recorded_by_id == user.pk,
        supported_it=period.supported_by_id == user.pk,
    )


def _month(benefit: Benefit, month: date) -> list:
    return [benefit.pilot.key, benefit.pk, month.year, month.month]


@login_required
def record(request, key, pk):
    benefit = find_benefit(request, key, pk)
    require(request.user, Permission.EDIT_VALUE, pilot=benefit.pilot)

    initial = {"month": request.GET.get("month") or month_of(timezone.localdate())}
    form = BenefitActualForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            period = record_actual(benefit=benefit, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error("month", violation.reasons)
        else:
            messages.success(request, f"Recorded for {month_in_words(period.month)}.")
            return redirect("metrics:benefit_month", *_month(benefit, period.month))
    return small_form(
        request,
        form,
        benefit.pilot,
        heading=f"What {benefit.name} brought",
        lead="Another number than before counts as asserted until somebody says anew what shows it.",
        button="Record",
        back=reverse("metrics:benefit", args=[key, pk]),
    )


@login_required
def support(request, key, pk, year, month):
    benefit, period = find_month(request, key, pk, year, month)
    require(request.user, Permission.EDIT_VALUE, pilot=benefit.pilot)

    initial = {"basis": period.basis, "comparison": period.comparison}
    form = SupportForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            support_actual(benefit=benefit, month=period.month, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            messages.success(request, "Saved.")
            return redirect("metrics:benefit_month", *_month(benefit, period.month))
    return small_form(
        request,
        form,
        benefit.pilot,
        heading=f"How one knows: {benefit.name}, {month_in_words(period.month)}",
        lead="What shows the number makes it measured; what it is compared with makes it attributed.",
        button="Save",
        back=reverse("metrics:benefit_month", args=_month(benefit, period.month)),
    )


@login_required
def verify(request, key, pk, year, month):
    benefit, period = find_month(request, key, pk, year, month)
    require(request.user, Permission.VERIFY_BENEFIT, pilot=benefit.pilot)

    form = VerifyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            verify_actual(benefit=benefit, month=period.month, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            messages.success(request, "Verified.")
            return redirect("metrics:benefit_month", *_month(benefit, period.month))
    claim = claims([period], benefit.pilot.programme.currency)[0]
    return small_form(
        request,
        form,
        benefit.pilot,
        heading=f"Verify {benefit.name}, {claim.label}: {claim.actual}",
        lead=" ".join(text for text in (period.basis, period.comparison) if text),
        button="Verify",
        back=reverse("metrics:benefit_month", args=_month(benefit, period.month)),
    )
