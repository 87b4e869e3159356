"""A plugin of pytest: of what either database serves, each of several runs takes the next file that is left.

Files that share what takes long to make are taken together: `either(together="demo")`. So the runs end at
about the same time, however fast each database is.
"""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDER = "PILOTAGE_CLAIMS"  # where a run notes which files it has taken


def is_shared(item: pytest.Item) -> bool:
    return item.get_closest_marker("either") is not None


@pytest.hookimpl(trylast=True)  # after markers were set and chosen by
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A run's own tests come first."""
    items.sort(key=is_shared)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """As pytest does it, without what another run has taken."""
    if session.testsfailed:
        return None  # something could not be collected, which pytest says itself
    left = mine(session.items, Path(os.environ[FOLDER]))
    item = next(left, None)
    while item is not None:
        following = next(left, None)
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)
        item = following
    return True


def mine(items: list[pytest.Item], folder: Path) -> Iterator[pytest.Item]:
    """Those not shared, and of the shared each lot that no other run has taken until we come to it."""
    taken: dict[str, bool] = {}
    for item in items:
        if not is_shared(item):
            yield item
            continue
        lot = lot_of(item)
        if lot not in taken:
            taken[lot] = take(lot, folder)
        if taken[lot]:
            yield item


def lot_of(item: pytest.Item) -> str:
    """The file of a shared test, or what its mark says that it is taken together with."""
    mark = item.get_closest_marker("either")
    return (mark and mark.kwargs.get("together")) or item.nodeid.partition("::")[0]


def take(lot: str, folder: Path) -> bool:
    """Whether we are the first to come to this lot."""
    try:
        (folder / hashlib.sha256(lot.encode()).hexdigest()).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True
