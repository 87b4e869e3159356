"""What holds at every door of the API: who comes in, who does what, what is said, what is not written."""

from copy import copy
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models.base import ModelState
from django.test.utils import CaptureQueriesContext
from django.urls import resolve
from rest_framework.test import APIClient

from config.api import router
from gates.choices import VersionStatus
from pilots.actions.tokens import create_token, revoke_token
from pilots.choices import Role
from pilots.models import ApiToken, Membership
from pilots.registers.table import REGISTERS
from tests.api.calls import EVERY_CALL, LISTS, READS, WRITES, Call
from tests.api.world import BASE, nothing_written, program_of, undone
from tests.builders import make_pilot, make_user
from tests.roles import MEMBERS

# Who may do what is the same on any database.
pytestmark = pytest.mark.either

JSON_WRITES = [call for call in WRITES if call.format == "json"]


def test_every_route_has_its_calls_in_the_table(world):
    def name(path: str) -> str:
        return resolve(f"/{BASE.strip('/')}/{path}").url_name

    covered = {(call.method, name(call.path(world))) for call in EVERY_CALL}
    declared = {(method, pattern.name) for pattern in router.urls for method in pattern.callback.actions}
    # The framework adds HEAD to what it has answered once.
    assert {pair for pair in declared if pair[0] != "head"} == covered


@pytest.mark.parametrize("call", EVERY_CALL, ids=str)
def test_each_role_may_do_what_the_table_says_and_nothing_else(call: Call, world, cast):
    answers = {}
    for role, person in cast.items():
        program = program_of(person)
        with undone():
            answers[role] = call.by(program, world).status_code

    refused = {role: call.status if role in call.allowed else call.refused for role in MEMBERS}
    assert answers == refused | {"outsider": call.to_outsiders, "nobody": 401}


@pytest.mark.parametrize("call", WRITES, ids=str)
def test_nothing_is_written_for_those_who_may_not(call: Call, world, cast):
    programs = [program_of(person) for role, person in cast.items() if role not in call.allowed]

    with nothing_written():
        codes = {call.by(program, world).status_code for program in programs}

    assert codes <= {400, 401, 403, 404}


@pytest.mark.parametrize("call", [c for c in EVERY_CALL if c.to_outsiders == 404], ids=str)
def test_what_may_not_be_seen_reads_exactly_like_what_is_not_there(call: Call, world, nils, olga):
    hidden = call.by(program_of(nils), world)
    for pk in ("slug", "key", "pk"):
        for thing in (*vars(world).values(), *world.entries.values()):
            if hasattr(thing, pk):
                setattr(thing, pk, 987_654_321 if pk == "pk" else "PIL-987654")
    missing = call.by(program_of(olga), world)

    assert (hidden.status_code, hidden.content) == (missing.status_code, missing.content)


OF_PROGRAMMES = [
    call for call in LISTS if call.name not in ("list playbooks", "list kpi-definitions")
]  # everybody's


@pytest.mark.parametrize("call", OF_PROGRAMMES, ids=str)
def test_lists_hold_nothing_of_other_programmes(call: Call, world, nils):
    listed = call.by(program_of(nils), world).json()

    own = 1 if call.name == "list programmes" else 0
    assert listed["count"] == len(listed["results"]) == own


def test_a_token_works_until_it_is_revoked(world, olga):
    token, secret = create_token(user=olga, name="Export")
    program = APIClient()
    program.credentials(HTTP_AUTHORIZATION=f"Token {secret}")
    assert program.get(f"{BASE}pilots/").status_code == 200

    revoke_token(token=token, by=olga)

    answer = program.get(f"{BASE}pilots/")
    assert answer.status_code == 401
    assert "not valid" in answer.json()["detail"]
    assert answer["WWW-Authenticate"] == "Token"


@pytest.mark.parametrize("header", ["Token", "Token a b", "Token pil_wrong", "Token \xff", "Bearer x"])
def test_a_token_that_is_none_is_refused(header, db):
    program = APIClient()
    program.credentials(HTTP_AUTHORIZATION=header)
    assert program.get(f"{BASE}pilots/").status_code == 401


def test_a_session_reads_and_with_its_csrf_token_writes(world, olga):
    browser = APIClient(enforce_csrf_checks=True)
    browser.force_login(olga)
    assert browser.get(f"{BASE}pilots/").status_code == 200
    address = f"{BASE}pilots/{world.pilot.key}/"

    with nothing_written():
        assert browser.patch(address, {"unit": "Claims"}, format="json").status_code == 403
    browser.cookies["csrftoken"] = "a" * 32
    written = browser.patch(address, {"unit": "Claims"}, format="json", HTTP_X_CSRFTOKEN="a" * 32)

    assert written.status_code == 200


@pytest.mark.parametrize("call", JSON_WRITES, ids=str)
def test_a_field_nobody_knows_is_refused_by_name(call: Call, world, cast):
    program = program_of(cast[call.allowed[0]])
    body = (call.body(world) or {}) | {"titel": "typo"}

    with nothing_written():
        answer = getattr(program, call.method)(BASE + call.path(world), body, format="json")

    assert answer.status_code == 400
    assert answer.json() == {"titel": ["There is no such field here."]}


