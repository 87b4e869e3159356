"""The registers of a pilot, shown by that of risks: the pages of the others are the same."""

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.flows.doors.door import SIGNED_IN, Door, of_pilot
from tests.flows.scene import Scene
from tests.roles import KEEPERS
from tests.samples_of_registers import SAMPLES


def of_register(s: Scene):
    return of_pilot(s) | {"register": "risks"}


def of_entry(s: Scene):
    return of_register(s) | {"pk": s.entry.pk}


def entry_body(s: Scene):
    kept_by = {"owner": str(s.people["owner"].pk), "team": "Legal", "review_on": "2027-01-31"}
    return {**SAMPLES["risks"], "title": "It forgets a clause", **kept_by}


def register_file(s: Scene):
    text = f"ID,Pilot,What can go wrong,Likelihood,Impact\n,{s.pilot.key},It sleeps,3 Possible,2\n"
    return {"file": SimpleUploadedFile("risks.csv", text.encode())}


def of_file(s: Scene):
    return {"register": "risks", "pk": s.register_file.pk}


SENDER = ("programme_manager",)

DOORS = (
    Door("pilots:all_registers", allowed=SIGNED_IN),
    Door("pilots:register_all", allowed=SIGNED_IN, args=lambda s: {"register": "risks"}),
    Door("pilots:register_export", allowed=SIGNED_IN, args=lambda s: {"register": "risks"}, is_page=False),
    Door("pilots:register_workbook", allowed=SIGNED_IN, args=lambda s: {"register": "risks"}, is_page=False),
    Door("pilots:register_upload", "get", KEEPERS, lambda s: {"register": "risks"}, hidden=403),
    Door(
        "pilots:register_upload",
        "post",
        KEEPERS,
        lambda s: {"register": "risks"},
        status=302,
        hidden=403,
        files=register_file,
    ),
    Door("pilots:register_file", "get", SENDER, of_file, refused=404),
    Door("pilots:register_file", "post", SENDER, of_file, status=302, refused=404),
    Door("pilots:registers", args=of_pilot),
    Door("pilots:register", args=of_register),
    Door("pilots:entry_new", "get", KEEPERS, of_register),
    Door("pilots:entry_new", "post", KEEPERS, of_register, entry_body, 302, is_form=True),
    Door("pilots:entry", args=of_entry),
    Door("pilots:entry_edit", "get", KEEPERS, of_entry),
    Door("pilots:entry_edit", "post", KEEPERS, of_entry, entry_body, 302, is_form=True),
    Door("pilots:entry_remove", "get", KEEPERS, of_entry),
    Door("pilots:entry_remove", "post", KEEPERS, of_entry, status=302),
    Door("pilots:entry_restore", "post", KEEPERS, of_entry, status=302),
)
