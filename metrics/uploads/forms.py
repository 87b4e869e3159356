"""The shape of a file of readings as people send it. Forms never save."""

from django import forms
from django.utils import timezone

from metrics.readings.many import MOST
from metrics.uploads.queries import Scope
from metrics.uploads.rows import FileRows, read_rows
from pilots.imports.date_spellings import DAY_FIRST, MONTH_FIRST
from pilots.imports.files import ZIP, table_in
from pilots.imports.table import UnreadableFile

MOST_BYTES = 5_000_000
TOO_LARGE = f"The file is larger than {MOST_BYTES // 1_000_000} MB. Split it into smaller files."


class UploadForm(forms.Form):
    """A file, and how its dates are to be read. `rows` is what it says, once it is valid."""

    file = forms.FileField(
        label="CSV or XLSX file",
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
        error_messages={"required": "Choose a file."},
    )
    order = forms.ChoiceField(
        required=False,
        label="Dates such as 3/4/2026",
        choices=[("", "As the file shows"), (DAY_FIRST, "Day first"), (MONTH_FIRST, "Month first")],
    )

    def __init__(self, *args, scope: Scope, **kwargs):
        super().__init__(*args, **kwargs)
        self.scope = scope
        self.rows = FileRows()

    def clean(self):
        cleaned = super().clean()
        file = cleaned.get("file")
        if file is None or self.errors:
            return cleaned
        try:
            self.rows = self._read(file, cleaned["order"])
        except UnreadableFile as error:
            self.add_error("file", str(error))
        return cleaned

    def _read(self, file, order: str) -> FileRows:
        if file.size > MOST_BYTES:
            raise UnreadableFile(TOO_LARGE)
        data = file.read()
        table = table_in(data)
        if len(table.records) > MOST:
            raise UnreadableFile(f"The file has {len(table.records):,} rows; at most {MOST:,} at once.")
        return read_rows(
            table,
            zone=timezone.get_current_timezone(),
            needed=self.scope.needed,
            order=order,
            is_sheet=data.startswith(ZIP),
        )
