"""Loads playbooks from their files: those shipped with Pilotage, or those named."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from gates.checks import CHECKS
from gates.choices import VersionStatus
from gates.playbooks.files import Loaded, load, shipped
from gates.playbooks.schema import PlaybookError


class Command(BaseCommand):
    help = "Publish playbook files as versions. A file that says nothing new changes nothing."

    def add_arguments(self, parser):
        parser.add_argument(
            "files", nargs="*", type=Path, metavar="FILE", help="YAML files; without any, those shipped"
        )

    def handle(self, *, files: list[Path], verbosity: int, **options) -> None:
        try:
            # What people here decided about a shipped playbook stands until they name its file.
            loaded = load(files or shipped(), known_checks=frozenset(CHECKS), by=None, over_ours=bool(files))
        except PlaybookError as error:
            raise CommandError("\n".join([*error.messages, "Nothing was loaded."])) from None
        if verbosity:
            for one in loaded:
                self.stdout.write(_sentence(one))


def _sentence(one: Loaded) -> str:
    version = one.version
    if one.left_alone:
        return f"{one.path.name}: left alone, since {one.left_alone}. Name the file to publish it."
    if one.is_new:
        phases = version.phases.count()
        return f"{one.path.name}: published {version} with {phases} phases."
    if version.status == VersionStatus.RETIRED:
        return f"{one.path.name}: already there as {version}, which a later version has replaced."
    return f"{one.path.name}: already there as {version}."
