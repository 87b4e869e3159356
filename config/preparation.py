"""What must be true of the data before Pilotage starts; each step is quick when there is nothing to do."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command


def prepare(say: Callable[[str], None]) -> None:
    """Bring tables, playbooks, the demo portfolio and static files up to date."""
    call_command("migrate", interactive=False, verbosity=0)
    collect_static(say)
    call_command("load_playbooks", verbosity=0)
    call_command("load_kpi_library", verbosity=0)
    if settings.DEMO and not apps.get_model("pilots", "Pilot").objects.exists():
        say("Making the demo portfolio.")
        call_command("seed_demo", verbosity=0)


def collect_static(say: Callable[[str], None]) -> None:
    """Collect the static files unless none has changed since the last time."""
    mark = Path(settings.STATIC_ROOT) / ".collected"
    wanted = static_fingerprint()
    if mark.exists() and mark.read_text() == wanted:
        return
    say("Collecting the static files (only after a change).")
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    mark.write_text(wanted)


def static_fingerprint() -> str:
    """Changes whenever a static file is added, removed or edited, and with the storage that writes them."""
    digest = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = Path(storage.path(path)).stat()
            digest.update(f"{path} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()
