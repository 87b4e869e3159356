"""The design, as tests: who writes, what reacts, how pure rules are, how long things get, who may come in."""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from celery import Task
from django.urls import URLResolver, get_resolver
from django.urls.resolvers import RoutePattern
from django.utils.regex_helper import normalize

from config.reactions import REACTIONS
from gates import events as gate_events
from metrics import events as metric_events
from pilots import events as pilot_events

ROOT = Path(__file__).resolve().parent.parent
APPS = ("pilots", "metrics", "gates", "config")


def sources(*patterns: str) -> list[Path]:
    """The product's Python files of these names, migrations left out."""
    found = {path for app in APPS for pattern in patterns for path in (ROOT / app).rglob(pattern)}
    return sorted(path for path in found if "migrations" not in path.parts)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


# --- Doors do not write ------------------------------------------------------------------------
WRITES = {"save", "create", "update", "delete", "get_or_create", "update_or_create"}
DOORS = ("views.py", "views/*.py", "api.py", "tasks.py", "admin.py", "management/**/*.py")


def written(path: Path) -> Iterator[str]:
    """The calls in a file that change rows, as they are written there."""
    for node in ast.walk(parsed(path)):
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Attribute) and called.attr.removeprefix("bulk_") in WRITES:
            yield ast.unparse(called)


def test_there_are_doors_to_look_at():
    assert {"gates/checklist/views.py", "pilots/tasks.py"} <= {name_of(path) for path in sources(*DOORS)}


@pytest.mark.parametrize("path", sources(*DOORS), ids=name_of)
def test_a_door_writes_nothing_itself(path):
    assert set(written(path)) == set()


def test_a_door_that_writes_would_be_noticed(tmp_path):
    (tmp_path / "views.py").write_text("def view(request):\n    gate.objects.filter(pk=1).update(score=1)\n")

    assert list(written(tmp_path / "views.py")) == ["gate.objects.filter(pk=1).update"]


# --- Events and what reacts to them ------------------------------------------------------------
def declared() -> dict[str, str]:
    """Event type → where it is declared."""
    return {
        value: f"{module.__name__}.{name}"
        for module in (pilot_events, metric_events, gate_events)
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str)
    }


def test_every_event_has_its_line_among_the_reactions_and_no_line_is_left_over():
    assert set(REACTIONS) == set(declared())


def test_an_event_is_named_after_its_app_and_in_the_past_tense():
    for type_, where in declared().items():
        app, what = type_.split(".")
        assert where.startswith(f"{app}.events"), where
        assert what.upper() == where.rsplit(".", 1)[1], where
        assert len(type_) <= 60


def test_every_events_module_is_looked_at():
    assert {name_of(path) for path in sources("events.py")} == {
        "gates/events.py",
        "metrics/events.py",
        "pilots/events.py",
    }


def test_reactions_are_tasks():
    assert all(isinstance(task, Task) for tasks in REACTIONS.values() for task in tasks)


# --- Rules are pure ----------------------------------------------------------------------------
def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""


def is_pure(module: str) -> bool:
    app, *inside = module.split(".")
    return app in sys.stdlib_module_names or (app in APPS and inside[-1] in ("choices", "rules"))


RULES = [*sources("rules.py"), ROOT / "gates" / "readiness.py"]


@pytest.mark.parametrize("path", RULES, ids=name_of)
def test_rules_import_nothing_but_words_and_rules(path):
    assert [module for module in imported(path) if not is_pure(module)] == []


@pytest.mark.parametrize("path", RULES, ids=name_of)
def test_rules_are_told_the_time(path):
    clocks = {"now", "today", "utcnow", "localdate"}
    calls = (node.func for node in ast.walk(parsed(path)) if isinstance(node, ast.Call))

    assert [call.attr for call in calls if isinstance(call, ast.Attribute) and call.attr in clocks] == []


# --- Size --------------------------------------------------------------------------------------
READ_BY_PEOPLE = [*sources("*.py"), *sorted((ROOT / "tests").rglob("*.py")), *sorted(ROOT.glob("*.py"))]


@pytest.mark.parametrize("path", READ_BY_PEOPLE, ids=name_of)
def test_nothing_is_too_long_to_read(path):
    text = path.read_text()
    functions = (
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    )

    assert len(text.splitlines()) <= 400
    assert {f.name: f.end_lineno - f.lineno + 1 for f in functions if f.end_lineno - f.lineno >= 50} == {}


# --- Who may come in ---------------------------------------------------------------------------
PUBLIC = {
    "/healthz": "for what watches over the servers; says nothing about pilots",
    "/readyz": "the same",
    "/accounts/login/": "the way in",
    "/accounts/logout/": "sends who is already out to the front page",
    "/accounts/inactive/": "tells that an account has been ended",
    "/accounts/signup/": "tells that administrators make the accounts",
    "/accounts/password/reset/": "the way back in",
    "/accounts/password/reset/done/": "tells to look into the mail",
    "/accounts/password/reset/key/1-1/": "tells that a link has expired",
    "/accounts/password/reset/key/done/": "tells that the password has been changed",
}
REFUSED = {302, 401, 403, 404, 405}


def addresses(resolver=None, prefix: str = "/") -> Iterator[str]:
    """An address for every route there is, with something where it asks for a key or a number."""
    for entry in (resolver or get_resolver()).url_patterns:
        address = prefix + _example(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, address)
        else:
            yield address


def _example(pattern) -> str:
    if isinstance(pattern, RoutePattern):
        return re.sub(
            r"<(?:(\w+):)?\w+>", lambda found: "1" if found[1] == "int" else "x1", str(pattern._route)
        )
    template, names = normalize(pattern.regex.pattern)[0]
    return template % {name: "1" for name in names}


ADDRESSES = sorted(set(addresses()))


def test_every_route_is_tried():
    assert {"/", "/pilots/", "/pilots/x1/gates/x1/decision/", "/api/v1/gates/1/", "/healthz"} <= set(
        ADDRESSES
    )
    assert set(PUBLIC) <= set(ADDRESSES), "a public address that is no more"


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("address", [address for address in ADDRESSES if address not in PUBLIC])
def test_nobody_comes_in_without_signing_in(client, address, method):
    response = getattr(client, method)(address)

    assert response.status_code in REFUSED
    if response.status_code == 302:
        assert response["Location"].startswith("/accounts/login/"), response["Location"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", sorted(set(PUBLIC) - {"/readyz"}))  # that one asks the broker too
def test_what_is_public_answers_without_a_session(client, address):
    response = client.get(address)

    assert response.status_code in (200, 302, 404)
    assert "sessionid" not in response.cookies
