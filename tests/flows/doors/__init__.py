"""Every address that answers people, each method that it takes, and who may use it: a module per area."""

from collections.abc import Iterator

from django.urls import get_resolver

from tests.flows.doors import (
    accounts,
    amendments,
    collectors,
    decisions,
    definitions,
    evidence,
    handover,
    meetings,
    metrics,
    overlap,
    packs,
    pilot_pages,
    pilots,
    playbooks,
    registers,
    review,
    signoffs,
    signs,
    site,
    value,
    waivers,
)
from tests.flows.doors.door import PARTS, SIGNED_IN, Door

__all__ = ["DOORS", "FORMS", "PAGES", "PARTS", "SIGNED_IN", "Door", "addresses"]

AREAS = (
    site,
    accounts,
    pilots,
    metrics,
    definitions,
    collectors,
    value,
    registers,
    playbooks,
    pilot_pages,
    evidence,
    waivers,
    overlap,
    amendments,
    review,
    signoffs,
    decisions,
    packs,
    meetings,
    handover,
    signs,
)
DOORS = tuple(door for area in AREAS for door in area.DOORS)
FORMS = tuple(door for door in DOORS if door.is_form)
PAGES = tuple(door for door in DOORS if door.method == "get" and door.is_page)


def addresses() -> set[str]:
    """The names of all addresses, save those of the API, which has a table of its own."""
    return {
        name for name, route in _walk(get_resolver().url_patterns) if "^" not in route or "/api" not in route
    }


def _walk(patterns, route: str = "/", space: str = "") -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        here = f"{route}{pattern.pattern}"
        if hasattr(pattern, "url_patterns"):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern.url_patterns, here, inner)
        else:
            yield f"{space}{pattern.name}", here
