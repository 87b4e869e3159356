"""What stands on the course of a KPI."""

from metrics.models import Annotation, Kpi
from pilots.charts import Mark


def annotations_of(kpi: Kpi) -> list[Annotation]:
    """The notes of a KPI with who wrote them, oldest day first. One query."""
    return list(kpi.annotations.standing().select_related("written_by"))


def note_marks(annotations: list[Annotation]) -> list[Mark]:
    """As a chart takes them, numbered from 1."""
    return [Mark(note.on, str(number), note.text) for number, note in enumerate(annotations, start=1)]
