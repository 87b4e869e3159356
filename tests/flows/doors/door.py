"""An address and method, who may use it, and what stands in most of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from django.urls import reverse

from tests.flows.scene import Scene
from tests.roles import MEMBERS

PARTS = (*MEMBERS, "outsider", "stranger", "anonymous")
SIGNED_IN = PARTS[:-1]

Facts = Callable[[Scene], dict[str, Any]]


def nothing(_: Scene) -> dict[str, Any]:
    return {}


def of_pilot(s: Scene):
    return {"key": s.pilot.key}


def of_gate(s: Scene):
    return of_pilot(s) | {"gate_key": s.gate.definition.key}


def of_criterion(s: Scene):
    return of_gate(s) | {"criterion_key": s.criterion.criterion.key}


def of_programme(s: Scene):
    return {"slug": s.programme.slug}


def of_waiting(s: Scene):
    return {"key": s.waiting.key, "gate_key": "G1"}


@dataclass(frozen=True)
class Door:
    """One address and method; `body` is what a form there sends when all is well.

    Who is not `allowed` gets `refused`; who cannot see the programme gets `hidden`; nobody signed in is
    sent to the sign-in page unless `anonymous` says what else.
    """

    name: str
    method: str = "get"
    allowed: tuple[str, ...] = MEMBERS
    args: Facts = nothing
    body: Facts = nothing
    status: int = 200
    refused: int = 403
    hidden: int = 404  # what outsider and stranger get, unless allowed
    outsider: int | None = None  # where that is something else
    anonymous: int = 302
    is_form: bool = False  # takes fields that can be filled in wrongly
    is_page: bool = True  # a GET shows a page of ours
    files: Facts = field(default=nothing)

    def __str__(self) -> str:
        return f"{self.method} {self.name}"

    def url(self, scene: Scene) -> str:
        return reverse(self.name, kwargs=self.args(scene))

    def expected(self, part: str) -> int:
        """The status that this person gets."""
        if part in self.allowed:
            return self.status
        if part == "anonymous":
            return self.anonymous
        if part == "outsider":
            return self.outsider or self.hidden
        return self.hidden if part == "stranger" else self.refused

    def by(self, client: Client, scene: Scene):
        """The answer to a request in which all is well; a file is read to its end."""
        if self.method == "get":
            answer = client.get(self.url(scene))
        else:
            answer = client.post(self.url(scene), self.body(scene) | self.files(scene))
        if answer.streaming:
            b"".join(answer.streaming_content)  # which closes it
        return answer
