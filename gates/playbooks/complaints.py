"""What the reader of playbook files complains about, brought back to the fields of a page. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gates.playbooks.schema import PlaybookError, PlaybookFile

SAID = re.compile(r"line (\d+)(?:, (\S+))?: (.*)", re.DOTALL)
PHASE = re.compile(r"phases\[(\d+)\]")
CRITERION = re.compile(r"\.criteria\[(\d+)\]")


@dataclass(frozen=True)
class Complaint:
    path: str  # such as phases[0].gate.criteria[1].weight; blank for the file as a whole
    text: str

    @property
    def sentence(self) -> str:
        return f"{self.text[:1].upper()}{self.text[1:]}."

    def field_below(self, prefix: str) -> str:
        """The name of the field right below this path that it is about; "" where it is not below it."""
        rest = self.path.removeprefix(prefix)
        found = re.match(r"[a-z_]+", rest) if rest != self.path or not prefix else None
        return found.group() if found else ""

    def placed(self, playbook: PlaybookFile) -> str:
        """The complaint with the names of phase and criterion before it."""
        return ": ".join(part for part in (self._place(playbook), self.text) if part) + "."

    def _place(self, playbook: PlaybookFile) -> str:
        phase_at, criterion_at = PHASE.match(self.path), CRITERION.search(self.path)
        field = self.path.rsplit(".", 1)[-1].split("[")[0].replace("_", " ")
        if phase_at is None:
            return field
        phase = playbook.phases[int(phase_at[1])]
        if criterion_at is None:
            return f"{phase.name}, {field}"
        return f"{phase.gate.key} {phase.gate.criteria[int(criterion_at[1])].key}, {field}"


def complaints(error: PlaybookError) -> Iterator[Complaint]:
    """Each message with the place it is about."""
    for message in error.messages:
        found = SAID.match(message)
        # The line is one of a text that nobody sees on a page.
        text = re.sub(r", on line \d+$", "", found[3] if found else message)
        yield Complaint((found[2] or "") if found else "", text)


def sentences(error: PlaybookError, playbook: PlaybookFile) -> list[str]:
    """Everything wrong with a playbook put together on a page, without lines that nobody sees there."""
    return [complaint.placed(playbook) for complaint in complaints(error)]
