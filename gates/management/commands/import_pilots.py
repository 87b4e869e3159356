"""Import a file of pilots: `manage.py import_pilots FILE`."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone

from gates.choices import VersionStatus
from gates.imports.actions import import_portfolio, preview_import
from gates.imports.report import Report
from gates.imports.wording import sentences
from gates.models import PlaybookVersion
from gates.signs.actions import refresh_signs
from gates.summary.actions import refresh
from pilots.imports.files import UnreadableFile
from pilots.imports.reading import Reading, read_file
from pilots.imports.yaml_pieces import MappingError
from pilots.models import Membership, Pilot, Programme

DEFAULT_PROGRAMME = "Imported pilots"
LONGEST_NAME = Programme._meta.get_field("name").max_length or 0


class Command(BaseCommand):
    help = "Import pilots from a CSV or XLSX file. The same file twice changes nothing."

    def add_arguments(self, parser):
        parser.add_argument("file", help="a CSV or XLSX file")
        parser.add_argument(
            "--programme", default="", help="its name; made if there is none (the mapping names one)"
        )
        parser.add_argument(
            "--mapping", default="", help="a built-in mapping or the path of one; else recognised"
        )
        parser.add_argument(
            "--playbook", default="standard", help="the key of the playbook the pilots follow"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args, **options):
        self.format, self.unfinished_line = options["format"], False
        try:
            done = self._run(options)
        except (UnreadableFile, MappingError) as error:
            self._refuse(str(error))
        except DatabaseError as error:
            why = str(error).strip().splitlines()[0]
            self._refuse(f"The database refused the import, so nothing was written: {why}")
        except KeyboardInterrupt:
            self._refuse("Interrupted; nothing was written.")
        self._print(done, options["dry_run"])

    def _run(self, options) -> Report:
        version = self._version(options["playbook"])
        reading = self._read(options["file"], options["mapping"], version)
        name = " ".join((options["programme"] or reading.programme or DEFAULT_PROGRAMME).split())
        if len(name) > LONGEST_NAME:
            self._refuse(f"The name of the programme is longer than {LONGEST_NAME} characters.")
        if options["dry_run"]:
            return preview_import(reading=reading, programme=name, version=version)
        done = import_portfolio(
            reading=reading,
            programme=name,
            version=version,
            file_name=_readable(Path(options["file"]).name),
            by=None,
            progress=self._progress,
        )
        if done.created or done.updated:
            refresh(Programme.objects.get(slug=done.slug), today=timezone.localdate())
            imported = Pilot.objects.filter(programme__slug=done.slug)
            refresh_signs(imported.values_list("pk", flat=True), today=timezone.localdate())
        return done

    def _version(self, key: str) -> PlaybookVersion:
        published = PlaybookVersion.objects.filter(playbook__key=key, status=VersionStatus.PUBLISHED)
        version = published.select_related("playbook").first()
        if version is None:
            self._refuse(
                f"There is no published playbook “{key}”. Load the playbooks first: manage.py load_playbooks."
            )
        return version

    def _read(self, file: str, mapping: str, version: PlaybookVersion) -> Reading:
        self._progress("Opening the file", 0, 0)
        phases = list(version.phases.order_by("position").values_list("key", flat=True))
        return read_file(
            Path(file), today=timezone.localdate(), mapping=mapping, phases=phases, progress=self._progress
        )

    def _refuse(self, sentence: str) -> NoReturn:
        self._end_line()
        sentence = _readable(sentence)
        if self.format == "json":
            self.stdout.write(json.dumps({"error": sentence}, ensure_ascii=False))
        raise CommandError(sentence)

    def _progress(self, what: str, done: int, of: int) -> None:
        """One line on a terminal, written over; a line per step elsewhere."""
        said = f"{what}: {done:,} of {of:,}" if of else f"{what} …"
        on_terminal = self.stderr.isatty()
        line, ending = (f"\r\033[K{said}", "") if on_terminal else (said, "\n")
        self.stderr.write(line, style_func=str, ending=ending)  # progress is no error, so not in red
        self.stderr.flush()
        self.unfinished_line = on_terminal

    def _end_line(self) -> None:
        if self.unfinished_line:
            self.stderr.write("")
            self.unfinished_line = False

    def _print(self, done: Report, dry_run: bool) -> None:
        self._end_line()
        address = (
            f"{settings.BASE_URL}{reverse('gates:portfolio')}?programme={done.slug}" if done.slug else ""
        )
        if self.format == "json":
            told = asdict(done) | {"dry_run": dry_run, "portfolio": address}
            told["rejections"] = [{"row": row, "reason": reason} for row, reason in done.rejections]
            told["warnings"] = [{"row": row, "warning": warning} for row, warning in done.warnings]
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        for line in sentences(done, dry_run=dry_run):
            self.stdout.write(line)
        self.stdout.write(self._next(done, dry_run, address))
        if done.slug and not Membership.objects.filter(programme__slug=done.slug).exists():
            page = settings.BASE_URL + reverse("pilots:programme", args=[done.slug])
            self.stdout.write(
                f"Nobody has a role in {done.programme} yet, so only those with a role in every programme "
                f"see it. Give people roles at {page}"
            )

    def _next(self, done: Report, dry_run: bool, address: str) -> str:
        if dry_run:
            return "Next: run it again without --dry-run to import."
        if not address:
            return "Next: nothing could be imported; mend the rows named above."
        return f"Next: look at the portfolio at {address}"


def _readable(text: str) -> str:
    """Names of files may hold bytes that are no characters."""
    return text.encode("utf-8", "replace").decode()
