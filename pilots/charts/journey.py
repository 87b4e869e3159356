"""Where a pilot stands on its way: the stepper, the dashes of a table row."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from pilots.charts.svg import element, hidden, join, symbol


@dataclass(frozen=True)
class Step:
    """A phase and the gate that closes it.

    `state` is done, current or next; `gate_state` is decided, forecast or planned; `progress` is the share of
    the phase that has passed, in percent; `detail` stands beside the phase, `note` beside the date.
    """

    phase: str
    state: str = "next"
    gate: str = ""
    on: str = ""
    gate_state: str = "planned"
    note: str = ""
    detail: str = ""
    progress: int = 0
    url: str = ""


def stepper(phases: Sequence[Step], *, label: str = "Phases and gates") -> SafeString:
    """The whole journey in one line; on a phone a list, which shows only the current phase."""
    if not phases:
        return element("p", "No playbook has been chosen, so there are no phases yet.", class_="fine")
    collapsed = "stepper collapsed" if any(step.state == "current" for step in phases) else "stepper"
    return element("ol", *(_step(step) for step in phases), class_=collapsed, aria_label=label)


def _step(step: Step) -> str:
    reached = {"done": 100, "current": step.progress}.get(step.state, 0)
    track = element(
        "svg",
        element("rect", width="100%", height=3, fill="var(--line-2)"),
        element("rect", width=f"{min(max(reached, 0), 100)}%", height=3, fill="var(--ink)"),
        class_="track",
        aria_hidden="true",
    )
    phase = [step.phase, element("span", f" · {step.detail}")] if step.detail else [step.phase]
    parts: list[str] = [track, element("div", *phase, class_="phase")]
    if step.gate:
        parts.insert(1, element("span", symbol(f"d-{step.gate_state}", "diamond"), class_="gate"))
        parts.append(_gate_label(step))
    current = "step" if step.state == "current" else None
    return element("li", *parts, class_=step.state, aria_current=current)


def _gate_label(step: Step) -> str:
    name = element("b", element("a", step.gate, href=step.url) if step.url else step.gate)
    when = ", ".join(part for part in (step.on, step.note) if part)
    return element("div", name, when, hidden(f", {step.gate_state}"), class_="gate-label")


def steps(number: int, of: int, *, label: str = "") -> SafeString:
    """Dashes: `number` of `of`, the last reached one in the accent colour; `label` names the phase."""
    dashes = [
        element("i", class_="current" if index == number else "on" if index < number else None)
        for index in range(1, of + 1)
    ]
    words = f"Phase {number} of {of}" + (f", {label}" if label else "")
    return join((element("span", *dashes, class_="steps", aria_hidden="true"), hidden(words)))
