"""Many rows: queries grow by batches only, everything or nothing, progress, two imports at once."""

import io
import threading

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from gates.checks import CHECKS
from gates.models import Gate
from gates.playbooks.files import load, shipped
from pilots.models import Pilot, Programme, SourceRecord
from tests.gates.imports.conftest import counts, everything, import_pilots

# For 200 rows more. One query for each row would be 200; SQLite takes few values at once.
MORE_BATCHES = {"sqlite": 60, "postgresql": 15}
STAGES = ["Idea", "Proof of concept", "Pilot", "Live", "Retired", ""]


@pytest.fixture
def many(table):
    """`many(200)` is a file of so many rows; `problem` and `stage` change each row."""

    def write(count: int, problem: str = "Slow", stage: int = 0):
        rows = [
            [n, f"Pilot {n}", f"{problem} {n}", STAGES[(n + stage) % len(STAGES)], "2023-01-01", "2030-01-01"]
            for n in range(count)
        ]
        return table(["ID", "Title", "Problem", "Stage", "PoC start", "Planned go-live"], *rows)

    return write


def queries(*args) -> int:
    with CaptureQueriesContext(connection) as captured:
        counts(*args)
    return len(captured)


@pytest.mark.django_db
@pytest.mark.usefixtures("playbooks")
def test_the_number_of_queries_grows_by_batches_only(many):
    made, same, changed, moved = [], [], [], []
    for count in (100, 200, 400):
        programme = ("--programme", f"Of {count}")
        made.append(queries(many(count), *programme))
        same.append(queries(many(count), *programme))
        changed.append(queries(many(count, "Very slow"), *programme))
        moved.append(queries(many(count, "Very slow", stage=1), *programme))

    assert same[0] == same[1] == same[2] <= 15
    for told in (made, changed, moved):
        # About a hundred are of the checks behind warning signs.
        assert told[0] <= 215 and told[2] - told[1] <= MORE_BATCHES[connection.vendor], (made, changed, moved)


@pytest.mark.django_db
@pytest.mark.usefixtures("playbooks")
def test_progress_is_told_while_reading_and_writing(many):
    progress = import_pilots(many(2_500)).progress.splitlines()

    assert progress == [
        "Opening the file …",
        "Reading rows: 2,000 of 2,500",
        "Reading rows: 2,500 of 2,500",
        "Writing new pilots: 1,000 of 2,500",
        "Writing new pilots: 2,000 of 2,500",
        "Writing new pilots: 2,500 of 2,500",
    ]
    assert Gate.objects.filter(status="open").count() == Pilot.objects.running().exclude(phase="").count()


REFUSING = {
    "sqlite": [
        "CREATE TRIGGER refuse BEFORE INSERT ON gates_assessment WHEN "
        "(SELECT COUNT(*) FROM gates_gate WHERE status <> 'upcoming') > 900 "
        "BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
    ],
    "postgresql": [
        "CREATE FUNCTION refuse() RETURNS trigger AS $$ BEGIN IF (SELECT COUNT(*) FROM gates_gate "
        "WHERE status <> 'upcoming') > 900 THEN RAISE EXCEPTION 'the disk is full'; END IF; RETURN NULL; END "
        "$$ LANGUAGE plpgsql",
        "CREATE TRIGGER refuse BEFORE INSERT ON gates_assessment EXECUTE FUNCTION refuse()",
    ],
}


@pytest.mark.django_db
@pytest.mark.usefixtures("playbooks")
def test_a_database_error_in_the_middle_leaves_nothing(many):
    before = everything()
    with connection.cursor() as cursor:
        for statement in REFUSING[connection.vendor]:
            cursor.execute(statement)
    said = import_pilots(many(2_500))

    assert "Writing new pilots: 1,000 of 2,500" in said.progress  # one batch was written
    assert said.error == "The database refused the import, so nothing was written: the disk is full"
    assert everything() == before


@pytest.mark.django_db
@pytest.mark.usefixtures("playbooks")
def test_an_interrupted_import_leaves_nothing(many, monkeypatch):
    before, file = everything(), many(1_500)

    def interrupted(*args, **kwargs):
        if Pilot.objects.count() >= 1_000:
            raise KeyboardInterrupt
        return opens(*args, **kwargs)

    from gates.imports import actions

    opens = actions.open_gates
    monkeypatch.setattr(actions, "open_gates", interrupted)
    assert import_pilots(file).error == "Interrupted; nothing was written."
    assert everything() == before


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_imports_of_one_file_at_once_make_no_duplicates(many):
    load(shipped(), known_checks=frozenset(CHECKS), by=None)
    file, start, failures = many(300), threading.Barrier(2), []

    def run():
        start.wait()
        try:
            call_command(
                "import_pilots", str(file), "--format", "json", stdout=io.StringIO(), stderr=io.StringIO()
            )
        except BaseException as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert (Programme.objects.count(), Pilot.objects.count(), SourceRecord.objects.count()) == (1, 300, 300)
