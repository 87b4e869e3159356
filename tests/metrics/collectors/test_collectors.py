"""Setting up collectors: what is kept, what is told, and that the secret is nowhere to be seen."""

import json

import pytest

from metrics.collectors.actions.collectors import (
    ASKED_AGAIN,
    Unfit,
    create_collector,
    edit_collector,
    pause_collector,
    proposed_source,
    remove_collector,
    resume_collector,
)
from metrics.collectors.actions.hosts import allow_host, disallow_host
from metrics.kpis.actions import archive_kpi
from metrics.models import AllowedHost, Collector
from pilots.models import Event
from pilots.rules import RuleViolation
from pilots.secrets import decrypt
from tests.builders import make_collector, make_kpi

pytestmark = pytest.mark.django_db
SECRET = "letmein-5f3a"
FACTS = {"kind": "json", "url": "https://metrics.example.org/kpi.json", "recipe": {"path": "cost"}}


@pytest.fixture
def kpi(pilot):
    return make_kpi(pilot, unit="€")


@pytest.fixture
def collector(kpi, olga):
    return make_collector(kpi, "https://metrics.example.org/kpi.json?team=a", by=olga)


def last_event() -> Event:
    return Event.objects.latest("pk")


def test_a_collector_is_kept_with_its_secret_encrypted_and_told_without(kpi, olga):
    collector = create_collector(
        kpi=kpi, by=olga, unit=" € ", sign_in="bearer", sign_in_name="left over", secret=SECRET, **FACTS
    )

    kept = Collector.objects.get()
    assert (kept.unit, kept.sign_in_name, kept.recipe) == ("€", "", {"path": "cost"})
    assert SECRET not in kept.secret and decrypt(kept.secret) == SECRET
    event = last_event()
    assert (event.type, event.subject) == (
        "metrics.collector_created",
        f"metrics.Collector:{collector.pk}",
    )
    assert event.changes == {
        "kind": [None, "JSON"],
        "address": [None, "https://metrics.example.org/kpi.json"],
        "path": [None, "cost"],
        "unit": [None, "€"],
        "every_hours": [None, 24],
        "sign_in": [None, "bearer"],
        "secret": [None, "set"],
    }


def test_a_secret_without_a_sign_in_is_not_kept(kpi, olga):
    assert make_collector(kpi, by=olga, sign_in="none", secret=SECRET).secret == ""


@pytest.mark.parametrize(
    ("facts", "field", "sentence"),
    [
        ({"url": "ftp://example.org"}, "url", "The address must begin with https:// or http://."),
        ({"recipe": {"path": ""}}, "path", "Give the path to the number."),
        ({"recipe": {"path": "a["}}, "path", "The path cannot be understood"),
        ({"unit": "ms"}, "unit", "The source counts in ms, the KPI in €."),
        ({"secret": ""}, "secret", "Give the secret"),
        ({"sign_in": "basic"}, "sign_in_name", "Give the user"),
        ({"sign_in": "header", "sign_in_name": "Host"}, "sign_in_name", "belongs to the request itself"),
        ({"kind": "csv", "recipe": {"value_column": ""}}, "value_column", "Give the name of the column"),
        ({"kind": "metrics", "recipe": {"metric": "{"}}, "metric", "Give a metric such as"),
        ({"kind": "prometheus", "recipe": {}}, "query", "Give a query"),
    ],
)
def test_what_cannot_be_asked_is_said_at_its_field(kpi, olga, facts, field, sentence):
    said = FACTS | {"unit": "€", "sign_in": "bearer", "secret": SECRET} | facts
    with pytest.raises(Unfit) as refused:
        create_collector(kpi=kpi, by=olga, **said)

    assert sentence in refused.value.problems[field]
    assert not Collector.objects.exists()


def test_a_kpi_has_one_collector_and_only_while_it_is_followed(kpi, collector, olga, pilot):
    with pytest.raises(RuleViolation, match="are collected already"):
        make_collector(kpi, by=olga)
    gone = archive_kpi(kpi=make_kpi(pilot, "Old"), by=olga)
    with pytest.raises(RuleViolation, match="no longer followed"):
        make_collector(gone, by=olga)


def test_a_change_is_told_and_asks_anew_at_once(collector, olga):
    Collector.objects.update(failures=3, failing_since=collector.due_at, is_told=True)

    changed = edit_collector(collector=collector, by=olga, every_hours=168, recipe={"path": "total"})

    assert (changed.failures, changed.failing_since, changed.is_told) == (0, None, False)
    assert last_event().changes == {"every_hours": [24, 168], "path": ["cost", "total"]}
    assert decrypt(changed.secret) == SECRET