UNREADABLE = {
    "malformed": b'{"title": ',
    "not a number": b'{"title": NaN}',
    "infinite": b'{"title": -Infinity}',
    "nested without end": b"[" * 100_000,
    "half a character": rb'{"title": "\ud800"}',
    "a number of 5,000 digits": b'{"title": ' + b"9" * 5_000 + b"}",
    "not UTF-8": b'{"title": "\xff"}',
    "a list": b"[1, 2]",
    "a text": b'"title"',
    "null": b"null",
}


@pytest.mark.parametrize("call", JSON_WRITES, ids=str)
def test_a_body_that_cannot_be_read_is_a_400(call: Call, world, cast):
    program = program_of(cast[call.allowed[0]])
    method, address = call.method.upper(), BASE + call.path(world)

    with nothing_written():
        answers = {
            what: program.generic(method, address, body, "application/json")
            for what, body in UNREADABLE.items()
        }

    assert {what: answer.status_code for what, answer in answers.items()} == dict.fromkeys(UNREADABLE, 400)
    assert all(isinstance(answer.json(), dict) for answer in answers.values())


def test_a_body_without_end_is_not_read_to_its_end(world, olga, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000
    program, address = program_of(olga), f"{BASE}pilots/{world.pilot.key}/"

    with nothing_written():
        answer = program.patch(address, {"problem": "x" * 2_000}, format="json")

    assert answer.status_code == 400
    assert "too much at once" in answer.json()["detail"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml"])
def test_another_kind_of_content_is_refused(kind, world, olga):
    program = program_of(olga)

    with nothing_written():
        answer = program.generic("PATCH", f"{BASE}pilots/{world.pilot.key}/", b"unit=x", kind)

    assert answer.status_code == 415
    assert kind in answer.json()["detail"]


def test_only_json_is_answered(world, olga):
    assert program_of(olga).get(f"{BASE}pilots/", HTTP_ACCEPT="text/csv").status_code == 406


@pytest.mark.parametrize(
    "path",
    ["gates/abc/", "gates/9999999999999999999999/", "pilots/%00/", "kpis/-1/", "gates/1.5/", "nothing/"],
)
def test_an_address_that_cannot_be_is_a_404(path, world, olga):
    answer = program_of(olga).get(BASE + path)

    assert answer.status_code == 404
    assert answer.json() == {"detail": "There is nothing here that you may see."}


@pytest.mark.parametrize("call", LISTS, ids=str)
def test_a_list_refuses_what_it_cannot_be_asked(call: Call, world, olga):
    program = program_of(olga)
    for query in ("stat=active", "page=", "page=0", "page=x", "page_size=0", "page_size=501"):
        answer = program.get(f"{BASE}{call.path(world)}?{query}")

        assert answer.status_code == 400
        assert list(answer.json()) == [query.split("=")[0]]


def test_a_page_beyond_the_last_is_not_there(world, olga):
    answer = program_of(olga).get(f"{BASE}pilots/?page=3")

    assert answer.status_code == 404
    assert answer.json() == {"detail": "There is no such page: the list is shorter."}


def test_pages_follow_each_other_without_overlap(programme, olga):
    for _ in range(7):
        make_pilot(programme, title="The same title", owner=olga)
    program = program_of(olga)

    keys, address = [], f"{BASE}pilots/?page_size=3&sort=title&q=The+same+title"
    while address:
        page = program.get(address).json()
        keys += [row["key"] for row in page["results"]]
        address = page["next"]

    assert len(keys) == page["count"] == 7
    assert len(set(keys)) == 7


def test_a_list_that_did_not_change_is_not_sent_again(world, olga):
    program = program_of(olga)
    first = program.get(f"{BASE}pilots/")
    again = program.get(f"{BASE}pilots/", HTTP_IF_NONE_MATCH=first["ETag"])
    program.patch(f"{BASE}pilots/{world.pilot.key}/", {"unit": "Claims"}, format="json")
    changed = program.get(f"{BASE}pilots/", HTTP_IF_NONE_MATCH=first["ETag"])

    assert (again.status_code, again.content) == (304, b"")
    assert changed.status_code == 200


QUERIES = {call.name: 3 for call in LISTS} | {
    "list events": 3,
    "show an event": 2,
    "show a programme": 3,
    "read the summary of a programme": 19,  # of which 17 count it now; 2 where its facts are stored
    "show a pilot": 2,
    "show a gate": 4,
    "show an assessment": 2,
    "show evidence": 2,
    "download a file": 2,
    "list revisions": 4,
    "list what shows a reading": 3,
    "download a revision": 2,
    "show a decision": 4,
    "show a waiver": 2,
    "show two pilots that try the same": 2,
    "show a warning sign": 2,
    "list the signs of a pilot": 4,
    "list the answers about a pilot": 3,
    "show a handover": 4,
    "download the portfolio": 3,
    "show a meeting": 7,
    "show a job": 2,
    "show a playbook": 2,
    "show a draft": 2,
    **{f"show an entry of {key}": 2 for key in REGISTERS},
    "show an amendment": 2,
    "show the course of a KPI": 5,
    "list notes": 3,
    "show a KPI": 2,
    "list kpi-definitions": 3,  # everybody sees them, so whatever their roles
    "show a definition": 2,
    "list feedback": 4,
    "show an outlook": 2,
    "show a benefit": 2,
    "list months of a benefit": 3,
    "show a shared saving": 2,
    "show a budget line": 2,
    "list months of a budget line": 3,
    "show a collector": 2,
    "list allowed hosts": 3,
    "list readings": 3,
    "list packs": 4,
    "show a pack": 2,
    "show who has signed": 8,
    "list gatekeepers": 4,
}


@pytest.mark.parametrize("call", LISTS + READS, ids=str)
def test_a_read_takes_as_many_queries_for_every_role(call: Call, world, cast, django_assert_num_queries):
    for role in call.allowed:
        program = program_of(cast[role])
        call.path(world)  # which may have to look for what it names
        with django_assert_num_queries(QUERIES[call.name]):
            assert call.by(program, world).status_code == 200


def test_a_list_of_a_thousand_takes_as_many_queries_as_one_of_ten(world, olga, django_assert_num_queries):
    program = program_of(olga)
    readings = next(call for call in READS if call.name == "list readings")
    for many in (10, 1_000):
        copy_everything(world, many, olga)
        for call in (*LISTS, readings):
            with django_assert_num_queries(QUERIES[call.name]):
                answer = call.by(program, world)
            assert answer.json()["count"] > many


def test_a_list_is_counted_without_what_is_shown_of_it(world, cast):
    program = program_of(cast["auditor"])
    with CaptureQueriesContext(connection) as captured:
        rows = program.get(f"{BASE}registers/risks/").json()["results"]

    (counting,) = (query["sql"] for query in captured if "COUNT(" in query["sql"])
    assert "written_by" in rows[0]
    assert "pilots_user" not in counting


def copy_everything(world, many, person):
    """As many programmes, pilots, gates, … again as asked for, each like the world's."""

    def copies(thing, **changes):
        rows = []
        for number in range(many):
            row = copy(thing)
            row.pk, row._state = None, ModelState()
            for name, change in changes.items():
                setattr(row, name, change(number))
            rows.append(row)
        return type(thing)._default_manager.bulk_create(rows)

    programmes = copies(world.programme, slug=lambda n: f"copy-{many}-{n}", name=lambda n: f"Copy {many} {n}")
    Membership.objects.bulk_create(Membership(user=person, programme=p, role=Role.OWNER) for p in programmes)
    pilots = copies(world.pilot, key=lambda n: f"C{many}-{n}", programme=lambda n: programmes[n])
    copies(world.overlap, other=lambda n: pilots[n])
    copies(world.distinction, other=lambda n: pilots[n])
    gates = copies(world.gate, pilot=lambda n: pilots[n])
    assessments = copies(world.assessment, gate=lambda n: gates[n])
    copies(world.waiver, assessment=lambda n: assessments[n])
    pieces = copies(world.evidence, pilot=lambda n: pilots[n], current=lambda n: None)
    copies(world.evidence.current, evidence=lambda n: pieces[n])
    copies(world.decision, gate=lambda n: gates[n])
    copies(world.amendment, gate=lambda n: gates[n])
    copies(world.planned, programme=lambda n: programmes[n])
    copies(world.benefit, pilot=lambda n: pilots[n])
    copies(world.line, pilot=lambda n: pilots[n])
    for entry in world.entries.values():
        copies(entry, pilot=lambda n: pilots[n])
    copies(world.sign, pilot=lambda n: pilots[n])
    copies(world.pool, programme=lambda n: programmes[n])
    copies(world.definition, name=lambda n: f"Definition {many} {n}")
    kpis = copies(world.kpi, pilot=lambda n: pilots[n])
    copies(world.collector, kpi=lambda n: kpis[n])
    numbers = {"number": lambda n: many + n, "digest": lambda n: f"c{many + n:063x}"}
    copies(world.playbook, **numbers, status=lambda n: VersionStatus.RETIRED)
    copies(world.reading, measured_at=lambda n: world.reading.measured_at - timedelta(hours=n + many))


def test_a_write_is_noticed_unless_it_is_undone(world):
    with nothing_written(), undone():
        make_user("Nobody")
    for write in (
        lambda: make_user("Somebody New"),
        lambda: Membership.objects.filter(user=world.pilot.owner).update(role=Role.AUDITOR),
        lambda: ApiToken.objects.all().delete(),
    ):
        program_of(world.pilot.owner)
        with pytest.raises(AssertionError), nothing_written(), transaction.atomic():
            write()
