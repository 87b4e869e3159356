"""The definitions that come with Pilotage, in a file beside this one."""

from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("library.yaml")


def entries() -> list[dict[str, Any]]:
    """The fields of each shipped definition, its key as `shipped_as`."""
    found = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return [{"shipped_as": entry.pop("key"), **entry} for entry in found]
