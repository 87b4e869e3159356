"""A number in a JSON answer, found by a path expression (JMESPath).

An expression may choose, filter and sum up. What could make more of the answer than there is in it is refused, so
no expression takes long: lists and objects made anew, and literals that are lists or objects.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.parser import ParsedResult

from metrics.sources.choices import FailureKind
from metrics.sources.failures import NotCollected
from metrics.sources.fetching import Answer, check_status
from metrics.sources.values import Reading, excerpt_of, measured_at, moment_of, not_a_time, number_of

LONGEST_PATH = 300  # characters
DEEPEST = 60  # steps of an expression inside one another
MAKES_MORE = {"multi_select_list", "multi_select_dict"}
FUNCTIONS = {
    *(
        "abs",
        "avg",
        "ceil",
        "contains",
        "ends_with",
        "floor",
        "keys",
        "length",
        "max",
        "max_by",
        "min",
        "min_by",
    ),
    *("not_null", "reverse", "sort", "sort_by", "starts_with", "sum", "to_number", "type", "values"),
}


@dataclass(frozen=True)
class JsonPath:
    """Where in a JSON answer the number is, and the time of the reading where the answer says it."""

    path: str
    time_path: str = ""

    accept = "application/json"

    def problems(self) -> dict[str, str]:
        """Field → why this cannot be asked; {} means it can."""
        problems = {"path": path_problem(self.path) if self.path else "Give the path to the number."}
        problems["time_path"] = path_problem(self.time_path) if self.time_path else ""
        return {name: problem for name, problem in problems.items() if problem}

    def address(self, url: str) -> str:
        return url

    def read(self, answer: Answer, *, now: datetime, zone: tzinfo) -> Reading:
        """The reading in this answer. Raises NotCollected."""
        check_status(answer)
        content = json_of(answer)
        found = _found(self.path, content)
        value = number_of(found)
        if not self.time_path:
            return Reading(value, now, excerpt_of(json.dumps(found)), dated=False)
        raw_time = _found(self.time_path, content)
        if (moment := moment_of(raw_time, zone)) is None:
            raise not_a_time(raw_time)
        excerpt = excerpt_of(f"{json.dumps(found)} at {json.dumps(raw_time)}")
        return Reading(value, measured_at(moment, now), excerpt, dated=True)


def path_problem(path: str) -> str:
    """Why this path expression cannot be used; "" means it can."""
    try:
        _compiled(path)
    except NotCollected as failure:
        return failure.sentence
    return ""


def _compiled(path: str) -> ParsedResult:
    if len(path) > LONGEST_PATH:
        raise _bad_path(f"The path has more than {LONGEST_PATH} characters.")
    try:
        compiled = jmespath.compile(path)
    except (JMESPathError, RecursionError, ValueError) as error:
        where = getattr(error, "lex_position", None)
        at = f" at character {where + 1}" if isinstance(where, int) and where >= 0 else ""
        raise _bad_path(f"The path cannot be understood{at}.") from None
    for depth, node in _nodes(compiled.parsed):
        if depth > DEEPEST:
            raise _bad_path("The path has too many parts.")
        _check(node)
    return compiled


def _nodes(node: Any, depth: int = 1) -> Iterator[tuple[int, Any]]:
    yield depth, node
    if node["type"] != "slice":  # whose children are numbers
        for child in node["children"]:
            yield from _nodes(child, depth + 1)


def _check(node: Any) -> None:
    if node["type"] in MAKES_MORE or isinstance(node.get("value"), (list, dict)):
        raise _bad_path("The path makes a new list or object; it must choose from the answer.")
    if node["type"] == "function_expression" and node["value"] not in FUNCTIONS:
        raise _bad_path(
            f"The function {node['value'][:30]} cannot be used; use {', '.join(sorted(FUNCTIONS))}."
        )


def json_of(answer: Answer) -> Any:
    """The content of a JSON answer. Raises NotCollected."""
    if is_web_page(answer):
        raise NotCollected(
            FailureKind.UNREADABLE,
            "The server answered with a web page, not with JSON. Does it want a sign-in?",
        )
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):  # of which wrong characters are one kind
        excerpt = excerpt_of(answer.body[:2_000].decode("utf-8", "replace"))
        raise NotCollected(FailureKind.UNREADABLE, "The answer is not JSON.", excerpt=excerpt) from None


def is_web_page(answer: Answer) -> bool:
    """Whether this is a page for people, such as one to sign in at."""
    start = answer.body[:200].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    return start.startswith((b"<!doctype html", b"<html"))


def _found(path: str, content: Any) -> Any:
    """The one thing that the path finds."""
    try:
        found = _compiled(path).search(content)
    except (JMESPathError, RecursionError, TypeError, ValueError):
        raise _not_found(f"The path {path} does not fit the answer.", content) from None
    if isinstance(found, list) and len(found) == 1:
        found = found[0]
    if found is None or found == []:
        raise _not_found(f"The path {path} finds nothing in the answer.", content)
    if isinstance(found, list):
        sentence = f"The path {path} finds {len(found)} values. Choose one, such as with [0], or sum them up."
        raise NotCollected(FailureKind.SEVERAL, sentence, excerpt=_shown(found))
    if isinstance(found, dict):
        raise _not_found(f"The path {path} finds an object, not a value.", found)
    return found


def _shown(content: Any) -> str:
    try:
        return excerpt_of(json.dumps(content))
    except RecursionError:
        return ""


def _not_found(sentence: str, content: Any) -> NotCollected:
    return NotCollected(FailureKind.NOT_FOUND, sentence, excerpt=_shown(content))


def _bad_path(sentence: str) -> NotCollected:
    return NotCollected(FailureKind.QUERY, sentence)
