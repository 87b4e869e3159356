"""Pilots in the columns of an inventory: which there are, and the lines of the file."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, F, QuerySet

from pilots.actions.imports import as_taken, said_by
from pilots.imports.giving_back import Giver, Said, giver_of
from pilots.imports.recognising import built_in_names
from pilots.imports.spelling import safe
from pilots.models import Pilot, SourceRecord

CHUNK = 500
STANDARD = "standard"
NAMES = {
    STANDARD: "Pilotage",
    "us-federal-2023": "US federal inventory 2023",
    "us-federal-2024": "US federal inventory 2024",
}


@dataclass(frozen=True)
class Columns:
    """One way to write the file."""

    key: str  # of the mapping
    name: str
    imported: int  # of the pilots asked for, how many came from such a file


def columns_offered(pilots: QuerySet[Pilot]) -> list[Columns]:
    """Every way these pilots can be written, the ones most of them came in first. One query."""
    found = SourceRecord.objects.filter(pilot__in=pilots.order_by().values("pk")).order_by()
    count = dict(found.values_list("mapping").annotate(Count("pk")))
    offered = [Columns(key, NAMES.get(key, key), count.get(key, 0)) for key in built_in_names()]
    return sorted(offered, key=lambda one: (-one.imported, one.key != STANDARD, one.name))


def lines_of(pilots: QuerySet[Pilot], columns: str) -> Iterator[list[str]]:
    """The header and a line for each of these pilots. Three queries, however many there are."""
    ids = pilots.order_by().values("pk")
    sources = SourceRecord.objects.filter(pilot__in=ids, mapping=columns).order_by("pk")
    giver = giver_of(columns, sources.values_list("raw", flat=True).iterator(chunk_size=CHUNK))
    yield [safe(name) for name in giver.header]
    whole = Pilot.objects.filter(pk__in=ids).select_related("owner", "sponsor", "source")
    for pilot in whole.order_by(F("source__record_number").asc(nulls_last=True), "pk").iterator(
        chunk_size=CHUNK
    ):
        yield [safe(cell) for cell in _line(giver, pilot, columns)]


def _line(giver: Giver, pilot: Pilot, columns: str) -> list[str]:
    now = said_by(pilot) | {
        "state": pilot.state,
        "phase": pilot.phase,
        "production_deployment": pilot.reached_production_on and pilot.reached_production_on.isoformat(),
    }
    source = getattr(pilot, "source", None)
    if source is None or source.mapping != columns:
        return giver.row(Said(now))
    return giver.row(Said(now, source.raw, as_taken(source)))
