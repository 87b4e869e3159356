"""Every call the API takes, each once in a form that works, and who may make it: a module per area."""

from pilots.registers.table import REGISTERS
from tests.api.calls import (
    amendments,
    collectors,
    decisions,
    evidence,
    gates,
    handovers,
    meetings,
    metrics,
    overlap,
    packs,
    pilots,
    playbooks,
    registers,
    review,
    signoffs,
    signs,
    value,
    waivers,
)
from tests.api.calls.call import Call

__all__ = ["EVERY_CALL", "LISTS", "READS", "WRITES", "Call"]

AREAS = (
    pilots,
    metrics,
    collectors,
    value,
    registers,
    playbooks,
    gates,
    evidence,
    waivers,
    overlap,
    amendments,
    review,
    signoffs,
    decisions,
    packs,
    meetings,
    handovers,
    signs,
)
LISTS = tuple(
    Call(f"list {name}", "get", lambda world, name=name: f"{name}/", to_outsiders=200)
    for name in (
        "programmes",
        "pilots",
        "gates",
        "assessments",
        "evidence",
        "decisions",
        "kpis",
        "kpi-definitions",
        "amendments",
        "signs",
        "waivers",
        "overlaps",
        "distinctions",
        "meetings",
        "playbooks",
        "collectors",
        "benefits",
        "benefit-pools",
        "budget-lines",
        *(f"registers/{key}" for key in REGISTERS),
    )
)
READS = tuple(call for area in AREAS for call in area.READS)
# Everybody has their own.
OWN = pilots.OWN + signoffs.OWN + handovers.OWN
WRITES = tuple(call for area in AREAS for call in area.WRITES)
EVERY_CALL = LISTS + READS + OWN + WRITES
