"""The examples of docs/api.md, each sent as written and held against the answer written below it."""

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gates.choices import Area
from gates.models import Evidence
from pilots.actions.tokens import create_token
from tests.builders import (
    bring,
    criterion,
    days_ago,
    make_benefit,
    make_gate,
    make_kpi,
    make_pilot,
    measure,
)

PAGE = Path(__file__).resolve().parents[2] / "docs" / "api.md"
EXAMPLE = re.compile(
    r"```sh\n(?P<command>curl .*?)```\n\nAnswer \((?P<status>\d+)\).*?\n\n```json\n(?P<answer>.*?)```",
    re.DOTALL,
)
CRITERIA = (
    criterion("V1", weight=3, title="Bring the KPI to its target", check_name="business_kpis_at_target"),
    criterion("C1", area=Area.ORGANISATIONAL, title="Show the results"),
)


@dataclass(frozen=True)
class Example:
    command: str
    status: int
    answer: Any

    def sent_by(self, client: Client, token: str):
        """The answer to this command line, read as curl reads it."""
        words = shlex.split(self.command.replace("\\\n", " "))[1:]
        options = {name: words[i + 1] for i, name in enumerate(words) if name in ("-X", "-d")}
        form = dict(words[i + 1].split("=", 1) for i, name in enumerate(words) if name == "-F")
        path = next(word for word in words if word.startswith("$PILOTAGE")).removeprefix("$PILOTAGE")
        method = options.get("-X", "POST" if "-d" in options or form else "GET")
        headers = {"Authorization": f"Token {token}"}
        if form:
            files = {n: SimpleUploadedFile(v[1:], b"%PDF-1.7") for n, v in form.items() if v.startswith("@")}
            return client.post(path, form | files, headers=headers)
        body = options.get("-d", "")
        return client.generic(method, path, body, content_type="application/json", headers=headers)


@pytest.fixture
def answered(programme, olga, on, settings, tmp_path):
    """Sends an example to a world that has what the page speaks of, under the page's names."""
    settings.MEDIA_ROOT = tmp_path
    with on("2026-11-21"):
        pilot = make_pilot(programme, owner=olga, title="Complaint letter drafting")
        kpi = make_kpi(pilot, "Days to answer a complaint", unit="days")
        gate = make_gate(CRITERIA, pilot=pilot, planned_on=days_ago(12))
        measure(kpi, "6.8", on=days_ago(11), by=olga)
        bring(make_benefit(pilot), days_ago(30), 480, by=olga)
        show = gate.assessments.get(criterion__key="C1")
        names = {"PIL-014": pilot.key, "kpis/40/": f"kpis/{kpi.pk}/", "gates/71/": f"gates/{gate.pk}/"}
        names |= {"assessments/694/": f"assessments/{show.pk}/", "assessment=694": f"assessment={show.pk}"}
        names |= {'"kpi": 40': f'"kpi": {kpi.pk}'}
        _, token = create_token(user=olga, name="Docs")

        def send(example: Example):
            # The page's one piece of evidence is the one that its example before has added.
            piece = Evidence.objects.order_by("pk").last()
            known = names | ({"evidence/380/": f"evidence/{piece.pk}/"} if piece else {})
            return _renamed(example, known).sent_by(Client(), token)

        yield send


def _renamed(example: Example, names: dict[str, str]) -> Example:
    command = example.command
    for written, real in names.items():
        command = command.replace(written, real)
    return Example(command, example.status, example.answer)


def examples() -> list[Example]:
    found = EXAMPLE.finditer(PAGE.read_text())
    return [Example(one["command"], int(one["status"]), json.loads(one["answer"])) for one in found]


def has_shape(answer: Any, shown: Any) -> bool:
    """Whether the answer has every field that is shown; an example shows only some."""
    if isinstance(shown, dict):
        return isinstance(answer, dict) and all(
            key in answer and has_shape(answer[key], value) for key, value in shown.items()
        )
    if isinstance(shown, list) and shown:
        return bool(answer) and has_shape(answer[0], shown[0])
    return True


def test_every_example_answers_as_written(answered):
    for example in examples():
        answer = answered(example)

        assert answer.status_code == example.status, (example.command, answer.content)
        if example.status >= 400:
            assert answer.json() == example.answer
        else:
            assert has_shape(answer.json(), example.answer), (example.command, answer.json())


def test_every_command_of_the_page_is_an_example_with_its_answer():
    commands = re.findall(r"^curl ", PAGE.read_text(), re.MULTILINE)

    assert len(examples()) == len(commands) > 5
