"""What has moved of a KPI's fixed terms, and proposing a change. It is answered like any other amendment."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from gates.amendments import actions
from gates.amendments.forms import AnswerForm, KpiAmendmentForm
from gates.amendments.queries import amendments_of_kpi, row_of
from gates.choices import KPI_TERMS, AmendedField
from gates.models import Gate
from metrics.finding import find_kpi
from metrics.kpis.queries import fixed_terms, term_in_words, term_now
from pilots.permissions import Permission, granted, require
from pilots.rules import RuleViolation


@login_required
@require_safe
def amendments(request, key, pk):
    kpi = find_kpi(request, key, pk)

    found = amendments_of_kpi(kpi)
    for amendment in found:
        amendment.gate.pilot = kpi.pilot
    rows = [row_of(amendment, amendment.gate, reader=request.user) for amendment in found]
    fixed = fixed_terms(kpi, today=timezone.localdate())
    context = {
        "kpi": kpi,
        "heading": f"Amendments of {kpi.name}",
        "pilot": kpi.pilot,
        "gate": _gate_of(kpi),
        "terms": [
            (term, AmendedField(field).label, _now(kpi, term)) for field, term in _terms() if term in fixed
        ],
        "asked": [row for row in rows if row.is_asked],
        "settled": [row for row in rows if not row.is_asked],
        "answer_form": AnswerForm(),
        "may": granted(request.user, pilot=kpi.pilot),
        "tab": "kpis",
    }
    return render(request, "gates/kpi_amendments.html", context)


@login_required
def ask(request, key, pk, term):
    kpi = find_kpi(request, key, pk)
    field = next((field for field, name in _terms() if name == term), None)
    if field is None:
        raise Http404
    require(request.user, Permission.ASK_AMENDMENT, pilot=kpi.pilot)

    gate = _gate_of(kpi)
    form = KpiAmendmentForm(request.POST or None, kpi=kpi, term=term)
    if request.method == "POST" and form.is_valid():
        try:
            if gate is None:
                raise RuleViolation("This pilot has no open gate, so nothing is judged on it now.")
            actions.ask_amendment(gate=gate, kpi=kpi, field=field, by=request.user, **form.facts)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            messages.success(request, "Proposed. Nothing changes until somebody else approves it.")
            return redirect("gates:kpi_amendments", kpi.pilot.key, kpi.pk)
    failed = request.method == "POST"
    context = {"form": form, "kpi": kpi, "pilot": kpi.pilot, "gate": gate, "failed": failed, "tab": "kpis"}
    context |= {"term": AmendedField(field), "now": _now(kpi, term)}
    context["may"] = granted(request.user, pilot=kpi.pilot)
    return render(request, "gates/kpi_amendment_form.html", context, status=422 if failed else 200)


def _terms():
    return KPI_TERMS.items()


def _now(kpi, term) -> str:
    return term_in_words(term, term_now(kpi, term), kpi.unit)


def _gate_of(kpi) -> Gate | None:
    return Gate.objects.current().filter(pilot=kpi.pilot_id).select_related("definition").first()
