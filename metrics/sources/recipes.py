"""A recipe as it is kept: the kind of source, and the fields that this kind needs."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from metrics.sources.addresses import target_of
from metrics.sources.choices import FailureKind, SourceKind
from metrics.sources.collecting import Recipe
from metrics.sources.csv_answers import CsvCell
from metrics.sources.failures import NotCollected
from metrics.sources.json_answers import JsonPath
from metrics.sources.prometheus_api import PrometheusQuery
from metrics.sources.prometheus_text import PrometheusMetric
from metrics.sources.sign_in import SignIn
from pilots.imports.spelling import quoted

RECIPES: dict[str, type] = {
    SourceKind.JSON: JsonPath,
    SourceKind.CSV: CsvCell,
    SourceKind.PROMETHEUS: PrometheusQuery,
    SourceKind.METRICS: PrometheusMetric,
}
MAIN_FIELDS: dict[str, str] = {
    SourceKind.JSON: "path",
    SourceKind.CSV: "value_column",
    SourceKind.PROMETHEUS: "query",
    SourceKind.METRICS: "metric",
}
TIME_FIELDS: dict[str, str] = {SourceKind.JSON: "time_path", SourceKind.CSV: "time_column"}
SIGN_IN_FIELDS = {"name": "sign_in_name", "secret": "secret"}
OWN_FIELDS = {
    FailureKind.SIGN_IN: "secret",
    FailureKind.KEY: "secret",
    FailureKind.UNIT: "unit",
}
FOUND_THERE = {
    *(FailureKind.QUERY, FailureKind.NOT_FOUND, FailureKind.SEVERAL),
    *(FailureKind.NOT_A_NUMBER, FailureKind.REFUSED),
}


def recipe_of(kind: str, kept: Mapping[str, Any]) -> Recipe:
    """The recipe of this kind; fields of other kinds, and those left empty, are left aside."""
    made = RECIPES[kind]
    return made(**{f.name: kept[f.name] for f in fields(made) if kept.get(f.name)} | _required(made, kept))


def _required(made: type, kept: Mapping[str, Any]) -> dict[str, Any]:
    first = fields(made)[0].name  # the one field that has no usual value
    return {first: kept.get(first, "")}


def kept_of(recipe: Any) -> dict[str, str]:
    """A recipe as it is kept: its fields, those with nothing in them left out."""
    return {name: value for name, value in asdict(recipe).items() if value}


def problems_of(kind: str, url: str, kept: Mapping[str, Any], sign_in: SignIn) -> dict[str, str]:
    """Field → why nothing can be asked like this; {} means it can. No sentence holds the secret."""
    problems = recipe_of(kind, kept).problems()
    try:
        target_of(url)
    except NotCollected as failure:
        problems["url"] = failure.sentence
    return problems | {SIGN_IN_FIELDS[name]: why for name, why in sign_in.problems().items()}


def same_server(one: str, other: str) -> bool:
    """Whether two addresses are of the same scheme, host and port, so that a secret for one may go to the other."""
    try:
        return target_of(one).origin == target_of(other).origin
    except NotCollected:
        return False


def field_of(failure: NotCollected, kind: str, kept: Mapping[str, Any]) -> str:
    """The field of a form in which what went wrong can be put right; "url" where that is none of the recipe."""
    if failure.kind in OWN_FIELDS:
        return OWN_FIELDS[failure.kind]
    time_field = TIME_FIELDS.get(kind, "")
    if failure.kind == FailureKind.TIME:
        return time_field if kept.get(time_field) else "url"
    if failure.kind not in FOUND_THERE:
        return "url"
    for name in ("where_column", "time_column", "time_path"):
        if kept.get(name) and _names(failure.sentence, kept[name]):
            return name
    return MAIN_FIELDS[kind]


def _names(sentence: str, text: str) -> bool:
    """Whether a failure is about this column or path: both are named in fixed words."""
    return f"no column {quoted(text)}" in sentence or f"The path {text} " in sentence


def shown_address(url: str) -> str:
    """An address for everybody to see: what stands behind a question mark may be a key, so only that it is there."""
    before, asked, _ = url.partition("?")
    return before.partition("#")[0] + ("?…" if asked else "")


def host_shown(url: str) -> str:
    """The host of an address, with its port where that is not the usual one; "" of one that cannot be read."""
    try:
        return target_of(url).host_header
    except NotCollected:
        return ""
