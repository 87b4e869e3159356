"""Files made for a test, and the real ones where they are."""

import csv
import io
import os
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path

import pytest

from pilots.imports.mapping import parse_mapping
from pilots.imports.reading import Reading, read_file

TODAY = date(2025, 1, 31)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    place = Path(os.environ.get("PILOTAGE_SHARED_DATA", Path(__file__).resolve().parents[4] / "shared/data"))
    if not place.is_dir():
        pytest.skip(f"the shared data is not at {place}")
    return place


@pytest.fixture
def file_of(tmp_path: Path) -> Callable[..., Path]:
    """Writes text (in an encoding) or bytes to a file."""

    def write(content: str | bytes, encoding: str = "utf-8", name: str = "file.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def reading_of(file_of) -> Callable[..., Reading]:
    """Reads rows with the standard mapping, or with the given YAML."""

    def read(header: Sequence[str], *rows: Sequence[str], mapping: str = "") -> Reading:
        path = file_of(csv_text([header, *rows]))
        if not mapping:
            return read_file(path, today=TODAY)
        parse_mapping(mapping, "mapping.yaml")  # a mistake in the test shows as such
        return read_file(path, today=TODAY, mapping=str(file_of(mapping, name="mapping.yaml")))

    return read


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()
