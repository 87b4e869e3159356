"""The pages of collectors: setting up, trying, what came, and the lists of administrators."""

import pytest
from django.utils import timezone

from metrics.collectors.actions.hosts import allow_host
from metrics.collectors.actions.runs import claim_due, finish
from metrics.collectors.asking import Answered
from metrics.models import Collector, CollectorRun, Measurement
from metrics.sources.choices import FailureKind
from metrics.sources.failures import NotCollected
from pilots.models import Event
from tests.builders import make_collector, make_kpi, make_pilot
from tests.metrics.sources.servers import Page, serving

pytestmark = pytest.mark.django_db
SECRET = "letmein-5f3a"
JSON = {"every_hours": "24", "unit": "€", "sign_in": "none", "path": "cost"}


@pytest.fixture(scope="module")
def server():
    pages = {
        "/kpi.json": Page('{"cost": 9.5, "at": "2026-11-01"}', type="application/json"),
        "/kpi.csv": Page("day;cost\n2026-11-01;9,5\n", type="text/csv"),
        "/metrics": Page("open 42\n"),
        "/locked": Page("No.", status=401),
    }
    with serving(pages) as running:
        yield running


@pytest.fixture
def kpi(pilot):
    return make_kpi(pilot, unit="€")


@pytest.fixture
def allowed(server, ida):
    return allow_host(entry=server.entry, reason="Of the test.", by=ida)


def page_of(kpi, rest=""):
    return f"/pilots/{kpi.pilot.key}/kpis/{kpi.pk}/collector/{rest}"


def text_of(response) -> str:
    return response.content.decode()


def test_an_owner_sets_one_up_and_finds_it_on_the_page_of_the_kpi(client_of, olga, kpi):
    client = client_of(olga)
    assert "Collect them" in text_of(client.get(f"/pilots/{kpi.pilot.key}/kpis/{kpi.pk}/"))
    assert "Prometheus query" in text_of(client.get(page_of(kpi, "new/")))

    said = JSON | {"url": "https://metrics.example.org/a?key=abc", "sign_in": "bearer", "secret": SECRET}
    page = text_of(client.post(page_of(kpi, "new/json/"), said, follow=True))

    assert "Not asked yet" in page and "https://metrics.example.org/a?…" in page
    assert SECRET not in page and "key=abc" not in page
    shown = text_of(client.get(f"/pilots/{kpi.pilot.key}/kpis/{kpi.pk}/"))
    assert "Collected from" in shown and "metrics.example.org" in shown and "None yet" in shown
    form = text_of(client.get(page_of(kpi, "edit/")))
    assert "One is set." in form and SECRET not in form
    assert client.get(page_of(kpi, "new/")).status_code == 302
    assert client.get(page_of(kpi, "new/xml/")).status_code == 404


def test_trying_shows_what_it_would_record_and_records_nothing(client_of, olga, kpi, server, allowed):
    said = JSON | {"url": server.url("/kpi.json"), "time_path": "at", "try": "1"}
    before = Event.objects.count()

    response = client_of(olga).post(page_of(kpi, "new/json/"), said)

    page = text_of(response)
    assert response.status_code == 200
    assert "It would record €9.5 of" in page and "1 Nov 2026" in page and "The source says the time." in page
    assert 'value="cost"' in page
    assert not Collector.objects.exists() and not Measurement.objects.exists()
    assert Event.objects.count() == before


@pytest.mark.parametrize(
    ("kind", "path", "said", "field", "sentence", "came"),
    [
        ("json", "/kpi.json", {"path": "price"}, "path", "The path price finds nothing", "cost&quot;: 9.5"),
        ("csv", "/kpi.csv", {"value_column": "price"}, "value_column", "no column “price”", "day;cost 2026"),
        ("json", "/nothing", {"path": "cost"}, "url", "The server answered 404", "Not here."),
        ("json", "/locked", {"path": "cost"}, "secret", "the sign-in is missing or wrong", "No."),
        ("metrics", "/metrics", {"metric": "cost"}, "metric", "There is no cost in the answer", "open 42"),
    ],
)
def test_what_does_not_fit_stands_at_its_field_with_what_came(
    client_of, olga, kpi, server, allowed, kind, path, said, field, sentence, came
):
    said = JSON | {"row": "last", "decimal_mark": ",", "url": server.url(path), "try": "1"} | said

    response = client_of(olga).post(page_of(kpi, f"new/{kind}/"), said)

    assert response.status_code == 422
    assert [sentence in why for why in response.context["form"].errors[field]] == [True]
    assert came in text_of(response)


