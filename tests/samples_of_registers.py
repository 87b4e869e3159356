"""An entry for each register, as people and programs send it; whoever adds a register adds its sample."""

from typing import Any

# Register → facts of one good entry, complete but for who looks after it.
SAMPLES: dict[str, dict[str, Any]] = {
    "risks": {
        "title": "It invents a clause",
        "likelihood": 3,
        "impact": 5,
        "mitigation": "Every clause is read by a lawyer.",
        "checkpoint": "Before the letter goes out.",
        "trend": "falling",
        "state": "open",
    },
}
