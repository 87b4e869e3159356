"""Collectors through the API: what is said at which field, and that no answer holds a secret."""

import pytest

from metrics.collectors.actions.hosts import allow_host
from metrics.collectors.actions.runs import collect_due
from metrics.models import Collector, CollectorRun, Measurement
from pilots.models import Event
from pilots.secrets import decrypt
from tests.api.world import BASE, program_of
from tests.builders import make_collector, make_kpi
from tests.metrics.sources.servers import Page, serving

pytestmark = pytest.mark.django_db
SECRET = "letmein-5f3a"
ADDRESS = f"{BASE}collectors/"


@pytest.fixture
def server(ida):
    def repeat(request):
        Page(f'{{"said": "{request.headers["Authorization"]}", "cost": 9.5}}')(request)

    with serving({"/kpi.json": repeat}) as running:
        allow_host(entry=running.entry, reason="Of the test.", by=ida)
        yield running


@pytest.fixture
def kpi(pilot):
    return make_kpi(pilot, unit="€")


@pytest.fixture
def source(kpi, server):
    return {
        "kpi": kpi.pk,
        "kind": "json",
        "url": server.url("/kpi.json?key=v9"),
        "recipe": {"path": "cost"},
        "unit": "€",
        "sign_in": "bearer",
        "secret": SECRET,
    }


def sent(program, method, address, body=None):
    return getattr(program, method)(address, body, format="json")


def test_no_answer_ever_holds_the_secret(olga, source):
    program = program_of(olga)
    first = sent(program, "post", ADDRESS, source)
    assert first.status_code == 201
    one = f"{ADDRESS}{first.json()['id']}/"
    collect_due()

    answers = [
        first,
        sent(program, "patch", one, {"recipe": {"path": "said"}, "secret": "another-one"}),
        sent(program, "post", f"{one}try/"),
        sent(program, "post", f"{one}try/", {"recipe": {"path": "nothing"}}),
        sent(program, "post", f"{ADDRESS}try/", source | {"recipe": {"path": "said"}}),
        sent(program, "post", ADDRESS, source | {"unit": 5, "sign_in": "else"}),
        program.get(ADDRESS),
        program.get(one),
        sent(program, "post", f"{one}pause/"),
        sent(program, "post", f"{one}resume/"),
    ]
    collect_due()
    answers += [program.get(one), sent(program, "post", f"{one}remove/")]

    kept = str(list(Event.objects.values("changes", "data"))) + str(list(CollectorRun.objects.values()))
    for answer in [*(answer.content.decode() for answer in answers), kept]:
        for secret in (SECRET, "another-one", "v9"):
            assert secret not in answer
    assert (first.json()["secret"], first.json()["url"]) == ("set", source["url"].replace("key=v9", "…"))


def test_a_source_is_tried_before_it_is_set_up_and_nothing_is_written(olga, source):
    before = Event.objects.count()

    answer = sent(program_of(olga), "post", f"{ADDRESS}try/", source).json()

    assert (answer["works"], answer["value"], answer["dated"]) == (True, "9.500000", False)
    assert (answer["failure"], answer["field"], answer["sentence"]) == ("", "", "")
    assert not Collector.objects.exists() and not Measurement.objects.exists()
    assert Event.objects.count() == before + 1  # the token of the test


def test_a_collector_is_tried_as_it_would_be(olga, source):
    program = program_of(olga)
    one = f"{ADDRESS}{sent(program, 'post', ADDRESS, source).json()['id']}/"

    answer = sent(program, "post", f"{one}try/", {"recipe": {"path": "price"}}).json()

    assert (answer["works"], answer["failure"], answer["field"]) == (False, "not_found", "path")
    assert answer["sentence"] == "The path price finds nothing in the answer."
    assert answer["excerpt"] == '{"said": "Bearer •••", "cost": 9.5}'
    assert not CollectorRun.objects.exists()
    moved = sent(program, "post", f"{one}try/", {"url": "https://other.example/"})
    assert moved.status_code == 400 and "again" in moved.json()["secret"][0]


@pytest.mark.parametrize(
    ("change", "problems"),
    [
        (
            {"unit": "ms"},
            {"unit": ["The source counts in ms, the KPI in €. Readings would mean something else."]},
        ),
        ({"recipe": {"paths": "a"}}, {"recipe": ["A source of this kind has no paths."]}),
        ({"recipe": {}}, {"path": ["Give the path to the number."]}),
        (
            {"kind": "csv", "recipe": {"value_column": "a", "row": "first"}},
            {"row": ["Choose one of “last”, “latest”, “only”."]},
        ),
        ({"url": "file:///etc/passwd"}, {"url": ["The address must begin with https:// or http://."]}),
        ({"secret": ""}, {"secret": ["Give the secret, at most 4,000 characters."]}),
    ],
)
def test_what_cannot_be_asked_is_refused_by_its_field(olga, source, change, problems):
    answer = sent(program_of(olga), "post", ADDRESS, source | change)

    assert (answer.status_code, answer.json()) == (400, problems)
    assert not Collector.objects.exists()


def test_what_is_sent_again_changes_only_that(olga, source):
    program = program_of(olga)
    pk = sent(program, "post", ADDRESS, source).json()["id"]

    changed = sent(program, "patch", f"{ADDRESS}{pk}/", {"every_hours": 1}).json()

    assert (changed["every_hours"], changed["recipe"], changed["secret"]) == (1, {"path": "cost"}, "set")
    assert decrypt(Collector.objects.get().secret) == SECRET


def test_a_tab_between_cells_is_kept_as_it_is(olga, source):
    recipe = {"value_column": "cost", "delimiter": "\t"}

    answer = sent(program_of(olga), "post", ADDRESS, source | {"kind": "csv", "recipe": recipe})

    assert answer.json()["recipe"]["delimiter"] == "\t"


def test_a_second_one_for_the_same_kpi_is_against_the_rules(olga, source):
    program = program_of(olga)
    sent(program, "post", ADDRESS, source)

    answer = sent(program, "post", ADDRESS, source)

    assert answer.status_code == 409 and "collected already" in answer.json()["reasons"][0]


def test_lists_are_narrowed_and_say_what_came(olga, pilot, source):
    program = program_of(olga)
    sent(program, "post", ADDRESS, source)
    make_collector(make_kpi(pilot, "Private"), by=olga)
    collect_due()

    failing = program.get(f"{ADDRESS}?failing=true").json()["results"]
    working = program.get(f"{ADDRESS}?failing=false&kind=json&paused=false").json()["results"]

    assert [one["last_failure"]["failure"] for one in failing] == ["not_allowed"]
    assert [one["last_success"]["value"] for one in working] == ["9.500000"]
    assert [(one["failures"], one["last_success"]) for one in failing] == [(1, None)]


def test_an_administrator_allows_hosts_with_a_reason(ida):
    program, hosts = program_of(ida), f"{BASE}allowed-hosts/"

    host = sent(program, "post", hosts, {"entry": "Metrics.intra", "reason": "Read only."}).json()
    refused = sent(program, "post", hosts, {"entry": "169.254.169.254", "reason": "No."})

    assert (host["entry"], host["allowed_by"]["name"]) == ("metrics.intra", "Ida Admin")
    assert refused.status_code == 409 and "never asked" in refused.json()["reasons"][0]
    assert sent(program, "post", f"{hosts}{host['id']}/remove/").status_code == 204
    assert program.get(hosts).json()["count"] == 0
