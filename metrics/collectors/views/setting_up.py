"""Setting up a collector and trying it: the same form does both, with another button."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from metrics.collectors.actions.collectors import (
    Unfit,
    create_collector,
    edit_collector,
    proposed_source,
)
from metrics.collectors.asking import Answered, ask, usual_limits
from metrics.collectors.forms import FORMS, SourceForm
from metrics.collectors.queries import KINDS, collector_of
from metrics.collectors.views.finding import find_to_manage
from metrics.finding import find_kpi
from metrics.models import Collector, Kpi
from metrics.sources.recipes import field_of
from pilots.permissions import Permission, granted, require
from pilots.rules import RuleViolation


@login_required
@require_safe
def choose(request, key, pk):
    kpi = find_kpi(request, key, pk)
    require(request.user, Permission.MANAGE_COLLECTORS, pilot=kpi.pilot)
    if collector_of(kpi):
        return redirect("metrics:collector", kpi.pilot.key, kpi.pk)

    context = {"pilot": kpi.pilot, "kpi": kpi, "kinds": KINDS, "tab": "kpis"}
    return render(request, "metrics/collector_choose.html", context)


@login_required
def create(request, key, pk, kind):
    kpi = find_kpi(request, key, pk)
    require(request.user, Permission.MANAGE_COLLECTORS, pilot=kpi.pilot)
    if kind not in FORMS:
        raise Http404

    form = FORMS[kind](request.POST or None, kpi=kpi)
    return _set_up(request, Setting(kpi, form))


@login_required
def edit(request, key, pk):
    kpi, row = find_to_manage(request, key, pk)

    form = FORMS[row.collector.kind](request.POST or None, kpi=kpi, collector=row.collector)
    return _set_up(request, Setting(kpi, form, row.collector))


@dataclass
class Setting:
    """What is being set up, and what came of trying it."""

    kpi: Kpi
    form: SourceForm
    collector: Collector | None = None
    tried: Answered | None = None

    def try_it(self) -> None:
        """Ask as the form says; what goes wrong stands at its field."""
        source = proposed_source(kpi=self.kpi, collector=self.collector, **self.form.facts)
        now, zone = timezone.now(), timezone.get_default_timezone()
        self.tried = ask(source, limits=usual_limits(), now=now, zone=zone)
        if failure := self.tried.failure:
            field = field_of(failure, source.kind, source.recipe)
            self.form.add_error(field, failure.sentence)


def _set_up(request, setting: Setting):
    form = setting.form
    if request.method == "POST" and form.is_valid():
        try:
            if "try" in request.POST:
                setting.try_it()
            else:
                _save(setting, request.user)
                messages.success(request, "Saved. It asks within a minute, unless it is paused.")
                return redirect("metrics:collector", setting.kpi.pilot.key, setting.kpi.pk)
        except Unfit as unfit:
            for field, sentence in unfit.problems.items():
                form.add_error(field, sentence)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
    return _form_page(request, setting)


def _save(setting: Setting, by) -> None:
    if setting.collector is None:
        create_collector(kpi=setting.kpi, by=by, **setting.form.facts)
    else:
        edit_collector(collector=setting.collector, by=by, **setting.form.facts)


def _form_page(request, setting: Setting):
    failed = request.method == "POST" and bool(setting.form.errors)
    context = {
        "pilot": setting.kpi.pilot,
        "kpi": setting.kpi,
        "form": setting.form,
        "heading": f"Collect by {next(name for kind, name, _ in KINDS if kind == setting.form.kind)}",
        "collector": setting.collector,
        "tried": setting.tried,
        "failed": failed,
        "may": granted(request.user, pilot=setting.kpi.pilot),
        "tab": "kpis",
    }
    return render(request, "metrics/collector_form.html", context, status=422 if failed else 200)
