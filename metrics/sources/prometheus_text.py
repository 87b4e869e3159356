"""A number on a metrics page, in the text format of Prometheus."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from metrics.sources.choices import FailureKind
from metrics.sources.failures import NotCollected
from metrics.sources.fetching import Answer, check_status
from metrics.sources.json_answers import is_web_page
from metrics.sources.values import Reading, excerpt_of, measured_at, moment_of, number_of

LONGEST_METRIC = 1_000  # characters
LONGEST_LINE = 10_000  # the parser takes much longer for much longer lines
SHOWN_SAMPLES = 3


@dataclass(frozen=True)
class PrometheusMetric:
    """A metric and as many of its labels as tell it from others: `requests_total{path="/",code="200"}`."""

    metric: str

    accept = "text/plain;version=0.0.4"

    def problems(self) -> dict[str, str]:
        """Field → why this cannot be asked; {} means it can."""
        return {"metric": METRIC_HELP} if self._wanted() is None else {}

    def address(self, url: str) -> str:
        return url

    def read(self, answer: Answer, *, now: datetime, zone: tzinfo) -> Reading:
        """The reading in this answer. Raises NotCollected."""
        check_status(answer)
        if is_web_page(answer):
            raise _unreadable(
                "The server answered with a web page, not with metrics. Does it want a sign-in?"
            )
        wanted = self._wanted()
        if wanted is None:
            raise NotCollected(FailureKind.QUERY, METRIC_HELP)
        fitting = [sample for sample in _samples(answer, wanted.name) if _fits(sample, wanted)]
        if not fitting:
            raise NotCollected(FailureKind.NOT_FOUND, f"There is no {excerpt_of(self.metric)} in the answer.")
        if len(fitting) > 1:
            raise _several(fitting)
        return _reading(fitting[0], now, zone)

    def _wanted(self) -> Sample | None:
        """A metric is written as on a metrics page, so it can be read as a line of one."""
        if len(self.metric) > LONGEST_METRIC or "\n" in self.metric:
            return None
        try:
            return _parsed(f"{self.metric} 0")
        except ValueError:
            return None


METRIC_HELP = 'Give a metric such as requests_total{path="/"}, with as many labels as tell it from others.'


def _samples(answer: Answer, name: str) -> Iterator[Sample]:
    """The samples of this name. Other lines need not be understood."""
    try:
        text = answer.body.decode("utf-8")
    except UnicodeDecodeError:
        raise _unreadable("The answer is not text in UTF-8.") from None
    for line in text.split("\n"):
        if name not in line or line.lstrip().startswith("#"):
            continue
        if len(line) > LONGEST_LINE:
            raise _unreadable(f"The answer has a line of more than {LONGEST_LINE:,} characters.")
        try:
            sample = _parsed(line)
        except ValueError:
            raise _unreadable(f"This line of the answer is no metric: {excerpt_of(line)[:80]}") from None
        if sample and sample.name == name:
            yield sample


def _parsed(line: str) -> Sample | None:
    """Parsed without the lines that give metrics their types: with them the parser renames counters."""
    families = list(text_string_to_metric_families(line))
    return families[0].samples[0] if families else None


def _fits(sample: Sample, wanted: Sample) -> bool:
    return wanted.labels.items() <= sample.labels.items()


def _reading(sample: Sample, now: datetime, zone: tzinfo) -> Reading:
    value, moment = number_of(sample.value), moment_of(sample.timestamp, zone)
    excerpt = excerpt_of(f"{_shown(sample)} {sample.value}")
    return Reading(value, measured_at(moment, now) if moment else now, excerpt, dated=moment is not None)


def _shown(sample: Sample) -> str:
    labels = ", ".join(f'{label}="{value}"' for label, value in sorted(sample.labels.items()))
    return sample.name + (f"{{{labels}}}" if labels else "")


def _several(samples: list[Sample]) -> NotCollected:
    shown = "; ".join(_shown(sample) for sample in samples[:SHOWN_SAMPLES])
    sentence = f"{len(samples)} series fit. Name more labels, so that one is left."
    return NotCollected(FailureKind.SEVERAL, sentence, excerpt=excerpt_of(shown))


def _unreadable(sentence: str) -> NotCollected:
    return NotCollected(FailureKind.UNREADABLE, sentence)
