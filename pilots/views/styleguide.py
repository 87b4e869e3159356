"""Every tag and component in every state, with made-up values. For those who build and review pages."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from pilots.permissions import Permission, require
from pilots.views.styleguide_samples import samples
from pilots.widgets import RadioCards

_OUTCOMES = {
    "go": "Every must-meet is met or waived.",
    "conditional_go": "Go on, with conditions that have an owner and a date.",
    "hold": "Wait until what is missing is there.",
    "stop": "End the pilot; what it freed and taught is recorded.",
}


class SampleForm(forms.Form):
    """One field of every kind."""

    name = forms.CharField(
        max_length=80, help_text="Start with what the pilot does, not with the technology."
    )
    contact = forms.EmailField(label="Contact", required=False)
    problem = forms.CharField(widget=forms.Textarea, label="Business problem", required=False)
    unit = forms.ChoiceField(
        choices=[("", "Choose one"), ("legal", "Legal"), ("sales", "Sales")], label="Unit"
    )
    planned = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), label="Planned date")
    value = forms.DecimalField(label="Target", max_value=100, help_text="In percent, at most 100.")
    outcome = forms.ChoiceField(
        widget=RadioCards(_OUTCOMES), choices=[(key, key.replace("_", " ").capitalize()) for key in _OUTCOMES]
    )
    tier = forms.ChoiceField(
        widget=forms.RadioSelect,
        choices=[("minimal", "Minimal"), ("limited", "Limited"), ("high", "High")],
        label="Risk",
    )
    channels = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        choices=[("mail", "E-mail"), ("app", "In the app")],
        required=False,
    )
    evidence = forms.FileField(required=False, help_text="PDF or spreadsheet, at most 25 MB.")
    confirmed = forms.BooleanField(label="I have read what will be sent")


@login_required
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every mark and component in every state, for administrators and tests.

    Its form answers like every form here: 422 with the same page when something is wrong.
    """
    require(request.user, Permission.MANAGE_PEOPLE)
    form = SampleForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        messages.success(request, "Saved. This form keeps nothing.")
        return redirect(request.path)
    page = Paginator(range(2133), 50).get_page(request.GET.get("page", 7))
    context = samples() | {"form": form, "page": page}
    return render(request, "styleguide.html", context, status=422 if form.is_bound else 200)
