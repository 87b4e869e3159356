"""Import a file of pilots: `manage.py import_pilots FILE`."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import NoReturn

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from gates.choices import VersionStatus
from gates.imports.actions import Report, import_portfolio, plan, report
from gates.models import PlaybookVersion
from gates.summary.actions import refresh
from pilots.actions.programmes import create_programme
from pilots.imports.files import UnreadableFile
from pilots.imports.reading import Reading, read_file
from pilots.imports.yaml_pieces import MappingError
from pilots.models import Programme

SHOWN = 20  # reasons printed of each kind; all of them are in the JSON
DEFAULT_PROGRAMME = "Imported pilots"


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
        self.format = options["format"]
        version = self._version(options["playbook"])
        reading = self._read(options["file"], options["mapping"], version)
        name = options["programme"].strip() or reading.programme or DEFAULT_PROGRAMME
        programme = Programme.objects.filter(name__iexact=name).first()
        if options["dry_run"]:
            done = report(reading, plan(reading, programme), name)
        else:
            done = self._import(reading, programme, name, version, Path(options["file"]).name)
        self._print(done, options["dry_run"])

    def _version(self, key: str) -> PlaybookVersion:
        version = PlaybookVersion.objects.filter(playbook__key=key, status=VersionStatus.PUBLISHED).first()
        if version is None:
            self._refuse(
                f"There is no published playbook “{key}”. Load the playbooks first: manage.py load_playbooks."
            )
        return version

    def _read(self, file: str, mapping: str, version: PlaybookVersion) -> Reading:
        self._progress("Reading", 0, 0)
        phases = list(version.phases.order_by("position").values_list("key", flat=True))
        try:
            return read_file(Path(file), today=timezone.localdate(), mapping=mapping, phases=phases)
        except UnreadableFile as error:
            self._refuse(str(error))
        except MappingError as error:
            self._refuse(" ".join(error.reasons))

    def _import(self, reading, programme, name, version, file_name) -> Report:
        if not reading.accepted:
            return report(reading, plan(reading, programme), name)
        programme = programme or create_programme(name=name, by=None)
        done = import_portfolio(
            reading=reading,
            programme=programme,
            version=version,
            file_name=file_name,
            by=None,
            progress=self._progress,
        )
        refresh(programme, today=timezone.localdate())
        return done

    def _refuse(self, sentence: str) -> NoReturn:
        if self.format == "json":
            self.stdout.write(json.dumps({"error": sentence}, ensure_ascii=False))
        raise CommandError(sentence)

    def _progress(self, what: str, done: int, of: int) -> None:
        count = f" {done:,} of {of:,}" if of else ""
        self.stderr.write(f"{what}{count}…" if what != "Done" else f"Done: {of:,} rows.")
        sys.stderr.flush()

    def _print(self, done: Report, dry_run: bool) -> None:
        if self.format == "json":
            told = asdict(done) | {"dry_run": dry_run}
            told["rejections"] = [{"row": row, "reason": reason} for row, reason in done.rejections]
            told["warnings"] = [{"row": row, "warning": warning} for row, warning in done.warnings]
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        would = "Would import" if dry_run else "Imported"
        self.stdout.write(f"{would} into {done.programme} with the mapping {done.mapping}:")
        for name in ("rows", "created", "updated", "unchanged", "rejected"):
            self.stdout.write(f"  {name:<10}{getattr(done, name):>8,}")
        self._list("Rejected", done.rejections)
        self._list("Worth a look", done.warnings)
        if done.not_understood:
            self.stdout.write(
                f"{done.not_understood:,} cells were not (wholly) understood. They are kept as they are, each"
                " with its reason, on the page “Source” of its pilot."
            )
        if done.gone:
            self.stdout.write(
                f"{done.gone:,} pilots of earlier imports are not in this file; they stay as they are."
            )
        for note in done.notes:
            self.stdout.write(note)

    def _list(self, heading: str, rows: list[tuple[int, str]]) -> None:
        if rows:
            self.stdout.write(f"{heading}:")
        for row, sentence in rows[:SHOWN]:
            self.stdout.write(f"  row {row}: {sentence}")
        if len(rows) > SHOWN:
            self.stdout.write(f"  and {len(rows) - SHOWN:,} more; --format json lists them all.")
