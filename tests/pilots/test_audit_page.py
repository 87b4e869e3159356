"""The audit log as people and programs read it: narrowed, proved, taken out as a file."""

import csv
import io
import json

import pytest
from django.urls import reverse

from config import celery_app
from pilots import clock, events, origin
from pilots.actions import audit
from pilots.actions.pilots import edit_pilot
from pilots.audit_log import safe
from pilots.choices import Via
from pilots.events import build, record, record_many
from pilots.models import Event, Verification
from pilots.sealing import seal_waiting
from tests.api.world import program_of
from tests.builders import join, make_pilot, make_programme, make_user

pytestmark = pytest.mark.django_db
LOG = "/audit/"


@pytest.fixture
def written(pilot, olga, petra, on):
    """Three events of one pilot, one of another, one of another programme, one of nobody's."""
    with on("2026-03-02"):
        edit_pilot(pilot=pilot, by=olga, title="Invoices", unit="Finance")
    with on("2026-03-03"):
        record(events.PILOT_ARCHIVED, subject=pilot, pilot=pilot, actor=petra, reason="Over.")
        record(events.PILOT_RESTORED, subject=pilot, pilot=pilot, actor=None)
    with on("2026-03-04"):
        other = make_pilot(pilot.programme)
        record(events.PILOT_CREATED, subject=other, pilot=other, actor=olga)
        hidden = make_pilot(make_programme("Elsewhere"), title="Hidden thing")
        record(events.PILOT_CREATED, subject=hidden, pilot=hidden, actor=olga)
    seal_waiting(after=0)
    return other


def counted(page) -> int:
    return page.context["page"].count


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ("", 4),
        ("pilot=pil-001", 3),
        ("person=olga", 2),
        ("person=petra@example.com", 1),
        ("person=Pilotage", 1),
        ("type=pilots.pilot_archived", 1),
        ("via=command", 4),
        ("via=web", 0),
        ("since=2026-03-03", 3),
        ("until=2026-03-03", 3),
        ("since=2026-03-03&until=2026-03-03&person=petra", 1),
        ("programme=customer-service", 4),
        ("before=1", 4),
    ],
)
def test_the_log_shows_what_is_asked_for_and_how_many(written, client_of, adam, asked, count):
    page = client_of(adam).get(f"{LOG}?{asked}")

    assert page.status_code == 200
    assert counted(page) == count
    assert "Hidden thing" not in page.content.decode()


@pytest.mark.parametrize(
    "asked",
    ["since=soon", "type=x", "programme=elsewhere", "via=pigeon", "since=2026-03-05&until=2026-03-04"],
)
def test_what_cannot_be_asked_is_said_and_shows_nothing(written, client_of, adam, asked):
    page = client_of(adam).get(f"{LOG}?{asked}")

    assert counted(page) == 0
    assert 'role="alert"' in page.content.decode()


def test_an_event_shows_its_change_and_its_proof(written, pilot, client_of, adam):
    event = Event.objects.get(type=events.PILOT_EDITED)
    page = client_of(adam).get(f"{LOG}?type=pilots.pilot_edited").content.decode()

    # PostgreSQL keeps the fields in an order of its own.
    gists = ("Title: Invoice reading → Invoices and 1 more", "Unit: nothing → Finance and 1 more")
    assert any(gist in page for gist in gists)
    assert event.seal.hash in page
    assert f"{event.pk}, place 1 in its chain" in page


def test_pages_follow_each_other_without_a_gap(pilot, client_of, adam):
    record_many(build(events.PILOT_EDITED, subject=pilot, pilot=pilot, actor=None, n=n) for n in range(120))
    client, seen, before = client_of(adam), [], ""
    while before is not None:
        page = client.get(f"{LOG}?before={before}").context["page"]
        seen += [row.event.data["n"] for row in page.rows]
        before = page.older

    assert seen == list(range(119, -1, -1))
    assert page.count == 120


@pytest.mark.parametrize("count", [3, 50])
def test_the_log_takes_as_many_queries_however_much_it_shows(
    pilot, client_of, adam, count, django_assert_num_queries
):
    for _ in range(count):
        owner = make_pilot(pilot.programme)
        record(events.PILOT_CREATED, subject=owner, pilot=owner, actor=make_user())
    client = client_of(adam)

    # Session, person with roles, what waits for the person, programmes, count, rows, verification
    with django_assert_num_queries(7):
        client.get(LOG)


def test_the_former_address_leads_there_with_its_filter(client_of, adam):
    answer = client_of(adam).get("/activity/?type=pilots.pilot_edited")

    assert (answer.status_code, answer["Location"]) == (301, "/audit/?type=pilots.pilot_edited")


# --- Whether the chain holds ---------------------------------------------------------------------
def test_the_log_says_when_its_chain_was_verified(written, client_of, adam):
    client = client_of(adam)
    assert "Chain not verified yet" in client.get(LOG).content.decode()

    audit.verify_all()

    assert "Chain verified" in client.get(LOG).content.decode()


def test_a_broken_chain_is_shown_in_red_with_its_faults_to_who_sees_everything(written, client_of, adam, ida):
    Verification.objects.create(
        at=clock.now(), events=5, chains=1, anchors=0, problem_count=1, problems=["Event 3 was changed."]
    )

    for person, told in ((ida, True), (adam, False)):
        page = client_of(person).get(LOG).content.decode()
        assert "Chain broken" in page
        assert "not as it was written" in page
        assert ("Event 3 was changed." in page) is told