def test_a_private_address_is_not_asked_until_an_administrator_allows_it(client_of, olga, kpi, server):
    asked = len(server.asked)
    said = JSON | {"url": server.url("/kpi.json"), "try": "1"}

    page = text_of(client_of(olga).post(page_of(kpi, "new/json/"), said))

    assert "is private; an administrator can allow this host." in page
    assert len(server.asked) == asked


def test_what_cannot_be_saved_stands_at_its_field_with_all_that_was_typed(client_of, olga, kpi):
    said = JSON | {"url": "https://a.example/", "unit": "ms", "sign_in": "basic", "sign_in_name": "eva"}

    response = client_of(olga).post(page_of(kpi, "new/json/"), said | {"secret": SECRET, "path": "a["})

    page = text_of(response)
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"path", "unit"}
    assert 'value="eva"' in page and SECRET not in page


def test_another_server_asks_for_the_secret_again_at_its_field(client_of, olga, kpi):
    make_collector(kpi, by=olga)
    for button in ({}, {"try": "1"}):
        said = JSON | {"url": "https://other.example/", "sign_in": "bearer"} | button
        response = client_of(olga).post(page_of(kpi, "edit/"), said)
        assert "Enter the secret again" in response.context["form"].errors["secret"][0]


def test_pausing_resuming_and_removing(client_of, olga, kpi):
    make_collector(kpi, by=olga)
    client = client_of(olga)

    assert "Paused by Olga Owner" in text_of(client.post(page_of(kpi, "pause/"), follow=True))
    assert "Resumed." in text_of(client.post(page_of(kpi, "resume/"), follow=True))
    assert "readings it brought stay" in text_of(client.post(page_of(kpi, "remove/"), follow=True))
    assert client.get(page_of(kpi)).status_code == 404


def failing(kpi, by):
    make_collector(kpi, by=by)
    (claim,) = claim_due(now=timezone.now())
    failure = NotCollected(FailureKind.TIMEOUT, "No answer within 10 seconds.", worth_retrying=True)
    finish(claim=claim, answered=Answered(10_000, failure=failure))


def test_the_pages_say_why_nothing_comes_and_when_it_tries_again(client_of, olga, kpi):
    failing(kpi, olga)

    for address in (page_of(kpi), f"/pilots/{kpi.pilot.key}/kpis/{kpi.pk}/"):
        page = text_of(client_of(olga).get(address))
        assert "Failing" in page and "No answer within 10 seconds." in page
    assert CollectorRun.objects.count() == 1


def test_the_list_shows_whom_one_may_see_and_can_be_narrowed(client_of, olga, nils, kpi, pilot):
    failing(kpi, olga)
    make_collector(make_kpi(pilot, "Minutes"), by=olga)
    client = client_of(olga)

    assert "2 collectors" in text_of(client.get("/settings/collectors/"))
    narrowed = text_of(client.get("/settings/collectors/?state=failing"))
    assert "1 collector<" in narrowed and "No answer within" in narrowed
    assert "No collector is in this state" in text_of(client.get("/settings/collectors/?state=paused"))
    assert "Nothing is collected yet" in text_of(client_of(nils).get("/settings/collectors/"))


def test_the_list_takes_as_many_queries_for_many_as_for_one(
    client_of, ida, olga, kpi, programme, django_assert_num_queries
):
    client = client_of(ida)
    for many in (1, 5):
        for number in range(many):
            pilot = make_pilot(programme, owner=olga, title=f"Pilot {many} {number}")
            failing(make_kpi(pilot), olga)
        with django_assert_num_queries(5):
            client.get("/settings/collectors/")


def test_the_page_of_hosts_says_what_is_wrong_and_what_is_allowed(client_of, ida):
    client = client_of(ida)
    assert "No private host is allowed" in text_of(client.get("/settings/allowed-hosts/"))

    refused = client.post("/settings/allowed-hosts/", {"entry": "169.254.169.254", "reason": "x"})
    assert refused.status_code == 422 and "never asked" in refused.context["form"].errors["entry"][0]
    said = {"entry": "metrics.intra:9090", "reason": "Read only."}
    page = text_of(client.post("/settings/allowed-hosts/", said, follow=True))
    assert "Collectors may ask metrics.intra:9090." in page and "Ida Admin" in page
