"""The shape of a file of entries as people send it. Forms never save."""

from django import forms

from pilots.imports.files import table_in
from pilots.imports.table import UnreadableFile
from pilots.registers.table import Register
from pilots.registers.uploads.reading import FileRows, read_rows

MOST = 2_000
MOST_BYTES = 5_000_000


class UploadForm(forms.Form):
    """A file; `rows` is what it says, once it is valid."""

    file = forms.FileField(
        label="CSV or XLSX file",
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
        error_messages={"required": "Choose a file."},
    )

    def __init__(self, *args, register: Register, **kwargs):
        super().__init__(*args, **kwargs)
        self.register = register
        self.rows = FileRows()

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(
                f"The file is larger than {MOST_BYTES // 1_000_000} MB. Split it into smaller files."
            )
        try:
            table = table_in(file.read())
            self.rows = read_rows(self.register, table)
        except UnreadableFile as error:
            raise forms.ValidationError(str(error)) from None
        if len(table.records) > MOST:
            raise forms.ValidationError(
                f"The file has {len(table.records):,} rows; at most {MOST:,} at once."
            )
        return file