# --- As a file -------------------------------------------------------------------------------------
def exported(client, **asked) -> list[list[str]]:
    answer = client.post(reverse("pilots:audit_export"), asked)
    assert answer.status_code == 200
    assert answer.streaming
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_the_export_repeats_the_filter_and_holds_the_same_events(written, pilot, client_of, adam):
    lines = exported(client_of(adam), pilot=pilot.key, person="olga", since="2026-03-01")

    assert lines[0] == ["Pilotage audit log"]
    assert lines[1][0] == "Exported"
    assert "Adam Audit (adam@example.com)" in lines[1][1]
    assert lines[2] == ["Filter", f"Pilot: {pilot.key}; Person: olga; From: 2026-03-01"]
    assert lines[3] == ["Events", "1"]
    assert lines[5] == []
    [row] = [dict(zip(lines[6], line, strict=True)) for line in lines[7:]]
    event = Event.objects.get(type=events.PILOT_EDITED)
    assert set(row["Changes"].split("; ")) == {"title: Invoice reading → Invoices", "unit: nothing → Finance"}
    assert (row["Hash"], row["Person"], row["Kind of event"]) == (
        event.seal.hash,
        "Olga Owner",
        "Pilot edited",
    )


def test_the_export_itself_is_an_event(written, client_of, adam):
    lines = exported(client_of(adam), person="olga")

    told = Event.objects.get(type=events.AUDIT_EXPORTED)
    assert (told.actor, told.data) == (adam, {"events": 2, "filter": {"Person": "olga"}})
    assert told.via == Via.WEB
    assert len(lines) == 7 + 2


def test_the_export_of_many_events_takes_few_queries(pilot, client_of, adam, django_assert_max_num_queries):
    record_many(build(events.PILOT_EDITED, subject=pilot, pilot=pilot, actor=None) for _ in range(5_000))

    client = client_of(adam)

    with django_assert_max_num_queries(14):
        assert len(exported(client)) == 5_007


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_of_the_export_is_a_formula(pilot, client_of, adam, text):
    pilot.__class__.objects.filter(pk=pilot.pk).update(title=text)
    record(events.PILOT_EDITED, subject=pilot, pilot=pilot, actor=None)

    assert safe(text) == f"'{text}"
    assert any(f"'{text}" in line for line in exported(client_of(adam)))


def test_an_export_of_what_cannot_be_asked_is_refused(written, client_of, adam):
    answer = client_of(adam).post(reverse("pilots:audit_export"), {"since": "soon"})

    assert answer.status_code == 422
    assert not Event.objects.filter(type=events.AUDIT_EXPORTED).exists()


# --- Through which door ----------------------------------------------------------------------------
def test_a_change_on_a_page_knows_its_request(pilot, petra, client_of):
    answer = client_of(petra).post(f"/pilots/{pilot.key}/archive/")

    event = Event.objects.get(type=events.PILOT_ARCHIVED)
    assert (event.via, event.request_id, event.token) == ("web", answer["X-Request-ID"], "")


def test_a_change_by_a_program_knows_its_token(pilot, olga):
    program_of(olga).patch(f"/api/v1/pilots/{pilot.key}/", {"unit": "Claims"}, format="json")

    event = Event.objects.get(type=events.PILOT_EDITED)
    assert (event.via, event.token) == ("api", "tests")
    assert len(event.request_id) == 12


def test_a_token_of_one_request_is_not_told_of_the_next(pilot, olga, client_of):
    program_of(olga).patch(f"/api/v1/pilots/{pilot.key}/", {"unit": "Claims"}, format="json")
    client_of(olga).post(f"/pilots/{pilot.key}/edit/", {"title": "Other", "priority": "3"})

    assert list(Event.objects.order_by("pk").values_list("via", "token"))[-1] == ("web", "")


def test_what_a_task_writes_knows_its_task_also_inside_a_request(pilot):
    @celery_app.task(name="tests.write_something")
    def write_something():
        record(events.PILOT_EDITED, subject=pilot, pilot=pilot, actor=None)

    with origin.entered(Via.WEB, "abc"):
        write_something.apply(task_id="2f1c")
        record(events.PILOT_ARCHIVED, subject=pilot, pilot=pilot, actor=None)

    assert list(Event.objects.order_by("pk").values_list("via", "request_id")) == [
        ("task", "2f1c"),
        ("web", "abc"),
    ]


# --- The API ---------------------------------------------------------------------------------------
def test_a_program_reads_events_with_their_seals(written, pilot, adam, nils):
    adam = join(adam, None)  # what was read before no longer holds
    answer = program_of(adam).get(f"/api/v1/events/?pilot={pilot.key}&until=2026-03-03T00:00:00Z").json()

    [event] = answer["results"]
    assert event["changes"] == {"title": ["Invoice reading", "Invoices"], "unit": ["", "Finance"]}
    assert (event["sequence"], event["previous"], len(event["hash"])) == (1, "", 64)
    assert event["person"]["name"] == "Olga Owner"
    json.dumps(answer)


def test_a_program_without_the_right_reads_no_event(written, olga):
    assert program_of(olga).get("/api/v1/events/").status_code == 403


def test_what_changed_is_said_as_people_say_it(pilot, petra, client_of, ida):
    record(
        events.PILOT_EDITED,
        subject=pilot,
        pilot=pilot,
        actor=petra,
        changes={
            "signed": [False, True],
            "planned_on": ["2026-03-02", None],
            "starts_at": ["2026-03-02T13:30:00.123456+01:00", "2026-13-02"],
            "present": [[], ["Ana Anders", "Ben Brand"]],
        },
    )

    shown = client_of(ida).get(f"{LOG}?type={events.PILOT_EDITED}").context["page"].rows[0].happening

    assert sorted(shown.changes) == [  # in which order they are kept is the database's own
        ("planned on", "2 Mar 2026", "nothing"),
        ("present", "nothing", "Ana Anders; Ben Brand"),
        ("signed", "no", "yes"),
        ("starts at", "2 Mar 2026, 12:30 UTC", "2026-13-02"),
    ]
