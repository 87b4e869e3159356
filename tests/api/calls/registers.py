"""The registers of a pilot: the same calls for each."""

from pilots.registers.table import REGISTERS
from tests.api.calls.call import Call
from tests.roles import KEEPERS
from tests.samples_of_registers import SAMPLES


def calls_of(key: str) -> list[Call]:
    def entry(w):
        return f"registers/{key}/{w.entries[key].pk}/"

    def new(w):
        return SAMPLES[key] | {"pilot": w.intake.key}

    return [
        Call(
            f"add to {key}", "post", lambda w: f"registers/{key}/", KEEPERS, new, status=201, to_outsiders=400
        ),
        Call(f"change one of {key}", "patch", entry, KEEPERS, lambda w: {"team": "Legal"}),
        Call(f"remove one of {key}", "post", lambda w: f"{entry(w)}remove/", KEEPERS),
        Call(f"put back one of {key}", "post", lambda w: f"{entry(w)}restore/", KEEPERS),
    ]


READS = tuple(
    Call(f"show an entry of {key}", "get", lambda w, key=key: f"registers/{key}/{w.entries[key].pk}/")
    for key in REGISTERS
)
WRITES = tuple(call for key in REGISTERS for call in calls_of(key))