def test_saying_the_same_again_changes_nothing(collector, olga):
    before = Event.objects.count()

    edit_collector(collector=collector, by=olga, url=collector.url, unit="€", recipe={"path": "cost"})

    assert Event.objects.count() == before


@pytest.mark.parametrize(
    "url", ["https://metrics.example.org:8443/", "https://other.example.org/", "http://metrics.example.org/"]
)
def test_another_server_asks_for_the_secret_again(collector, olga, url):
    with pytest.raises(Unfit) as refused:
        edit_collector(collector=collector, by=olga, url=url)
    assert refused.value.problems == {"secret": ASKED_AGAIN}

    changed = edit_collector(collector=collector, by=olga, url=url, secret="another-one")
    assert decrypt(changed.secret) == "another-one"
    assert last_event().changes["secret"] == ["set", "set"]


def test_trying_another_server_does_not_take_the_secret_there_either(collector, kpi):
    facts = {"url": "https://other.example.org/", "recipe": {"path": "cost"}}
    with pytest.raises(Unfit) as refused:
        proposed_source(kpi=kpi, collector=collector, **facts)
    assert refused.value.problems == {"secret": ASKED_AGAIN}

    assert proposed_source(kpi=kpi, collector=collector, recipe={"path": "x"}).sign_in.secret == SECRET
    open_source = proposed_source(kpi=kpi, collector=collector, sign_in="none", **facts)
    assert open_source.sign_in.secret == ""


def test_another_path_of_the_same_server_does_not(collector, olga):
    changed = edit_collector(collector=collector, by=olga, url="https://metrics.example.org/other?key=abc")

    assert decrypt(changed.secret) == SECRET
    assert last_event().changes == {
        "address": ["https://metrics.example.org/kpi.json?…", "https://metrics.example.org/other?…"]
    }


def test_other_parameters_are_told_without_what_they_are(collector, olga):
    edit_collector(collector=collector, by=olga, url="https://metrics.example.org/kpi.json?key=abc")

    before, after = last_event().changes["address"]
    assert after == f"{before} (other parameters)"


def test_no_sign_in_forgets_the_secret(collector, olga):
    changed = edit_collector(collector=collector, by=olga, sign_in="none")

    assert changed.secret == ""
    assert last_event().changes == {"sign_in": ["bearer", "none"], "secret": ["set", "not set"]}


def test_pausing_and_resuming_twice_changes_nothing(collector, olga):
    for act, type_ in ((pause_collector, "collector_paused"), (resume_collector, "collector_resumed")):
        before = Event.objects.count()
        act(collector=collector, by=olga)
        found = act(collector=collector, by=olga)
        assert Event.objects.count() == before + 1
        assert last_event().type == f"metrics.{type_}"
        assert (found.paused_at is not None) == (act is pause_collector)


def test_removing_forgets_it_and_says_so(collector, olga):
    remove_collector(collector=collector, by=olga)

    assert not Collector.objects.exists()
    assert last_event().changes["secret"] == ["set", None]
    with pytest.raises(RuleViolation, match="has been removed"):
        pause_collector(collector=collector, by=olga)


def test_no_event_holds_the_secret(collector, olga):
    edit_collector(collector=collector, by=olga, secret="another-one", url="https://other.example.org/?k=v9")
    remove_collector(collector=pause_collector(collector=collector, by=olga), by=olga)

    told = json.dumps(list(Event.objects.values("changes", "data")), ensure_ascii=False)
    for secret in (SECRET, "another-one", "v9", collector.secret):
        assert secret not in told


def test_hosts_are_allowed_once_with_a_reason_and_taken_back(ida):
    host = allow_host(entry=" METRICS.intra:9090 ", reason=" Prometheus. ", by=ida)

    assert (host.entry, host.reason) == ("metrics.intra:9090", "Prometheus.")
    assert last_event().changes == {"host": [None, "metrics.intra:9090"], "reason": [None, "Prometheus."]}
    for entry, reason, why in (
        ("metrics.intra:9090", "Again", "is allowed already"),
        ("other.intra", " ", "Say why"),
        ("169.254.169.254", "Credentials", "never asked"),
        ("a b", "x", "neither the name of a host"),
    ):
        with pytest.raises(RuleViolation, match=why):
            allow_host(entry=entry, reason=reason, by=ida)
    disallow_host(host=host, by=ida)
    disallow_host(host=host, by=ida)
    assert not AllowedHost.objects.exists()
    assert Event.objects.filter(type="metrics.host_disallowed").count() == 1
