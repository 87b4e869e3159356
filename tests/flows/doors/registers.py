"""The registers of a pilot, shown by that of risks: the pages of the others are the same."""

from tests.flows.doors.door import Door, of_pilot
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


DOORS = (
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
