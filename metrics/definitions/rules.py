"""What a KPI has from the definition it follows. Pure."""

from collections.abc import Mapping
from typing import Any

# Field of a KPI → the field of its definition that says it.
FOLLOWED = {"unit": "unit", "direction": "direction", "definition": "method"}


def following_problems(
    said: Mapping[str, Any], defined: Mapping[str, str], now: Mapping[str, Any]
) -> dict[str, str]:
    """Field → why it cannot be said of a KPI that follows a definition; {} means it can.

    `said` are fields of the KPI, blank or missing where nothing is said; `defined` what the definition says
    of each in `FOLLOWED`; `now` what the KPI has now, {} for a new one: what is said again is not said anew.
    """
    return {
        name: "The definition says this. Leave it empty, or follow no definition."
        for name, value in defined.items()
        if said.get(name) and _plain(said[name]) not in (_plain(value), _plain(now.get(name)))
    }


def _plain(text: Any) -> str:
    return " ".join(str(text or "").split())


def editing_sentence(names: list[str], hidden: int) -> str:
    """Why what is measured by a definition cannot be changed: these KPIs are fixed, and so many unseen ones."""
    unseen = f"{hidden} of programmes you do not see" if hidden else ""
    where = ", ".join(filter(None, [*names, unseen]))
    return (
        f"Unit, direction and method are fixed with the KPIs that follow it: {where}. Make a new definition."
    )
