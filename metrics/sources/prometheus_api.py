"""A number from an instant query that a Prometheus answers (also Thanos, Mimir, VictoriaMetrics)."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from metrics.sources.choices import FailureKind
from metrics.sources.failures import NotCollected
from metrics.sources.fetching import Answer, check_status, may_pass
from metrics.sources.json_answers import json_of
from metrics.sources.values import Reading, excerpt_of, measured_at, moment_of, number_of

LONGEST_QUERY = 1_000  # characters
API = "/api/v1/query"
SHOWN_SERIES = 3


@dataclass(frozen=True)
class PrometheusQuery:
    """A query in PromQL that answers with one number."""

    query: str

    accept = "application/json"

    def problems(self) -> dict[str, str]:
        """Field → why this cannot be asked; {} means it can."""
        if not self.query.strip() or len(self.query) > LONGEST_QUERY:
            return {"query": f"Give a query of at most {LONGEST_QUERY:,} characters."}
        return {}

    def address(self, url: str) -> str:
        """The address of the query at the server of this address, which may stand below a path."""
        parts = urlsplit(url)
        path = parts.path.rstrip("/").removesuffix(API) + API
        query = "&".join(filter(None, (parts.query, urlencode({"query": self.query}))))
        return urlunsplit(parts._replace(path=path, query=query, fragment=""))

    def read(self, answer: Answer, *, now: datetime, zone: tzinfo) -> Reading:
        """The reading in this answer. Raises NotCollected."""
        data = _data(answer)
        try:
            time, text = _sample(data)
            moment = moment_of(time, zone)
        except (KeyError, TypeError, ValueError, IndexError):
            raise _unlike(data) from None
        if moment is None:
            raise _unlike(data)
        excerpt = excerpt_of(f"{text} for {self.query}")
        return Reading(number_of(text), measured_at(moment, now), excerpt, dated=True)


def _data(answer: Answer) -> dict[str, Any]:
    """What the API answers, or its own words for why it does not, whatever the status."""
    try:
        said = json_of(answer)
    except NotCollected:
        check_status(answer)
        raise
    if not isinstance(said, dict) or said.get("status") not in ("success", "error"):
        check_status(answer)
        raise _unlike(said)
    if said["status"] == "error":
        words = excerpt_of(str(said.get("error") or said.get("errorType") or "no reason given"))
        raise NotCollected(
            FailureKind.QUERY, f"Prometheus says: {words}", worth_retrying=may_pass(answer.status)
        )
    check_status(answer)
    data = said.get("data")
    return data if isinstance(data, dict) else {}


def _sample(data: dict[str, Any]) -> tuple[object, object]:
    """The time and the text of the one number in here."""
    kind, result = data["resultType"], data["result"]
    if kind == "scalar":
        time, text = result
        return time, text
    if kind != "vector":
        sentence = f"The query answers with a {str(kind)[:20]}; it must answer with one number at one time."
        raise NotCollected(FailureKind.QUERY, sentence)
    if not result:
        raise NotCollected(FailureKind.NOT_FOUND, "The query finds no series.")
    if len(result) > 1:
        raise _several(result)
    if "value" not in result[0] and "histogram" in result[0]:
        raise NotCollected(FailureKind.QUERY, "The query answers with a histogram; take a number out of it.")
    time, text = result[0]["value"]
    return time, text


def _several(result: list[dict[str, Any]]) -> NotCollected:
    names = "; ".join(_named(series) for series in result[:SHOWN_SERIES])
    sentence = (
        f"The query finds {len(result)} series. Make one number of them, such as with sum(…) or avg(…)."
    )
    return NotCollected(FailureKind.SEVERAL, sentence, excerpt=excerpt_of(names))


def _named(series: dict[str, Any]) -> str:
    labels = dict(series.get("metric") or {})
    name = labels.pop("__name__", "")
    return name + "{" + ", ".join(f'{label}="{value}"' for label, value in sorted(labels.items())) + "}"


def _unlike(said: object) -> NotCollected:
    sentence = "The answer is not one of Prometheus. Is this its address?"
    return NotCollected(FailureKind.UNREADABLE, sentence, excerpt=excerpt_of(str(said)))
