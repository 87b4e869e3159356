"""One collection: ask one server, read one number out of its answer."""

from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Protocol

from metrics.sources.choices import FailureKind
from metrics.sources.connecting import Resolver, addresses_of
from metrics.sources.failures import NotCollected
from metrics.sources.fetching import NO_SIGN_IN, USUAL_LIMITS, Answer, Limits, fetch
from metrics.sources.sign_in import SignIn
from metrics.sources.values import Reading, excerpt_of

NOTHING = Answer(status=0, content_type="", body=b"")
LONGEST_BEGINNING = 2_000  # bytes


class Recipe(Protocol):
    """How a number is found: JsonPath, CsvCell, PrometheusQuery or PrometheusMetric."""

    accept: str

    def problems(self) -> dict[str, str]: ...

    def address(self, url: str) -> str: ...

    def read(self, answer: Answer, *, now: datetime, zone: tzinfo) -> Reading: ...


def collect(
    url: str,
    recipe: Recipe,
    *,
    now: datetime,
    zone: tzinfo,
    sign_in: SignIn = NO_SIGN_IN,
    limits: Limits = USUAL_LIMITS,
    resolve: Resolver = addresses_of,
) -> Reading:
    """The reading that the server at this address gives now.

    now: the time of the reading where the source says none. zone: whose time the source means where it says none.
    Raises NotCollected, with the beginning of the answer where there is one. Neither a reading nor a failure holds
    the secret of the sign-in.
    """
    answer = NOTHING
    try:
        if problems := recipe.problems():
            raise NotCollected(FailureKind.QUERY, " ".join(problems.values()))
        answer = fetch(
            recipe.address(url), sign_in=sign_in, limits=limits, accept=recipe.accept, resolve=resolve
        )
        found = recipe.read(answer, now=now, zone=zone)
    except NotCollected as failure:
        raise NotCollected(
            failure.kind,
            sign_in.hidden_in(failure.sentence),
            worth_retrying=failure.worth_retrying,
            excerpt=sign_in.hidden_in(failure.excerpt or beginning_of(answer)),
            size=len(answer.body),
        ) from None
    return replace(found, excerpt=sign_in.hidden_in(found.excerpt), size=len(answer.body))


def beginning_of(answer: Answer) -> str:
    """The beginning of what a server said, as far as it is text."""
    return excerpt_of(answer.body[:LONGEST_BEGINNING].decode("utf-8", "replace").replace("\0", "\ufffd"))
