"""One call of the API, and what it answers to whom."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.api.world import BASE, World
from tests.roles import MEMBERS


@dataclass(frozen=True)
class Call:
    """`path` and `body` are made for a world; `to_outsiders` is what those hear who may not see it."""

    name: str
    method: str
    path: Callable[[World], str]
    allowed: tuple[str, ...] = MEMBERS
    body: Callable[[World], Any] = field(default=lambda world: None)
    format: str = "json"
    status: int = 200
    to_outsiders: int = 404
    refused: int = 403  # what those hear who may see it, or other things of its kind, but not do this

    def __str__(self):
        return self.name

    def by(self, program, world: World):
        """The answer this program gets; a file is read to its end."""
        address, body = BASE + self.path(world), self.body(world)
        if self.method == "get":
            answer = program.get(address)
        else:
            answer = getattr(program, self.method)(address, body, format=self.format)
        if answer.streaming:
            b"".join(answer.streaming_content)  # which closes it
        return answer
