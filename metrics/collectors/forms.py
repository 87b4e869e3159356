"""The shape of what people type about collectors. Forms never save, and never show a secret."""

from dataclasses import fields
from typing import Any

from django import forms

from metrics.choices import Every
from metrics.models import Collector, Kpi
from metrics.sources.addresses import LONGEST_ADDRESS
from metrics.sources.choices import DecimalMark, RowChoice, SignInKind, SourceKind
from metrics.sources.json_answers import LONGEST_PATH
from metrics.sources.prometheus_api import LONGEST_QUERY
from metrics.sources.prometheus_text import LONGEST_METRIC
from metrics.sources.recipes import RECIPES
from metrics.sources.sign_in import LONGEST_SECRET
from pilots.imports.date_spellings import DAY_FIRST, MONTH_FIRST

LONGEST_NAME = 200  # of a column
ADDRESS_NEEDED = {"required": "Give the address."}


class SourceForm(forms.Form):
    """What every kind of source needs; each kind adds how the number is found."""

    kind: str
    url = forms.CharField(
        label="Address",
        max_length=LONGEST_ADDRESS,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        error_messages=ADDRESS_NEEDED,
    )
    unit = forms.CharField(
        label="Unit at the source",
        max_length=30,
        help_text="Must be the unit of the KPI. If that is ever changed, nothing is recorded until you look.",
        error_messages={"required": "Give the unit in which the source counts."},
    )
    every_hours = forms.TypedChoiceField(
        label="How often", choices=Every.choices, coerce=int, initial=Every.DAY
    )
    sign_in = forms.ChoiceField(label="Sign-in", choices=SignInKind.choices, initial=SignInKind.NONE)
    sign_in_name = forms.CharField(
        label="User or header",
        max_length=100,
        required=False,
        help_text="The user, or the name of the header. Not needed for a token.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    secret = forms.CharField(
        label="Secret",
        max_length=LONGEST_SECRET,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, data=None, *, kpi: Kpi, collector: Collector | None = None):
        super().__init__(data, initial=_initial(kpi, collector))
        kept = collector is not None and collector.secret
        self.fields["secret"].help_text = (
            "One is set. Leave this empty to keep it; another server needs it again."
            if kept
            else "Token, password or value of the header. It is kept encrypted and never shown again."
        )

    @property
    def facts(self) -> dict[str, Any]:
        """What was said, as the actions take it; the form must be valid."""
        said = dict(self.cleaned_data)
        recipe = {one.name: said.pop(one.name) for one in fields(RECIPES[self.kind]) if one.name in said}
        return said | {"kind": self.kind, "recipe": recipe}


def _initial(kpi: Kpi, collector: Collector | None) -> dict[str, Any]:
    if collector is None:
        return {"unit": kpi.unit}
    shown = ("url", "unit", "every_hours", "sign_in", "sign_in_name")
    return {name: getattr(collector, name) for name in shown} | collector.recipe


class JsonForm(SourceForm):
    kind = SourceKind.JSON
    path = forms.CharField(
        label="Path to the number",
        max_length=LONGEST_PATH,
        help_text="A JMESPath expression, such as <code>data.cost</code> or <code>sum(teams[].minutes)</code>.",
        error_messages={"required": "Give the path to the number."},
    )
    time_path = forms.CharField(
        label="Path to its time",
        max_length=LONGEST_PATH,
        required=False,
        help_text="Empty: a reading is of the moment at which it is collected.",
    )


class CsvForm(SourceForm):
    kind = SourceKind.CSV
    value_column = forms.CharField(
        label="Column with the number",
        max_length=LONGEST_NAME,
        help_text="Its name in the first row.",
        error_messages={"required": "Give the name of the column with the number."},
    )
    row = forms.ChoiceField(label="Row", choices=RowChoice.choices)
    time_column = forms.CharField(
        label="Column with the time",
        max_length=LONGEST_NAME,
        required=False,
        help_text="Empty: a reading is of the moment at which it is collected.",
    )
    where_column = forms.CharField(
        label="Only rows where this column",
        max_length=LONGEST_NAME,
        required=False,
        help_text="Such as team. Empty: all rows.",
    )
    where_value = forms.CharField(label="says this", max_length=LONGEST_NAME, required=False)
    delimiter = forms.ChoiceField(
        label="Between cells",
        required=False,
        choices=[("", "Find out"), (",", "Comma"), (";", "Semicolon"), ("\t", "Tab"), ("|", "Bar")],
    )
    decimal_mark = forms.ChoiceField(label="Numbers", choices=DecimalMark.choices)
    date_order = forms.ChoiceField(
        label="Dates such as 3/4/2026",
        required=False,
        choices=[
            ("", "Do not occur"),
            (DAY_FIRST, "3 April: day first"),
            (MONTH_FIRST, "March 4: month first"),
        ],
    )


class PrometheusForm(SourceForm):
    kind = SourceKind.PROMETHEUS
    query = forms.CharField(
        label="Query",
        max_length=LONGEST_QUERY,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text="PromQL that gives one number, such as <code>sum(rate(requests_total[1h]))</code>.",
        error_messages={"required": "Give the query."},
    )


class MetricsForm(SourceForm):
    kind = SourceKind.METRICS
    metric = forms.CharField(
        label="Metric",
        max_length=LONGEST_METRIC,
        help_text='With the labels that tell it from others: <code>requests_total{path="/"}</code>.',
        error_messages={"required": "Give the metric."},
    )


FORMS: dict[str, type[SourceForm]] = {
    form.kind: form for form in (JsonForm, CsvForm, PrometheusForm, MetricsForm)
}


class HostForm(forms.Form):
    entry = forms.CharField(
        label="Host",
        max_length=270,
        help_text="Such as metrics.intra.example.org, or with its port 10.0.4.7:9090.",
        error_messages={"required": "Give the host."},
    )
    reason = forms.CharField(
        label="Why",
        max_length=300,
        help_text="Such as: the operations team's Prometheus, read only.",
        error_messages={"required": "Say why collectors may ask this host."},
    )
