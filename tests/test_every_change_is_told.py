"""Every action that writes rows records an event, itself or through what it calls. Read from the source."""

import ast
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from tests.test_architecture import ROOT, parsed, sources

RECORDS = {"pilots.events.record", "pilots.events.record_many"}
WRITES = {
    *("save", "create", "update", "delete", "get_or_create", "update_or_create"),
    *("bulk_create", "bulk_update", "create_user"),
}
# What writes without an event, and why that is right.
SILENT = {
    "pilots.actions.audit.anchor": "what proves the events is none itself: its row is written once",
    "pilots.actions.audit.verify_all": "the same: its result is a row that is written once",
    **dict.fromkeys(
        (f"pilots.actions.jobs.{name}" for name in ("begin", "hand_on")),
        "in whose hands a job is; each thing that it changes is an event, and so is its end",
    ),
    "pilots.actions.job_mail.tell_of_end": "claims a mail about an event; it is in the log already",
    "gates.meetings.actions.sitting.show_item": "turns the screens in the room; nothing is decided by it",
    "gates.reminders.actions.write_news": "plans mails about an event; it is in the log already",
    "gates.portfolio.actions.keep_selection": "keeps what somebody picked from a list; nothing changes by it",
    "gates.handover.actions.prepare_handover": "keeps what somebody picked, to be looked at; nothing changes by it",
    "gates.handover.actions.write_letter_of": "plans mails about an event; it is in the log already",
    "gates.delegations.actions.write_letter_of": "the same",
    "metrics.uploads.actions.keep_file": "keeps a file until its readings are recorded; nothing changes by it",
    "pilots.registers.uploads.actions.keep_file": "the same, of a file of entries",
    "gates.reminders.actions.write_letter": "plans mails about an event; it is in the log already",
    "gates.meetings.actions.telling.write_letter_of": "the same",
    "gates.reminders.actions.write_reminders": "plans mails; each that is sent is recorded",
    "metrics.collectors.actions.telling.tell_of_trouble": "claims a mail about an event; it is in the log already",
    "metrics.collectors.actions.secrets.encrypt_secrets_anew": "the secrets stay as they are; only the key changes",
    "gates.signs.actions.refresh_signs": "finds what follows from what the events already told",
    "gates.summary.actions.refresh": "counts what the events already told",
    "gates.summary.actions.refresh_stale": "the same",
}


@dataclass
class Function:
    """What one function calls, by full names where they can be told, and whether it writes rows."""

    calls: set[str] = field(default_factory=set)
    writes: bool = False


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def read(path: Path) -> dict[str, Function]:
    """The functions and methods of a file, by full name."""
    tree, module = parsed(path), module_of(path)
    names = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            names.setdefault(node.name, f"{module}.{node.name}")
            found[f"{module}.{node.name}"] = node
    return {name: _function(node, names) for name, node in found.items()}


def _function(node: ast.FunctionDef, names: dict[str, str]) -> Function:
    told = Function()
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and inner.id in names:
            told.calls.add(names[inner.id])  # called, or handed on to be called
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute):
            attribute, owner = inner.func.attr, inner.func.value
            if isinstance(owner, ast.Name) and owner.id in names:
                told.calls.add(f"{names[owner.id]}.{attribute}")
            told.writes |= attribute in WRITES
    return told


def everything() -> dict[str, Function]:
    return {name: function for path in sources("*.py") for name, function in read(path).items()}


def reached(name: str, functions: dict[str, Function]) -> set[str]:
    """Everything this function calls, and what that calls in turn."""
    seen, ahead = set(), [name]
    while ahead:
        here = ahead.pop()
        if here not in seen:
            seen.add(here)
            ahead += functions[here].calls if here in functions else ()
    return seen


FUNCTIONS = everything()
ACTIONS = sorted(
    name
    for path in sources("actions.py", "actions/*.py")
    for name in read(path)
    if not name.rsplit(".", 1)[1].startswith("_")
)


def writes(name: str) -> bool:
    return any(FUNCTIONS[one].writes for one in reached(name, FUNCTIONS) if one in FUNCTIONS)


WRITERS = [name for name in ACTIONS if writes(name)]


def test_there_are_actions_that_write():
    assert {"gates.decisions.actions.decide", "pilots.actions.pilots.create_pilot"} <= set(WRITERS)


def callers_of(name: str) -> set[str]:
    return {caller for caller, function in FUNCTIONS.items() if name in function.calls and caller != name}


def is_door(name: str) -> bool:
    return bool({"views", "api", "tasks", "management"} & set(name.split(".")))


def is_told(name: str, asked: frozenset[str] = frozenset()) -> bool:
    """By itself or, where it is a part of other actions, by every one of these."""
    if reached(name, FUNCTIONS) & RECORDS:
        return True
    callers = callers_of(name) - asked
    return bool(callers) and all(not is_door(one) and is_told(one, asked | {name}) for one in callers)


@pytest.mark.parametrize("name", sorted(set(WRITERS) - set(SILENT)))
def test_an_action_that_writes_is_told(name):
    assert is_told(name), f"{name} changes rows, and no event says so; called by {callers_of(name)}"


def test_what_is_silent_is_so_for_a_reason_and_still_is():
    assert set(SILENT) <= set(WRITERS)
    for name in SILENT:
        assert not is_told(name), f"{name} does record an event: strike it out"


def test_an_action_that_tells_nothing_would_be_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr("tests.test_every_change_is_told.ROOT", tmp_path)
    (tmp_path / "actions.py").write_text("def rename(pilot, title):\n    pilot.save()\n")

    functions = read(tmp_path / "actions.py")

    assert functions["actions.rename"].writes
    assert not reached("actions.rename", functions) & RECORDS
