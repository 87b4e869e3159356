"""Recording a reading in the browser, and correcting it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from metrics.choices import Source
from metrics.finding import find_kpi
from metrics.models import Kpi, Measurement
from metrics.queries import standing_of
from metrics.readings.actions import record_measurement, supersede_measurement, take_back_measurement
from metrics.readings.forms import CorrectionForm, MeasurementForm, ReasonForm
from metrics.readings.queries import series
from pilots.permissions import Permission, allows, granted, require
from pilots.rules import RuleViolation


@login_required
def record(request, key, pk):
    """A page of its own; where a row or a card of a list asks, that row or card with the form in it."""
    kpi = find_kpi(request, key, pk)
    require(request.user, Permission.RECORD_MEASUREMENT, pilot=kpi.pilot)

    ids = f"kpi_{kpi.pk}_%s" if request.htmx else "id_%s"  # several may stand open in one list
    form = MeasurementForm(request.POST or None, initial={"measured_at": timezone.localdate()}, auto_id=ids)
    if request.method == "POST" and form.is_valid():
        try:
            reading = record_measurement(kpi=kpi, by=request.user, **form.facts)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            said = f"Recorded for {kpi.name}."
            if request.htmx:
                return _piece(request, reading.kpi, said=said)
            messages.success(request, _then(request, reading, said))
            return redirect("metrics:kpi", kpi.pilot.key, kpi.pk)
    if request.htmx:
        form.fields["value"].widget.attrs["data-focus"] = ""
        return _piece(request, kpi, form=form)
    context = _about(request, kpi) | {"form": form}
    return render(request, "metrics/record.html", context, status=422 if context["failed"] else 200)


def _then(request, reading, said) -> str:
    """What was said, and for who may add evidence the way to what shows this reading."""
    pilot = reading.kpi.pilot
    if not allows(request.user, Permission.FILL_IN_GATE, pilot=pilot):
        return said
    door = reverse("gates:reading_evidence", args=[pilot.key, reading.kpi_id, reading.pk])
    return format_html('{} <a class="link" href="{}">Add what shows it</a>', said, door)


def _about(request, kpi):
    return {
        "pilot": kpi.pilot,
        "kpi": kpi,
        "standing": standing_of(kpi, today=timezone.localdate()),
        "failed": request.method == "POST",
        "may": granted(request.user, pilot=kpi.pilot),
        "tab": "kpis",
    }


def _piece(request, kpi, *, form=None, said=""):
    """The row or the card of a list that asked, drawn anew."""
    context = _about(request, kpi) | {"form": form, "said": said}
    if (request.htmx.target or "").startswith("kpi-card"):
        context["readings"] = series([kpi.pk])[kpi.pk]
        context["piece"] = "metrics/_kpi_card.html"
    else:
        context["piece"] = "metrics/_kpi_row.html"
    status = 422 if form and context["failed"] else 200
    return render(request, "metrics/_recorded.html", context, status=status)


@login_required
def correct(request, key, pk, reading_pk):
    kpi, reading = _find_reading(request, key, pk, reading_pk)

    form = CorrectionForm(request.POST or None, reading=reading)
    if request.method == "POST" and form.is_valid():
        try:
            supersede_measurement(reading=reading, by=request.user, source=Source.FORM, **form.facts)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            messages.success(request, "Corrected. The reading before stays readable and no longer counts.")
            return redirect("metrics:kpi", kpi.pilot.key, kpi.pk)
    return _correction_page(request, "metrics/correct.html", kpi, reading, form)


@login_required
def take_back(request, key, pk, reading_pk):
    kpi, reading = _find_reading(request, key, pk, reading_pk)

    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            take_back_measurement(reading=reading, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            messages.success(request, "Taken back. The reading stays readable and no longer counts.")
            return redirect("metrics:kpi", kpi.pilot.key, kpi.pk)
    return _correction_page(request, "metrics/take_back.html", kpi, reading, form)


def _find_reading(request, key, pk, reading_pk) -> tuple[Kpi, Measurement]:
    kpi = find_kpi(request, key, pk)
    require(request.user, Permission.RECORD_MEASUREMENT, pilot=kpi.pilot)
    return kpi, get_object_or_404(kpi.measurements.select_related("kpi"), pk=reading_pk)


def _correction_page(request, template, kpi, reading, form):
    failed = request.method == "POST"
    context = {"pilot": kpi.pilot, "kpi": kpi, "reading": reading, "form": form, "failed": failed}
    context |= {"may": granted(request.user, pilot=kpi.pilot), "tab": "kpis"}
    return render(request, template, context, status=422 if failed else 200)
