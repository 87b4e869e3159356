"""Who tries the same, and whose signs say so, follows what happens: at once, once, and for a file in one go."""

import pytest
from django.utils import timezone

from config.reactions import REACTIONS
from gates.choices import Sign
from gates.models import ComparedText, Overlap, SignSpell
from gates.overlap import tasks
from gates.overlap.indexing import refresh_all_overlaps
from gates.signs.actions import refresh_signs
from pilots.actions.pilots import archive_pilot, create_pilot, edit_pilot
from pilots.choices import PilotState
from pilots.events import dispatch_waiting, record
from pilots.models import Event, Pilot, SourceRecord
from tests.builders import criterion, make_gate

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = "Clerks type invoices by hand from scanned paper, every single evening."


def react() -> None:
    """What the queue does within the minute."""
    while dispatch_waiting():
        pass


def told() -> dict[str, str]:
    """Title of each pilot with the sign → why it stands."""
    spells = SignSpell.objects.standing().filter(sign=Sign.OVERLAP).select_related("pilot")
    return {spell.pilot.title: spell.reason for spell in spells}


@pytest.mark.parametrize("happened", ["gates.gate_decided", "gates.phase_entered"])
def test_what_starts_or_stops_a_pilot_lets_those_alike_be_looked_at(happened):
    assert tasks.refresh_those_alike in REACTIONS[happened]


@pytest.fixture
def write(programme, olga, petra):
    def write(title: str) -> Pilot:
        pilot = create_pilot(programme=programme, title=title, problem=TEXT, owner=olga, by=petra)
        return pilot

    return write


@pytest.fixture
def running(write) -> Pilot:
    """Under way, and known to what is compared."""
    pilot = write("Invoice reading")
    Pilot.objects.filter(pk=pilot.pk).update(state=PilotState.ACTIVE)
    react()
    return pilot


def test_a_pilot_written_down_is_matched_and_says_so_at_once(running, write):
    write("Invoice reading again")
    react()

    assert Overlap.objects.count() == 1
    assert told() == {
        "Invoice reading again": f"“Invoice reading” ({running.key}) tries the same and is under way."
    }


def test_a_pilot_written_anew_leaves_the_other_alone_at_once(running, write, petra):
    second = write("Invoice reading again")
    react()

    edit_pilot(
        pilot=second, title="Whale counting", problem="Biologists count whales on photographs.", by=petra
    )
    react()
    assert (Overlap.objects.count(), told()) == (0, {})


def test_a_new_title_stands_in_the_sign_of_the_other(running, write, petra):
    write("Invoice reading again")
    react()

    edit_pilot(pilot=running, title="Invoices read", by=petra)
    react()
    assert "“Invoices read”" in told()["Invoice reading again"]


def test_once_a_pilot_is_started_the_others_are_told(write, olga):
    first, _ = write("Invoice reading"), write("Invoice reading again")
    react()
    assert told() == {}

    make_gate([criterion("V1")], pilot=first)  # starts it
    Pilot.objects.filter(pk=first.pk).update(state=PilotState.ACTIVE)
    tasks.refresh_those_alike(Event.objects.filter(pilot=first).latest("pk").pk)
    assert list(told()) == ["Invoice reading again"]


def test_once_a_pilot_is_stopped_the_others_say_that_it_was(running, write):
    write("Invoice reading again")
    react()

    Pilot.objects.filter(pk=running.pk).update(state=PilotState.STOPPED)
    tasks.refresh_those_alike(Event.objects.filter(pilot=running).latest("pk").pk)
    assert told()["Invoice reading again"].endswith("tries the same and was stopped.")


def test_once_a_pilot_has_come_to_its_end_nobody_is_warned_of_it(running, write):
    write("Invoice reading again")
    react()

    Pilot.objects.filter(pk=running.pk).update(state=PilotState.RETIRED)
    tasks.refresh_those_alike(Event.objects.filter(pilot=running).latest("pk").pk)
    assert told() == {}


def test_an_idea_that_is_archived_is_alike_with_nothing_at_once(running, write, ida):
    second = write("Invoice reading again")
    react()

    archive_pilot(pilot=second, by=ida)
    react()
    assert (Overlap.objects.count(), told()) == (0, {})


def test_a_gate_that_asks_for_it_is_decided_anew_at_once(write, olga):
    second = write("Invoice reading again")
    gate = make_gate([criterion("O1", check_name="no_overlap")], pilot=second)
    react()
    first = write("Invoice reading")
    Pilot.objects.filter(pk=first.pk).update(state=PilotState.ACTIVE)
    tasks.refresh_those_alike(Event.objects.filter(pilot=first).latest("pk").pk)

    gate.refresh_from_db()
    assert gate.blocker_count == 1


def test_run_twice_it_says_the_same_and_writes_nothing_more(running, write):
    write("Invoice reading again")
    react()
    before = list(Overlap.objects.values()), list(SignSpell.objects.values())

    for event in Event.objects.filter(type__in=("pilots.pilot_created", "pilots.pilot_edited")):
        tasks.refresh_overlaps(event.pk)
    assert (list(Overlap.objects.values()), list(SignSpell.objects.values())) == before


# --- A file ----------------------------------------------------------------------------------
def imported(programme, pilots) -> Event:
    """As an import leaves it: pilots from rows, and one event for the file."""
    at = timezone.now()
    for number, pilot in enumerate(pilots):
        SourceRecord.objects.create(
            pilot=pilot, programme=programme, mapping="standard", file_name="a.csv", record_number=number,
            identity=str(number), fingerprint="", imported_at=at,
        )  # fmt: skip
    record(
        "pilots.file_imported", subject=programme, programme=programme, actor=None, imported_at=at.isoformat()
    )
    return Event.objects.latest("pk")


@pytest.mark.parametrize("many", [3, 60])
def test_all_pilots_of_a_file_are_matched_by_one_task(programme, running, many):
    pilots = Pilot.objects.bulk_create(
        Pilot(programme=programme, key=f"PIL-9{number:02}", title=f"Idea{number}", problem=f"Other{number}.")
        for number in range(many)
    )
    Pilot.objects.filter(pk=pilots[0].pk).update(title="Copy", problem=TEXT)
    event = imported(programme, pilots)

    tasks.refresh_imported(event.pk)
    assert ComparedText.objects.count() == many + 1
    assert list(told()) == ["Copy"]
    before = list(Overlap.objects.order_by("pk").values())
    tasks.refresh_imported(event.pk)
    assert list(Overlap.objects.order_by("pk").values()) == before


def test_what_a_file_brought_changes_the_signs_of_others_too(programme, running):
    refresh_signs([running.pk], today=timezone.localdate())
    assert told() == {}
    copy = Pilot.objects.create(
        programme=programme, key="PIL-901", title="Copy", problem=TEXT, state="active"
    )

    tasks.refresh_imported(imported(programme, [copy]).pk)
    assert set(told()) == {"Invoice reading", "Copy"}


def test_all_at_once_says_the_same_as_one_by_one(programme, running):
    copies = [
        Pilot.objects.create(programme=programme, key=f"PIL-90{n}", title=f"Copy {n}", problem=TEXT)
        for n in range(3)
    ]
    tasks.refresh_imported(imported(programme, copies).pk)
    one_by_one = set(Overlap.objects.values_list("pilot", "other"))

    refresh_all_overlaps()
    assert set(Overlap.objects.values_list("pilot", "other")) == one_by_one
